import Chipset
import Testing

/// The three counters behind ports 40h to 43h.
struct IntervalTimerTests {
    private func program(_ timer: inout IntervalTimer, _ words: [(UInt16, UInt8)], at tick: UInt64 = 0) {
        for word in words { timer.write(word.0, word.1, at: tick) }
    }

    @Test(arguments: 0..<3)
    func controlWordsSelectTheirCounter(index: Int) {
        var timer = IntervalTimer()
        program(&timer, [(3, UInt8(index) << 6 | 0x34), (UInt16(index), 0x10), (UInt16(index), 0x27)])
        for other in 0..<3 {
            #expect(timer.channel(other).initialCount == (other == index ? 10_000 : 0))
        }
        #expect(timer.read(3, at: 1) == 0xFF)
    }

    @Test func requestChangesFollowCounterZero() {
        var timer = IntervalTimer()
        #expect(timer.nextRequestChange == nil)
        program(&timer, [(3, 0x34), (0, 60), (0, 0)], at: 1000)
        var edges: [(UInt64, Bool)] = []
        while edges.count < 4, let next = timer.nextRequestChange {
            let before = timer.channel(0).output
            timer.advanceRequestCounter(to: next)
            if timer.channel(0).output != before { edges.append((next, !before)) }
        }
        #expect(edges.map(\.0) == [1060, 1061, 1120, 1121])
        #expect(edges.map(\.1) == [false, true, false, true])
    }

    /// Read-back command, then what three reads of counters 0 and 1 give one pulse later.
    @Test(
        arguments: [
            (0xC2, [0xB4, 100, 0], [200, 0, 200]), (0xE2, [0xB4, 99, 0], [200, 0, 200]),
            (0xD2, [100, 0, 99], [200, 0, 200]), (0xC6, [0xB4, 100, 0], [0xB4, 201, 0]),
            (0xF2, [99, 0, 99], [200, 0, 200]), (0xD4, [99, 0, 99], [201, 0, 200]),
        ] as [(UInt8, [UInt8], [UInt8])])
    func readBack(command: UInt8, zero: [UInt8], one: [UInt8]) {
        var timer = IntervalTimer()
        program(&timer, [(3, 0x34), (0, 110), (0, 0), (3, 0x74), (1, 211), (1, 0)])
        timer.write(3, command, at: 11)
        let seenZero = (0..<3).map { _ in timer.read(0, at: 12) }
        let seenOne = (0..<3).map { _ in timer.read(1, at: 12) }
        #expect(seenZero == zero)
        #expect(seenOne == one)
    }

    @Test func speakerCounterWaitsForItsGate() {
        var timer = IntervalTimer()
        program(&timer, [(3, 0xB0), (2, 10), (2, 0)])
        timer.advance(to: 100)
        #expect(timer.speakerOutput(at: 100) == false)
        timer.setSpeakerGate(true, at: 100)
        #expect(timer.speakerOutput(at: 109) == false)
        #expect(timer.speakerOutput(at: 110) == true)
    }
}
