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
            day += 1
            if day > length(of: month, year) { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
    }

    private func length(of month: UInt64, _ year: UInt64) -> UInt64 {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
