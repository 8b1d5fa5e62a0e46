/// A day of the Gregorian calendar.
public struct CalendarDate: Sendable, Equatable {
    /// Year, for example 2000.
    public let year: UInt64
    /// Month, 1...12.
    public let month: UInt64
    /// Day of the month, 1...31.
    public let day: UInt64

    /// The date `days` days after 1970-01-01.
    public init(days: UInt64) {
        // Count from 0000-03-01, so that a leap day ends its year, in cycles of 400 years.
        let shifted = days + 719_468
        let cycle = shifted / 146_097
        let dayOfCycle = shifted % 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01 to a date; a day or month beyond its range counts on into the next one.
    public static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let months = year * 12 + month - 3  // from March
        let shifted = months.quotientFloored(by: 12)
        let monthFromMarch = months - shifted * 12
        let leapDays =
            shifted.quotientFloored(by: 4) - shifted.quotientFloored(by: 100)
            + shifted.quotientFloored(by: 400)
        return shifted * 365 + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - 719_468
    }
}

extension Int64 {
    fileprivate func quotientFloored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
