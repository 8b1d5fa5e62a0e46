import Chipset
import Testing

/// The cascade as a PC has it.
struct InterruptControllerPairTests {
    private func pair() -> InterruptControllerPair {
        var pair = InterruptControllerPair()
        pair.initialize(masterBase: 0x30, slaveBase: 0x38)
        pair.write(0x21, 0)
        pair.write(0xA1, 0)
        return pair
    }

    @Test func firmwareStateIsMasked() {
        var pair = InterruptControllerPair()
        pair.initialize(masterBase: 0x08, slaveBase: 0x70)
        #expect(pair.read(0x21) == 0xFF)
        #expect(pair.read(0xA1) == 0xFF)
        for line in 0..<16 { pair.setLine(line, true) }
        #expect(!pair.interruptRequested)
    }

    @Test(arguments: [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
    func eachLineHasItsVector(line: Int) {
        var pair = pair()
        pair.setLine(line, true)
        #expect(pair.interruptRequested)
        #expect(pair.pendingLine == line)
        let answer = pair.acknowledge()
        #expect(answer.vector == 0x30 + UInt8(line))
        #expect(answer.line == line)
        #expect(!answer.isSpurious)
        #expect(pair.master.inService == (line < 8 ? 1 << UInt8(line) : 4))
        #expect(pair.slave.inService == (line < 8 ? 0 : 1 << UInt8(line - 8)))
    }

    @Test func lineTwoIsTheCascade() {
        var pair = pair()
        pair.setLine(2, true)
        #expect(!pair.interruptRequested)
    }

    @Test func slaveLinesRankBetweenOneAndThree() {
        var pair = pair()
        for line in [3, 15, 8, 1] { pair.setLine(line, true) }
        var order: [Int] = []
        for _ in 0..<4 {
            let line = pair.acknowledge().line
            order.append(line)
            if line >= 8 { pair.write(0xA0, 0x20) }
            pair.write(0x20, 0x20)
        }
        #expect(order == [1, 8, 15, 3])
        #expect(!pair.interruptRequested)
    }

    @Test func spuriousSeven() {
        var pair = pair()
        pair.setLine(5, true)
        pair.setLine(5, false)
        let answer = pair.acknowledge()
        #expect(answer.vector == 0x37)
        #expect(answer.line == 7)
        #expect(answer.isSpurious)
        pair.write(0x20, 0x0B)
        #expect(pair.read(0x20) == 0, "ISR bit 7 is clear: no EOI is due")
    }

    @Test func spuriousFifteenLeavesTheMasterInService() {
        var pair = pair()
        pair.setLine(4, true)
        _ = pair.acknowledge()  // blocks nothing above it
        pair.setLine(10, true)
        pair.write(0xA1, 0x04)  // the slave withdraws its request
        #expect(!pair.interruptRequested)
        pair.write(0xA1, 0x00)
        #expect(pair.interruptRequested)
        var late = pair
        late.write(0xA0, 0x0C)
        _ = late.read(0xA0)  // a poll takes the slave's request, its INT falls
        #expect(late.acknowledge().isSpurious)
    }

    @Test func edgeLevelRegistersRefuseFixedLines() {
        var pair = pair()
        pair.write(0x4D0, 0xFF)
        pair.write(0x4D1, 0xFF)
        #expect(pair.read(0x4D0) == 0xF8)
        #expect(pair.read(0x4D1) == 0xDE)
        #expect(pair.read(0x22) == 0xFF)
    }

    @Test func levelLineOfTheSlaveComesAgainAfterItsEnd() {
        var pair = pair()
        pair.write(0x4D1, 0x08)
        pair.setLine(11, true)
        for _ in 0..<3 {
            #expect(pair.acknowledge().vector == 0x3B)
            #expect(!pair.interruptRequested)
            pair.write(0xA0, 0x63)
            pair.write(0x20, 0x62)
        }
        pair.setLine(11, false)
        #expect(!pair.interruptRequested)
    }

    /// Masks of master and slave, line in service (or nil), line asked about, answer.
    @Test(
        arguments: [
            (UInt8(0x00), UInt8(0x00), nil, 0, true), (0x01, 0x00, nil, 0, false), (0x00, 0x00, 0, 0, false),
            (0x00, 0x00, 0, 5, false), (0x00, 0x00, 5, 0, true), (0x04, 0x00, nil, 9, false),
            (0x00, 0x02, nil, 9, false),
            (0x00, 0x00, nil, 9, true), (0x00, 0x00, nil, 2, false),
        ] as [(UInt8, UInt8, Int?, Int, Bool)])
    func wouldInterrupt(master: UInt8, slave: UInt8, serving: Int?, line: Int, answer: Bool) {
        var pair = pair()
        if let serving {
            pair.setLine(serving, true)
            _ = pair.acknowledge()
        }
        pair.write(0x21, master)
        pair.write(0xA1, slave)
        let before = pair
        #expect(pair.wouldInterrupt(line) == answer)
        #expect(pair == before)
    }
}
