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
}
