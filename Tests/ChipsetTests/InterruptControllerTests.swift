import Chipset
import Testing

/// One 8259A on its own: initialization, priorities, ends of interrupt, modes.
struct InterruptControllerTests {
    /// A single controller at vector 20h with nothing masked.
    private func controller(icw1: UInt8 = 0x13, icw4: UInt8 = 0x01) -> InterruptController {
        var pic = InterruptController(isMaster: true)
        pic.write(0, icw1)
        pic.write(1, 0x20)
        if icw1 & 2 == 0 { pic.write(1, 0x04) }
        if icw1 & 1 != 0 { pic.write(1, icw4) }
        return pic
    }

    private func raised(_ lines: [Int], in start: InterruptController) -> InterruptController {
        var pic = start
        for line in lines { pic.setLine(line, true) }
        return pic
    }

    @Test func requestsNothingUntilInitialized() {
        var pic = InterruptController(isMaster: true)
        pic.write(1, 0x00)
        pic.setLine(0, true)
        #expect(!pic.interruptRequested)
        #expect(pic.mask == 0)
    }

    @Test(
        arguments: [
            (UInt8(0x13), [UInt8(0x20), 0x01]), (0x11, [0x20, 0x04, 0x01]), (0x12, [0x20]), (0x10, [0x20, 0x04]),
        ] as [(UInt8, [UInt8])])
    func initializationTakesTheWordsThatICW1Announces(icw1: UInt8, words: [UInt8]) {
        var pic = InterruptController(isMaster: true)
        pic.write(1, 0x55)
        pic.write(0, icw1)
        #expect(pic.mask == 0, "ICW1 clears the mask")
        for word in words {
            #expect(!pic.isInitialized)
            pic.write(1, word)
        }
        #expect(pic.isInitialized)
        #expect(pic.vectorBase == 0x20)
        pic.write(1, 0xA5)
        #expect(pic.mask == 0xA5, "the next write is OCW1")
        #expect(pic.read(1) == 0xA5)
    }

    @Test func vectorBaseIgnoresTheLowBits() {
        var pic = InterruptController(isMaster: false)
        for (offset, value) in [(0, 0x13), (1, 0x37), (1, 0x01)] as [(UInt16, UInt8)] { pic.write(offset, value) }
        #expect(pic.vectorBase == 0x30)
    }

    @Test(arguments: [([7], 7), ([3, 5], 3), ([7, 6, 0], 0), ([4, 2], 2)] as [([Int], UInt8)])
    func lowerNumbersComeFirst(lines: [Int], first: UInt8) {
        var pic = raised(lines, in: controller())
        #expect(pic.acknowledge() == first)
        #expect(pic.inService == 1 << first)
    }

    @Test(arguments: [(2, true), (3, false), (5, false)] as [(Int, Bool)])
    func onlyHigherPriorityNests(line: Int, nests: Bool) {
        var pic = raised([3], in: controller())
        #expect(pic.acknowledge() == 3)
        pic.setLine(3, false)
        pic.setLine(line, true)
        #expect(pic.interruptRequested == nests)
        pic.write(0, 0x20)
        #expect(pic.interruptRequested, "after EOI the request comes through")
    }

    @Test func nonSpecificEndClearsTheHighestInService() {
        var pic = raised([5], in: controller())
        _ = pic.acknowledge()
        pic.setLine(1, true)
        _ = pic.acknowledge()
        #expect(pic.inService == 0x22)
        pic.write(0, 0x20)
        #expect(pic.inService == 0x20)
        pic.write(0, 0x20)
        #expect(pic.inService == 0)
    }

    @Test func specificEndClearsItsOwnLine() {
        var pic = raised([5], in: controller())
        _ = pic.acknowledge()
        pic.setLine(1, true)
        _ = pic.acknowledge()
        pic.write(0, 0x65)
        #expect(pic.inService == 0x02)
    }

    /// OCW2, lowest priority afterwards, in-service register afterwards; line 4 was in service.
    @Test(
        arguments: [
            (UInt8(0xA0), UInt8(4), UInt8(0)), (0xE4, 4, 0), (0xE2, 2, 0x10), (0xC2, 2, 0x10), (0x40, 7, 0x10),
        ] as [(UInt8, UInt8, UInt8)])
    func rotation(command: UInt8, lowest: UInt8, inService: UInt8) {
        var pic = raised([4], in: controller())
        _ = pic.acknowledge()
        pic.write(0, command)
        #expect(pic.lowestPriority == lowest)
        #expect(pic.inService == inService)
    }

    @Test func rotatedPriorityDecides() {
        var pic = controller()
        pic.write(0, 0xC2)  // IR2 lowest, so IR3 highest
        pic = raised([0, 2, 3, 7], in: pic)
        var order: [UInt8] = []
        for _ in 0..<4 {
            order.append(pic.acknowledge() ?? 99)
            pic.write(0, 0x20)
        }
        #expect(order == [3, 7, 0, 2])
    }

    @Test func automaticEndLeavesNothingInService() {
        var pic = raised([4], in: controller(icw4: 0x03))
        #expect(pic.acknowledge() == 4)
        #expect(pic.inService == 0)
        #expect(pic.lowestPriority == 7)
        pic.write(0, 0x80)  // rotate in automatic EOI mode
        pic.setLine(4, false)
        pic.setLine(4, true)
        #expect(pic.acknowledge() == 4)
        #expect(pic.lowestPriority == 4)
        pic.write(0, 0x00)
        #expect(!pic.rotatesOnAutomaticEOI)
    }

    @Test func specialMaskLetsLowerLinesThrough() {
        var pic = raised([2], in: controller())
        _ = pic.acknowledge()
        pic.setLine(6, true)
        #expect(!pic.interruptRequested)
        pic.write(1, 0x04)
        #expect(!pic.interruptRequested, "the mask alone does not free lower lines")
        pic.write(0, 0x68)
        #expect(pic.acknowledge() == 6)
        pic.write(0, 0x20)
        #expect(pic.inService == 0x04, "a masked line is not ended by a non-specific EOI")
        pic.write(0, 0x48)
        #expect(!pic.isSpecialMask)
    }

    @Test(arguments: [(UInt8(0x01), false), (0x11, true)] as [(UInt8, Bool)])
    func specialFullyNestedModeLetsTheSlaveNest(icw4: UInt8, nests: Bool) {
        var pic = controller(icw1: 0x11, icw4: icw4)
        pic.setLine(2, true)
        #expect(pic.acknowledge() == 2)
        pic.setLine(2, false)
        pic.setLine(2, true)
        #expect(pic.interruptRequested == nests)
    }

    @Test func pollAcknowledges() {
        var pic = raised([5], in: controller())
        pic.write(0, 0x0C)
        #expect(pic.peek(0) == 0x20)
        #expect(pic.read(0) == 0x85)
        #expect(pic.inService == 0x20)
        #expect(pic.read(0) == 0x00, "only one read polls; IRR is empty now")
        pic.write(0, 0x0C)
        #expect(pic.read(0) & 0x80 == 0)
    }

    @Test func readsRequestsOrServices() {
        var pic = raised([1, 6], in: controller())
        _ = pic.acknowledge()
        #expect(pic.read(0) == 0x40)
        pic.write(0, 0x0B)
        #expect(pic.read(0) == 0x02)
        pic.write(0, 0x08)
        #expect(pic.read(0) == 0x02, "without RR the selection stays")
        pic.write(0, 0x0A)
        #expect(pic.read(0) == 0x40)
    }

    @Test func anEdgeIsTakenOnceAndForgottenWhenTheLineFalls() {
        var pic = raised([3], in: controller())
        pic.setLine(3, false)
        #expect(pic.requests == 0)
        #expect(pic.acknowledge() == nil, "default IR7")
        #expect(pic.inService == 0)
        pic.setLine(3, true)
        #expect(pic.acknowledge() == 3)
        pic.write(0, 0x20)
        #expect(!pic.interruptRequested, "a line that stays high requests once")
    }

    @Test(arguments: [true, false])
    func aLevelRequestsAsLongAsItStands(byICW1: Bool) {
        var pic = controller(icw1: byICW1 ? 0x1B : 0x13)
        if !byICW1 { pic.levelTriggered = 0x08 }
        pic.setLine(3, true)
        #expect(pic.acknowledge() == 3)
        #expect(!pic.interruptRequested)
        pic.write(0, 0x20)
        #expect(pic.interruptRequested)
        pic.setLine(3, false)
        #expect(!pic.interruptRequested)
    }

    @Test func initializationNeedsANewEdge() {
        var pic = raised([3], in: controller())
        for (offset, value) in [(0, 0x13), (1, 0x20), (1, 0x01)] as [(UInt16, UInt8)] { pic.write(offset, value) }
        #expect(!pic.interruptRequested)
        pic.setLine(3, false)
        pic.setLine(3, true)
        #expect(pic.interruptRequested)
    }
}
