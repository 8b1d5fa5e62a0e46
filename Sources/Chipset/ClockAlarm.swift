/// The alarm registers of an MC146818; C0h to FFh match anything (data sheet, "Alarm Registers").
struct ClockAlarm: Sendable, Equatable {
    var second: UInt8 = 0
    var minute: UInt8 = 0
    var hour: UInt8 = 0

    /// Seconds, 1...86400, from second `present` of the day to the next that matches; nil if none does.
    func wait(after present: UInt64, encode: (UInt64) -> UInt8, encodeHour: (UInt64) -> UInt8) -> UInt64? {
        var wait: UInt64 = 1
        while wait <= 86_400 {
            let inDay = (present + wait) % 86_400
            if !ClockAlarm.matches(hour, encodeHour(inDay / 3600)) {
                wait += 3600 - inDay % 3600
            } else if !ClockAlarm.matches(minute, encode(inDay / 60 % 60)) {
                wait += 60 - inDay % 60
            } else if !ClockAlarm.matches(second, encode(inDay % 60)) {
                wait += 1
            } else {
                return wait
            }
        }
        return nil
    }

    private static func matches(_ register: UInt8, _ value: UInt8) -> Bool { register >= 0xC0 || register == value }
}

/// The time registers as bytes, by their index: 0, 2, 4, 6...9 and 32h.
struct HeldTime: Sendable, Equatable {
    private var low: UInt64 = 0
    private var high: UInt32 = 0  // registers 8, 9 and 32h

    subscript(index: UInt8) -> UInt8 {
        get {
            index < 8
                ? UInt8(truncatingIfNeeded: low >> (8 * UInt64(index)))
                : UInt8(truncatingIfNeeded: high >> HeldTime.shift(index))
        }
        set {
            if index < 8 {
                let shift = 8 * UInt64(index)
                low = low & ~(0xFF << shift) | UInt64(newValue) << shift
            } else {
                let shift = HeldTime.shift(index)
                high = high & ~(0xFF << shift) | UInt32(newValue) << shift
            }
        }
    }

    private static func shift(_ index: UInt8) -> UInt32 { index == 0x32 ? 16 : UInt32(index & 1) * 8 }
}
