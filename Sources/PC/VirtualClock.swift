/// Converts between instruction counts and the pulses of device clocks, by exact integer ratios.
///
/// Pulse T of a clock of rate R is over at the first count C with floor(C * R / clockHz) = T, so nothing ever drifts.
public struct VirtualClock: Sendable, Equatable {
    /// Instructions a second, at least 1.
    public let clockHz: UInt64

    /// A clock of `clockHz` instructions a second; 0 is taken as 1.
    public init(clockHz: UInt64) {
        self.clockHz = max(clockHz, 1)
    }

    /// Pulses of a clock of `rate` Hz over at instruction count `count`; saturates at 2^64 - 1.
    public func ticks(of rate: UInt64, at count: UInt64) -> UInt64 {
        let (product, overflow) = count.multipliedReportingOverflow(by: rate)
        if !overflow { return product / clockHz }
        let wide = UInt128(count) * UInt128(rate) / UInt128(clockHz)
        return UInt64(exactly: wide) ?? .max
    }

    /// The first instruction count at which pulse `tick` of a clock of `rate` Hz (at least 1) is over; saturates.
    public func count(ofTick tick: UInt64, rate: UInt64) -> UInt64 {
        let divisor = max(rate, 1)
        let (product, overflow) = tick.multipliedReportingOverflow(by: clockHz)
        if !overflow { return product / divisor + (product % divisor == 0 ? 0 : 1) }
        let wide = (UInt128(tick) * UInt128(clockHz) + UInt128(divisor - 1)) / UInt128(divisor)
        return UInt64(exactly: wide) ?? .max
    }
}
