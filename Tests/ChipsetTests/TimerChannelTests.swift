import Chipset
import Testing

/// Counts and outputs pulse by pulse, from the timing diagrams of the 8254 data sheet.
struct TimerChannelTests {
    private func counter(_ control: UInt8, _ count: [UInt8], gate: Bool = true) -> TimerChannel {
        var counter = TimerChannel(gate: gate)
        counter.writeControl(control)
        for byte in count { counter.write(byte) }
        return counter
    }

    /// OUT after pulses 0, 1, 2 ... as text, H or L.
    private func outputs(_ start: TimerChannel, _ pulses: UInt64) -> String {
        var counter = start
        var text = ""
        for pulse in 0...pulses {
            counter.advance(to: start.now + pulse)
            text += counter.output ? "H" : "L"
        }
        return text
    }

    /// Control word (low byte only), count, OUT over time.
    @Test(
        arguments: [
            (UInt8(0x10), UInt8(4), "LLLLLHHHHHHH"),  // mode 0: high N + 1 pulses after the write
            (0x10, 1, "LLHHHHHHHHHH"),
            (0x14, 3, "HHHLHHLHHLHH"),  // mode 2: low for the last pulse of each period
            (0x14, 2, "HHLHLHLHLHLH"),
            (0x16, 4, "HHHLLHHLLHHL"),  // mode 3, even: halves of N / 2
            (0x16, 5, "HHHHLLHHHLLH"),  // mode 3, odd: high (N + 1) / 2, low (N - 1) / 2
            (0x16, 2, "HHLHLHLHLHLH"),
            (0x18, 3, "HHHHLHHHHHHH"),  // mode 4: one strobe N + 1 pulses after the write
        ] as [(UInt8, UInt8, String)])
    func outputOfAFreshCount(control: UInt8, count: UInt8, expected: String) {
        #expect(outputs(counter(control, [count]), 11) == expected)
    }

    /// Bits 3 to 1 of the control word and the mode they mean.
    @Test(arguments: [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 2), (7, 3)] as [(UInt8, UInt8)])
    func modes(bits: UInt8, mode: UInt8) {
        let counter = counter(0x30 | bits << 1, [])
        #expect(counter.mode == mode)
        #expect(counter.output == (mode != 0))
        #expect(counter.nextChange == nil, "nothing happens before a count is written")
    }

    /// Control word, the counts seen at pulses 1, 2, 3 ... for the count 4 or 5.
    @Test(
        arguments: [
            (UInt8(0x10), UInt8(3), [UInt16(3), 2, 1, 0, 0xFFFF, 0xFFFE]),
            (0x14, 3, [3, 2, 1, 3, 2, 1]),
            (0x16, 4, [4, 2, 4, 2, 4, 2]),
            (0x16, 5, [4, 2, 0, 4, 2, 4]),
            (0x18, 2, [2, 1, 0, 0xFFFF, 0xFFFE, 0xFFFD]),
            (0x11, 0x03, [3, 2, 1, 0, 0x9999, 0x9998]),
            (0x11, 0x12, [0x12, 0x11, 0x10, 0x09, 0x08, 0x07]),
        ] as [(UInt8, UInt8, [UInt16])])
    func countsSeen(control: UInt8, count: UInt8, expected: [UInt16]) {
        var counter = counter(control, [count])
        let seen = (1...UInt64(expected.count)).map { pulse in
            counter.advance(to: pulse)
            return counter.count
        }
        #expect(seen == expected)
    }

    @Test(arguments: [UInt8(0x10), 0x12, 0x14, 0x16, 0x18, 0x1A], [UInt8(2), 3, 5, 8, 255])
    func oneLongStepEqualsManyShortOnes(control: UInt8, count: UInt8) {
        var slow = counter(control, [count], gate: false)
        slow.setGate(true)
        var fast = slow
        for pulse in 1...UInt64(1500) { slow.advance(to: pulse) }
        fast.advance(to: 1500)
        #expect(slow == fast)
    }

    @Test func aLongJumpIsNotALoop() {
        var counter = counter(0x34, [2, 0])
        counter.advance(to: 1 << 60)
        #expect(counter.now == 1 << 60)
        var square = counter
        square.writeControl(0x36)
        square.write(0)
        square.write(0)
        square.advance(to: .max)
        #expect(square.now == .max)
    }

    @Test func zeroMeansTheLargestCount() {
        #expect(counter(0x34, [0, 0]).initialCount == 65_536)
        #expect(counter(0x35, [0, 0]).initialCount == 10_000)
        var binary = counter(0x30, [0, 0])
        binary.advance(to: 65_536)
        #expect(!binary.output)
        binary.advance(to: 65_537)
        #expect(binary.output)
        var decimal = counter(0x31, [0, 0])
        decimal.advance(to: 2)
        #expect(decimal.count == 0x9999)
    }

    @Test(arguments: [(UInt8(0x10), UInt32(0x34)), (0x20, 0x3400)] as [(UInt8, UInt32)])
    func oneByteAccess(control: UInt8, count: UInt32) {
        var counter = counter(control, [0x34])
        #expect(counter.initialCount == count)
        counter.advance(to: 1)
        #expect(counter.read() == 0x34)
        #expect(counter.read() == 0x34, "one byte is read each time")
    }

    @Test func twoByteAccessAlternates() {
        var counter = counter(0x30, [0x34, 0x12])
        counter.advance(to: 1)
        #expect([counter.read(), counter.read(), counter.read()] == [0x34, 0x12, 0x34])
    }

    @Test func firstByteStopsModeZero() {
        var counter = counter(0x30, [10, 0])
        counter.advance(to: 5)
        #expect(counter.count == 6)
        counter.write(3)
        counter.advance(to: 100)
        #expect(counter.count == 6)
        #expect(!counter.output)
        counter.write(0)
        counter.advance(to: 103)
        #expect(!counter.output)
        counter.advance(to: 104)
        #expect(counter.output)
    }

    @Test func latchHoldsTheCountUntilItIsRead() {
        var counter = counter(0x34, [0x00, 0x10])
        counter.advance(to: 1)
        counter.writeControl(0x04)
        counter.advance(to: 0x201)
        counter.writeControl(0x04)
        #expect([counter.read(), counter.read()] == [0x00, 0x10], "the second latch is ignored")
        #expect([counter.read(), counter.read()] == [0x00, 0x0E])
    }

    @Test func statusTellsOutputNullAndMode() {
        var counter = counter(0x34, [])
        #expect(counter.status == 0x80 | 0x40 | 0x34)
        counter.write(3)
        counter.write(0)
        #expect(counter.status & 0x40 != 0, "written, but not yet loaded")
        counter.advance(to: 1)
        #expect(counter.status == 0x80 | 0x34)
        counter.advance(to: 3)
        counter.latchStatus()
        counter.latchCount()
        counter.advance(to: 4)
        #expect([counter.read(), counter.read(), counter.read()] == [0x34, 1, 0], "status first, then the count")
    }

    @Test func newCountOfModeTwoWaitsForThePeriod() {
        var counter = counter(0x14, [4])
        counter.advance(to: 2)
        counter.write(2)
        #expect(counter.status & 0x40 != 0)
        #expect(outputs(counter, 8) == "HHLHLHLHL")
    }

    @Test func newCountOfModeThreeWaitsForTheHalf() {
        var counter = counter(0x16, [8])
        counter.advance(to: 2)
        counter.write(4)
        #expect(outputs(counter, 8) == "HHHLLHHLL")
    }

    /// GATE low at pulse 3, high at pulse 6.
    @Test(
        arguments: [
            (UInt8(0x10), UInt8(4), "LLLLLLLLHHHH"),  // mode 0: counting waits
            (0x14, 4, "HHHHHHHHHHLH"),  // mode 2: the edge reloads
            (0x16, 4, "HHHHHHHHHLLH"),  // mode 3: low makes OUT high, the edge reloads
            (0x18, 4, "HHHHHHHHLHHH"),  // mode 4: counting waits
        ] as [(UInt8, UInt8, String)])
    func gate(control: UInt8, count: UInt8, expected: String) {
        var counter = counter(control, [count])
        var text = ""
        for pulse in 0...UInt64(11) {
            counter.advance(to: pulse)
            if pulse == 3 { counter.setGate(false) }
            if pulse == 6 { counter.setGate(true) }
            text += counter.output ? "H" : "L"
        }
        #expect(text == expected)
    }

    /// GATE rises at pulses 2 and (for the retrigger) 4.
    @Test(
        arguments: [
            (UInt8(0x12), false, "HHHLLLHHHHHH"), (0x12, true, "HHHLLLLLHHHH"),
            (0x1A, false, "HHHHHHLHHHHH"), (0x1A, true, "HHHHHHHHLHHH"),
        ] as [(UInt8, Bool, String)])
    func triggeredModes(control: UInt8, again: Bool, expected: String) {
        var counter = counter(control, [3], gate: false)
        var text = ""
        for pulse in 0...UInt64(11) {
            counter.advance(to: pulse)
            if pulse == 2 || (again && pulse == 4) {
                counter.setGate(false)
                counter.setGate(true)
            }
            text += counter.output ? "H" : "L"
        }
        #expect(text == expected)
    }

    @Test func nextChangeNamesEachEdge() {
        var counter = counter(0x14, [100])
        var edges: [UInt64] = []
        while edges.count < 4, let next = counter.nextChange {
            let before = counter.output
            counter.advance(to: next)
            if counter.output != before { edges.append(next) }
        }
        #expect(edges == [100, 101, 200, 201])
    }
}
