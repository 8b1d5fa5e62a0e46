/// The 8254 of a PC: three counters at ports 40h to 42h and the control word at 43h (Intel 8254 data sheet, 231164).
///
/// Counter 0 drives request line 0, counter 1 once refreshed memory, counter 2 the speaker; the GATE of counter 2 is
/// bit 0 of port 61h.
public struct IntervalTimer: Sendable, Equatable {
    /// CLK pulses a second: 14.31818 MHz / 12.
    public static let frequency: UInt64 = 1_193_182

    private var counters: (TimerChannel, TimerChannel, TimerChannel) = (
        TimerChannel(gate: true), TimerChannel(gate: true), TimerChannel(gate: false)
    )

    /// Three unprogrammed counters, the gates of 0 and 1 high.
    public init() {}

    /// Counter 0...2 (a higher number gives counter 2) as it stood at the last access or `advance`.
    public func channel(_ index: Int) -> TimerChannel {
        switch index {
        case 0: counters.0
        case 1: counters.1
        default: counters.2
        }
    }

    /// Counts the three counters up to CLK pulse `tick`.
    public mutating func advance(to tick: UInt64) {
        counters.0.advance(to: tick)
        counters.1.advance(to: tick)
        counters.2.advance(to: tick)
    }

    /// Counts only counter 0, the one whose OUT is a request line, up to CLK pulse `tick`.
    public mutating func advanceRequestCounter(to tick: UInt64) {
        counters.0.advance(to: tick)
    }

    /// The CLK pulse of the next possible change of OUT of counter 0, after the time it was advanced to.
    public var nextRequestChange: UInt64? { counters.0.nextChange }

    /// Reads port `40h + offset`; the control word cannot be read and gives all ones.
    public mutating func read(_ offset: UInt16, at tick: UInt64) -> UInt8 {
        guard offset < 3 else { return 0xFF }
        return modify(Int(offset), at: tick) { $0.read() }
    }

    /// Writes port `40h + offset`.
    public mutating func write(_ offset: UInt16, _ value: UInt8, at tick: UInt64) {
        guard offset >= 3 else { return modify(Int(offset), at: tick) { $0.write(value) } }
        let selected = Int(value >> 6)
        guard selected == 3 else { return modify(selected, at: tick) { $0.writeControl(value) } }
        // Read-back command: a clear bit 5 latches counts, a clear bit 4 latches statuses.
        for index in 0..<3 where value & (2 << UInt8(index)) != 0 {
            modify(index, at: tick) { counter in
                if value & 0x20 == 0 { counter.latchCount() }
                if value & 0x10 == 0 { counter.latchStatus() }
            }
        }
    }

    /// Drives the GATE of counter 2.
    public mutating func setSpeakerGate(_ high: Bool, at tick: UInt64) {
        modify(2, at: tick) { $0.setGate(high) }
    }

    /// OUT of counter 2 at CLK pulse `tick`.
    public mutating func speakerOutput(at tick: UInt64) -> Bool {
        modify(2, at: tick) { $0.output }
    }

    private mutating func modify<Result>(
        _ index: Int, at tick: UInt64, _ body: (inout TimerChannel) -> Result
    ) -> Result {
        switch index {
        case 0:
            counters.0.advance(to: tick)
            return body(&counters.0)
        case 1:
            counters.1.advance(to: tick)
            return body(&counters.1)
        default:
            counters.2.advance(to: tick)
            return body(&counters.2)
        }
    }

    /// True if all three counters are in the same state.
    public static func == (left: IntervalTimer, right: IntervalTimer) -> Bool { left.counters == right.counters }
}
