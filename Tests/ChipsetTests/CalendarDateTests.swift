import Chipset
import Testing

/// Day numbers to dates, against a plain walk through the calendar.
struct CalendarDateTests {
    @Test func everyDayOfFiveCenturies() {
        var (year, month, day) = (UInt64(1970), UInt64(1), UInt64(1))
        for number in UInt64(0)..<182_500 {
            let date = CalendarDate(days: number)
            guard date.year == year, date.month == month, date.day == day else {
                Issue.record("day \(number): \(date), expected \(year)-\(month)-\(day)")
                return
            }
            let days = CalendarDate.days(year: Int64(year), month: Int64(month), day: Int64(day))
            guard days == number else {
                Issue.record("\(year)-\(month)-\(day) is day \(days), expected \(number)")
                return
            }
            day += 1
            if day > length(of: month, year) { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
    }

    /// Year, month, day and the days since 1970-01-01.
    @Test(
        arguments: [
            (1969, 12, 31, -1), (1970, 1, 32, 31), (1900, 3, 1, -25_508), (0, 3, 1, -719_468), (2024, 14, 1, 20_120),
        ]
            as [(Int64, Int64, Int64, Int64)])
    func daysOfDatesOutOfRange(year: Int64, month: Int64, day: Int64, days: Int64) {
        #expect(CalendarDate.days(year: year, month: month, day: day) == days)
    }

    private func length(of month: UInt64, _ year: UInt64) -> UInt64 {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
