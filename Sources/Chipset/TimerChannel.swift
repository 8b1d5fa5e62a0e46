/// One counter of an 8254 programmable interval timer (Intel 8254 data sheet, order number 231164).
///
/// Time is a count of CLK pulses. `advance` moves the counter by whole stretches between two changes of OUT,
/// so the cost does not depend on the length of a count.
public struct TimerChannel: Sendable, Equatable {
    /// Mode 0...5.
    public private(set) var mode: UInt8 = 0
    /// True if the counter counts four decimal digits.
    public private(set) var isBCD = false
    /// Level of the OUT pin.
    public private(set) var output = true
    /// Level of the GATE pin.
    public private(set) var gate: Bool
    /// The initial count last written, 1...65536 (1...10000 in BCD); 0 before the first
    /// after a control word.
    public private(set) var initialCount: UInt32 = 0
    /// CLK pulses seen.
    public private(set) var now: UInt64 = 0

    private var access: UInt8 = 3  // RW1, RW0: 1 low byte, 2 high byte, 3 both
    private var firstByte: UInt8 = 0
    private var awaitsSecondByte = false
    private var readsSecondByte = false
    private var latchedCount: UInt16?
    private var latchedStatus: UInt8?
    private var value: UInt32 = 0  // counting element, 0...modulus
    private var loadedCount: UInt32 = 0  // the initial count of the present cycle
    private var isNull = true  // the count register was not yet loaded into the counting element
    private var isRunning = false  // a count was loaded since the control word
    private var loads = false  // the next CLK pulse loads the counting element
    private var isArmed = false  // the end of this count changes OUT (modes 0, 1, 4, 5)

    /// An unprogrammed counter.
    public init(gate: Bool) {
        self.gate = gate
    }

    /// The CLK pulse of the next change inside the counter, nil if none will come without a write or GATE.
    public var nextChange: UInt64? { pulsesToChange.map { now &+ UInt64($0) } }

    /// The count as the processor would read it, unlatched.
    public var count: UInt16 {
        let shown = value % modulus
        return isBCD ? TimerChannel.packed(shown) : UInt16(truncatingIfNeeded: shown)
    }

    /// The status byte of the read-back command (data sheet, "Read-Back Command").
    public var status: UInt8 {
        (output ? 0x80 : 0) | (isNull ? 0x40 : 0) | access << 4 | mode << 1 | (isBCD ? 1 : 0)
    }

    /// Counts up to CLK pulse `target`; an earlier one does nothing.
    public mutating func advance(to target: UInt64) {
        while now < target {
            let remaining = target - now
            guard let pulses = pulsesToChange, UInt64(pulses) <= remaining else {
                countDown(by: remaining)
                now = target
                return
            }
            if skipPeriods(within: remaining) { continue }
            now += UInt64(pulses)
            change(after: pulses)
        }
    }

    /// Writes a control word whose select bits named this counter; RW = 0 is the counter latch command.
    public mutating func writeControl(_ word: UInt8) {
        guard word & 0x30 != 0 else { return latchCount() }
        access = word >> 4 & 3
        let bits = word >> 1 & 7
        mode = bits > 5 ? bits & 3 : bits
        isBCD = word & 1 != 0
        output = mode != 0
        awaitsSecondByte = false
        readsSecondByte = false
        latchedCount = nil
        latchedStatus = nil
        isNull = true
        isRunning = false
        loads = false
        isArmed = false
        initialCount = 0
    }

    /// Holds the present count until it is read; a second latch before that is ignored.
    public mutating func latchCount() {
        if latchedCount == nil { latchedCount = count }
    }

    /// Holds the present status until it is read; a second latch before that is ignored.
    public mutating func latchStatus() {
        if latchedStatus == nil { latchedStatus = status }
    }

    /// Reads the counter's port: latched status first, then latched or live count in the programmed byte order.
    public mutating func read() -> UInt8 {
        if let status = latchedStatus {
            latchedStatus = nil
            return status
        }
        let word = latchedCount ?? count
        let wantsHigh = access == 2 || (access == 3 && readsSecondByte)
        if access == 3 { readsSecondByte.toggle() }
        if access != 3 || wantsHigh { latchedCount = nil }
        return wantsHigh ? UInt8(word >> 8) : UInt8(word & 0xFF)
    }

    /// Writes the counter's port: one or two bytes of the initial count.
    public mutating func write(_ byte: UInt8) {
        switch access {
        case 1: setInitialCount(UInt16(byte))
        case 2: setInitialCount(UInt16(byte) << 8)
        default:
            if awaitsSecondByte {
                awaitsSecondByte = false
                return setInitialCount(UInt16(byte) << 8 | UInt16(firstByte))
            }
            firstByte = byte
            awaitsSecondByte = true
            // Mode 0: the first byte stops the count and sets OUT low at once (data sheet, "Mode 0").
            if mode == 0 {
                output = false
                isRunning = false
                loads = false
            }
        }
    }

    /// Drives the GATE pin (data sheet, "Gate Pin Operations Summary").
    public mutating func setGate(_ high: Bool) {
        guard high != gate else { return }
        gate = high
        let triggers = mode == 1 || mode == 2 || mode == 3 || mode == 5
        if high {
            if triggers && initialCount != 0 { loads = true }
        } else if mode == 2 || mode == 3 {
            output = true
        }
    }

    private mutating func setInitialCount(_ word: UInt16) {
        let count = isBCD ? min(TimerChannel.unpacked(word), 10_000) : UInt32(word)
        initialCount = count == 0 ? modulus : count
        isNull = true
        switch mode {
        case 0:
            output = false
            loads = true
        case 4: loads = true
        case 2, 3: if !isRunning { loads = true }
        default: break  // modes 1 and 5 load at a trigger
        }
    }
}

extension TimerChannel {
    private var modulus: UInt32 { isBCD ? 10_000 : 65_536 }

    private var isCounting: Bool { isRunning && (gate || mode == 1 || mode == 5) }

    /// CLK pulses until the counting element is loaded, or OUT changes.
    private var pulsesToChange: UInt32? {
        if loads { return 1 }
        guard isCounting else { return nil }
        switch mode {
        case 0, 1: return isArmed ? max(value, 1) : nil
        case 2: return output ? max(value, 2) - 1 : 1
        case 3: return max(value / 2 + (output && isOdd ? 1 : 0), 1)
        default:
            if !output { return 1 }
            return isArmed ? max(value, 1) : nil
        }
    }

    /// Mode 3 with an odd count: OUT is high for one pulse more than it is low (data sheet, "Mode 3").
    private var isOdd: Bool { loadedCount & 1 != 0 }

    private mutating func change(after pulses: UInt32) {
        if loads { return load() }
        switch mode {
        case 0, 1:
            value = 0
            output = true
            isArmed = false
        case 2:
            if output {
                value = 1
                output = false
            } else {
                reload()
                output = true
            }
        case 3:
            reload()
            output.toggle()
        default:
            value = output ? 0 : modulus - 1
            if !output { isArmed = false }
            output.toggle()
        }
    }

    private mutating func load() {
        loads = false
        isRunning = true
        isArmed = true
        reload()
        output = mode > 1
    }

    private mutating func reload() {
        loadedCount = initialCount
        value = mode == 3 ? loadedCount & ~1 : loadedCount
        isNull = false
    }

    private mutating func countDown(by pulses: UInt64) {
        guard isCounting else { return }
        let step = mode == 3 ? pulses * 2 : pulses
        let size = UInt64(modulus)
        value = UInt32(truncatingIfNeeded: (UInt64(value) + size - step % size) % size)
    }

    /// Modes 2 and 3 repeat: jumps over whole periods.
    private mutating func skipPeriods(within pulses: UInt64) -> Bool {
        let period = UInt64(max(initialCount, 2))
        guard !loads, !isNull, mode == 2 || mode == 3, pulses > period else { return false }
        now += pulses / period * period
        return true
    }

    private static func packed(_ value: UInt32) -> UInt16 {
        UInt16((value / 1000) << 12 | (value / 100 % 10) << 8 | (value / 10 % 10) << 4 | value % 10)
    }

    private static func unpacked(_ word: UInt16) -> UInt32 {
        let value = UInt32(word)
        return (value >> 12) * 1000 + (value >> 8 & 15) * 100 + (value >> 4 & 15) * 10 + (value & 15)
    }
}
