import IA32
import Testing

struct FarCallTests {
    @Test(arguments: TransferCase.direct) func direct(_ test: TransferCase) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.setDescriptor(0x40, TestMachine.segment(limit: 0xFF, access: test.access))
        let before = machine.registers
        let esp = machine.processor[.esp]
        let cs = machine.processor.segment(.cs).selector
        #expect(machine.fault(of: [0x9A] + little(test.offset) + little(test.selector)) == test.expected)
        guard test.expected == nil else {
            #expect(machine.registers == before)
            return
        }
        #expect(machine.processor.eip == test.offset)
        #expect(machine.processor.segment(.cs).selector == test.selector & 0xFFFC | UInt16(test.ring))
        #expect(machine.processor[.esp] == esp - 8)
        #expect(machine.read32(esp - 4) == UInt32(cs))
        #expect(machine.read32(esp - 8) == Place.code + 7)
    }

    @Test func sixteenBitOperandPushesWords() {
        let machine = TestMachine()
        machine.processor.eip = 0x9000
        #expect(machine.fault(of: [0x66, 0x9A, 0x00, 0x80, 0x08, 0x00]) == nil)
        #expect(machine.processor.eip == 0x8000)
        #expect(machine.processor[.esp] == Place.stack0 - 4)
        #expect(machine.read16(Place.stack0 - 2) == 0x08)
        #expect(machine.read16(Place.stack0 - 4) == 0x9006)
    }

    @Test func realMode() {
        let machine = TestMachine()
        machine.enterRealMode()
        #expect(machine.execute([0x9A, 0x34, 0x12, 0x00, 0x20]) == .deadline)
        #expect(machine.processor.segment(.cs).base == 0x20000)
        #expect(machine.processor.eip == 0x1234)
        #expect(machine.processor[.esp] == 0x6FFC)
        #expect(machine.read16(0x6FFE) == 0)
        #expect(machine.read16(0x6FFC) == 0x8005)
        machine.processor[.esp] = 1
        #expect(machine.fault(of: [0x9A, 0x34, 0x12, 0x00, 0x20])?.vector == 12)
        #expect(machine.processor[.esp] == 1)
    }

    @Test func noRoomOnTheStack() {
        let machine = TestMachine()
        machine.setDescriptor(0x40, TestMachine.segment(limit: 0xF, access: 0x93))
        machine.processor.setSegment(.ss, selector: 0x40, base: 0, limit: 0xFFFF, attributes: 0xC93)
        machine.processor[.esp] = 4
        let before = machine.registers
        #expect(machine.fault(of: [0x9A] + little(Place.target) + little(Sel.code0)) == .ss(0))
        #expect(machine.registers == before)
        #expect(machine.read32(0) == 0)
    }

    @Test func roomBeforeTheCodeLimit() {
        let machine = TestMachine()
        machine.processor.setSegment(.ss, selector: 0x10, base: 0, limit: 0xFFFF, attributes: 0xC93)
        machine.processor[.esp] = 4
        machine.setDescriptor(0x40, TestMachine.segment(limit: 0xFF, access: 0x9B))
        #expect(machine.fault(of: [0x9A] + little(UInt32(0x10_0000)) + little(UInt16(0x40))) == .ss(0))
    }

    @Test func pageFaultOnThePushLeavesNoTrace() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.processor[.esp] = Place.stack0 + 4
        machine.setPage(Place.stack0 - 0x1000, 0)
        let before = machine.registers
        #expect(machine.fault(of: [0x9A] + little(Place.target) + little(Sel.code0)) == .pf(2))
        #expect(machine.registers == before)
        #expect(machine.read32(Place.stack0) == 0)
    }
}
