/// An MC146818 real-time clock with 128 bytes of CMOS memory (Motorola MC146818A data sheet).
///
/// Time is a count of its 32768 Hz crystal; the calendar is `epoch` plus that time. The century is register 32h; the
/// day of the week follows the date.
public struct RealTimeClock: Sendable {
    /// Crystal pulses a second.
    public static let frequency: UInt64 = 32_768

    /// Calendar at pulse 0, in seconds since 1970-01-01 00:00 UTC; a guest that sets the time moves it.
    public private(set) var epoch: Int64
    /// Register A: divider and rate selection.
    public private(set) var registerA: UInt8 = 0x26
    /// Register B: enables, BCD/binary, 12/24 hours.
    public private(set) var registerB: UInt8 = 0x02

    private var flags: UInt8 = 0  // PF bit 6, AF bit 5, UF bit 4
    private var now: UInt64 = 0
    private var memory = InlineArray<128, UInt8>(repeating: 0)
    private var alarm = ClockAlarm()
    private var held: HeldTime?  // the time registers while SET stops them

    /// An update is in progress for 244 + 1984 microseconds before each second (data sheet, "Update Cycle").
    private static let updatePulses: UInt64 = 73
    private static let lastSecond: Int64 = 253_402_300_799

    /// A clock that runs, in BCD and 24 hours, no interrupt enabled; `epoch` is limited to 1970...9999.
    public init(epoch: Int64) {
        self.epoch = min(max(epoch, 0), RealTimeClock.lastSecond)
    }

    /// The request line: a flag and its enable are both set (register C, IRQF).
    public var interruptRequested: Bool { flags & registerB & 0x70 != 0 }

    /// The pulse after the time advanced to at which an enabled interrupt comes, or nil.
    public var nextEvent: UInt64? {
        guard !interruptRequested, registerB & 0x70 != 0, isRunning else { return nil }
        var next = UInt64.max
        if registerB & 0x40 != 0, let period = periodicPulses { next = (now / period + 1) * period }
        guard isUpdated else { return next == .max ? nil : next }
        if registerB & 0x10 != 0 { next = min(next, (now / RealTimeClock.frequency + 1) * RealTimeClock.frequency) }
        if registerB & 0x20 != 0, let pulse = nextAlarm { next = min(next, pulse) }
        return next == .max ? nil : next
    }

    /// Sets the flags of what happened up to pulse `tick`.
    public mutating func advance(to tick: UInt64) {
        guard tick > now else { return }
        defer { now = tick }
        guard isRunning else { return }
        if let period = periodicPulses, tick / period != now / period { flags |= 0x40 }
        guard isUpdated, tick / RealTimeClock.frequency != now / RealTimeClock.frequency else { return }
        flags |= 0x10
        if flags & 0x20 == 0, let pulse = nextAlarm, pulse <= tick { flags |= 0x20 }
    }

    /// Sets a byte of CMOS memory, index 0Eh...7Fh, as firmware does.
    public mutating func setMemory(_ index: Int, _ value: UInt8) {
        if index >= 0x0E && index < 128 { memory[index] = value }
    }

    /// Reads register 0...127; reading register C clears its flags.
    public mutating func read(_ index: UInt8, at tick: UInt64) -> UInt8 {
        advance(to: tick)
        let value = peek(index)
        if index & 0x7F == 0x0C { flags = 0 }
        return value
    }

    /// What `read` would return at the time advanced to, without side effects.
    public func peek(_ index: UInt8) -> UInt8 {
        switch index & 0x7F {
        case 0, 2, 4, 6, 7, 8, 9, 0x32: return held?[index & 0x7F] ?? timeRegister(index & 0x7F)
        case 1: return alarm.second
        case 3: return alarm.minute
        case 5: return alarm.hour
        case 0x0A: return registerA | (isUpdating ? 0x80 : 0)
        case 0x0B: return registerB
        case 0x0C: return flags | (interruptRequested ? 0x80 : 0)
        case 0x0D: return 0x80  // valid RAM and time
        default: return memory[Int(index & 0x7F)]
        }
    }

    /// Writes register 0...127; C and D cannot be written. While SET is 1 the time stands still and takes what is
    /// written; without SET each write sets the time at once.
    public mutating func write(_ index: UInt8, _ value: UInt8, at tick: UInt64) {
        advance(to: tick)
        switch index & 0x7F {
        case 0, 2, 4, 6...9, 0x32:
            var time = held ?? presentTime
            time[index & 0x7F] = value
            if held != nil { held = time } else { set(time) }
        case 1: alarm.second = value
        case 3: alarm.minute = value
        case 5: alarm.hour = value
        case 0x0A: registerA = value & 0x7F
        case 0x0B: writeRegisterB(value)
        case 0x0C, 0x0D: break
        default: memory[Int(index & 0x7F)] = value
        }
    }

    /// SET clears the update-ended enable (data sheet, "Register B").
    private mutating func writeRegisterB(_ value: UInt8) {
        let stops = value & 0x80 != 0
        if stops && held == nil { held = presentTime }
        registerB = stops ? value & ~0x10 : value
        if !stops, let time = held {
            held = nil
            set(time)
        }
    }

    /// The divider runs at 32768 Hz (register A, DV = 010).
    private var isRunning: Bool { registerA & 0x70 == 0x20 }
    /// The time goes on: SET is 0.
    private var isUpdated: Bool { registerB & 0x80 == 0 }

    private var isUpdating: Bool {
        isUpdated && now % RealTimeClock.frequency >= RealTimeClock.frequency - RealTimeClock.updatePulses
    }

    /// Period of the periodic interrupt in pulses (data sheet, "Periodic Interrupt Rate"), nil for none.
    private var periodicPulses: UInt64? {
        let rate = registerA & 0x0F
        if rate == 0 { return nil }
        return rate < 3 ? 64 << UInt64(rate) : 1 << UInt64(rate - 1)
    }

    private var seconds: UInt64 { UInt64(max(epoch + Int64(now / RealTimeClock.frequency), 0)) }

    /// The pulse of the next second that matches the alarm registers, within a day.
    private var nextAlarm: UInt64? {
        let seconds = seconds
        guard let wait = alarm.wait(after: seconds % 86_400, encode: { encoded($0) }, encodeHour: { hour($0) })
        else { return nil }
        return (now / RealTimeClock.frequency + wait) * RealTimeClock.frequency
    }
}

extension RealTimeClock {
    private func timeRegister(_ index: UInt8) -> UInt8 {
        let seconds = seconds
        let date = CalendarDate(days: seconds / 86_400)
        let inDay = seconds % 86_400
        switch index {
        case 0: return encoded(inDay % 60)
        case 2: return encoded(inDay / 60 % 60)
        case 4: return hour(inDay / 3600)
        case 6: return encoded((seconds / 86_400 + 4) % 7 + 1)  // 1 is Sunday; 1970-01-01 was a Thursday
        case 7: return encoded(date.day)
        case 8: return encoded(date.month)
        case 9: return encoded(date.year % 100)
        default: return encoded(date.year / 100)
        }
    }

    private var presentTime: HeldTime {
        var time = HeldTime()
        for index in [0, 2, 4, 6, 7, 8, 9, 0x32] as [UInt8] { time[index] = timeRegister(index) }
        return time
    }

    /// Moves the calendar so that it shows `time` now.
    private mutating func set(_ time: HeldTime) {
        let days = CalendarDate.days(
            year: decoded(time[0x32]) * 100 + decoded(time[9]), month: decoded(time[8]), day: decoded(time[7]))
        let inDay = (decodedHour(time[4]) * 60 + decoded(time[2])) * 60 + decoded(time[0])
        let wanted = min(max(days * 86_400 + inDay, 0), RealTimeClock.lastSecond)
        epoch = wanted - Int64(now / RealTimeClock.frequency)
    }

    /// Hours in 24 or, with register B bit 1 clear, 12-hour form with bit 7 for PM.
    private func hour(_ hour: UInt64) -> UInt8 {
        if registerB & 0x02 != 0 { return encoded(hour) }
        return encoded((hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0)
    }

    private func decodedHour(_ value: UInt8) -> Int64 {
        if registerB & 0x02 != 0 { return decoded(value) }
        return decoded(value & 0x7F) % 12 + (value & 0x80 != 0 ? 12 : 0)
    }

    private func encoded(_ value: UInt64) -> UInt8 {
        registerB & 0x04 != 0 ? UInt8(value) : UInt8((value / 10) << 4 | value % 10)
    }

    private func decoded(_ value: UInt8) -> Int64 {
        registerB & 0x04 != 0 ? Int64(value) : Int64(value >> 4) * 10 + Int64(value & 0x0F)
    }
}
