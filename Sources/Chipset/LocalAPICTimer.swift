/// The timer of a local APIC (SDM Vol. 3A 10.5.4 "APIC Timer"). Time is a count of bus clocks.
public struct LocalAPICTimer: Sendable, Equatable {
    /// Initial-count register; 0 stops the timer.
    public private(set) var initialCount: UInt32 = 0
    /// Divide configuration register, bits 0, 1 and 3.
    public private(set) var divideConfiguration: UInt32 = 0
    /// Reload at zero rather than stop.
    public private(set) var isPeriodic = false
    /// Bus clock at which the count reaches zero, or nil.
    public private(set) var nextExpiry: UInt64?

    private var start: UInt64 = 0  // wraps below zero when the divider changed early

    /// A stopped timer, divide by 2.
    public init() {}

    /// Bus clocks of one count, as a power of two (SDM Vol. 3A Figure 10-10).
    private var shift: UInt64 {
        let code = divideConfiguration & 3 | (divideConfiguration >> 1 & 4)
        return code == 7 ? 0 : UInt64(code) + 1
    }

    private var period: UInt64 { UInt64(initialCount) << shift }

    /// Current-count register at bus clock `tick`.
    public func currentCount(at tick: UInt64) -> UInt32 {
        guard initialCount != 0 else { return 0 }
        let elapsed = (tick &- start) >> shift
        let full = UInt64(initialCount)
        if isPeriodic { return UInt32(full - elapsed % full) }
        return elapsed >= full ? 0 : UInt32(full - elapsed)
    }

    /// Writes the initial count, which starts (or with 0 stops) the timer.
    public mutating func setInitialCount(_ count: UInt32, at tick: UInt64) {
        initialCount = count
        start = tick
        nextExpiry = count == 0 ? nil : tick + period
    }

    /// Writes the divide configuration; the count goes on from where it is.
    public mutating func setDivide(_ value: UInt32, at tick: UInt64) {
        let done = UInt64(initialCount - currentCount(at: tick))
        let wasExpired = nextExpiry == nil
        divideConfiguration = value & 0xB
        guard initialCount != 0 else { return }
        start = tick &- (done << shift)
        nextExpiry = wasExpired ? nil : start &+ period
    }

    /// Changes between one-shot and periodic; the count goes on.
    public mutating func setPeriodic(_ periodic: Bool, at tick: UInt64) {
        guard periodic != isPeriodic else { return }
        isPeriodic = periodic
        guard initialCount != 0 else { return }
        let periods = (tick &- start) / period
        if periodic {
            nextExpiry = start &+ (periods + 1) * period
        } else {
            nextExpiry = periods == 0 ? start &+ period : nil
        }
    }

    /// True if the count reached zero since the last call, at or before bus clock `tick`.
    public mutating func expire(at tick: UInt64) -> Bool {
        guard let expiry = nextExpiry, tick >= expiry else { return false }
        nextExpiry = isPeriodic ? expiry + ((tick - expiry) / period + 1) * period : nil
        return true
    }
}
