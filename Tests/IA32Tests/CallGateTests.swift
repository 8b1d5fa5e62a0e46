import IA32
import Testing

struct CallGateTests {
    @Test(arguments: GateCase.all) func checks(_ test: GateCase) {
        let machine = TestMachine()
        test.prepare(machine)
        let before = machine.registers
        #expect(machine.fault(of: [0x9A, 1, 2, 3, 4] + little(test.selector)) == test.call)
        guard test.call == nil else {
            #expect(machine.registers == before)
            return
        }
        let level: UInt8 = test.code & 4 != 0 ? test.ring : 0
        #expect(machine.processor.eip == test.arrival)
        #expect(machine.processor.segment(.cs).selector == 0x48 | UInt16(level))
        #expect(machine.processor.cpl == level)
    }

    @Test func sameLevelPushesByTheGate() {
        let machine = TestMachine()
        machine.processor.eip = 0x9000
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, 0x8000, access: 0x84, count: 3))
        #expect(machine.fault(of: [0x9A, 0, 0, 0, 0, 0x40, 0]) == nil)
        #expect(machine.processor[.esp] == Place.stack0 - 4)
        #expect(machine.read16(Place.stack0 - 2) == Sel.code0)
        #expect(machine.read16(Place.stack0 - 4) == 0x9007)
    }

    @Test(arguments: [0, 1, 2, 5, 31] as [UInt8]) func innerLevelCopiesDoublewords(_ count: UInt8) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, Place.target, access: 0xEC, count: count))
        let user = Place.stack3 - 4 * UInt32(count)
        for index in 0..<UInt32(count) { machine.write32(user + index * 4, 0x1111_0000 + index) }
        machine.processor[.esp] = user
        #expect(machine.fault(of: [0x9A, 0, 0, 0, 0, 0x40, 0]) == nil)
        let top = Place.stack0 - 4 * (UInt32(count) + 4)
        #expect(machine.processor.cpl == 0)
        #expect(machine.processor.segment(.cs).selector == Sel.code0)
        #expect(machine.processor.segment(.ss).selector == Sel.data0)
        #expect(machine.processor[.esp] == top)
        #expect(machine.processor.eip == Place.target)
        #expect(machine.read32(top) == Place.code + 7)
        #expect(machine.read32(top + 4) == UInt32(Sel.code3))
        for index in 0..<UInt32(count) { #expect(machine.read32(top + 8 + index * 4) == 0x1111_0000 + index) }
        #expect(machine.read32(Place.stack0 - 8) == user)
        #expect(machine.read32(Place.stack0 - 4) == UInt32(Sel.data3))
    }

    @Test(arguments: [0, 1, 31] as [UInt8]) func innerLevelCopiesWords(_ count: UInt8) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        machine.processor.eip = 0x9000
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, 0xFFFF_8000, access: 0xE4, count: count))
        let user = Place.stack3 - 2 * UInt32(count)
        for index in 0..<UInt32(count) { machine.write16(user + index * 2, 0x2200 + UInt16(index)) }
        machine.processor[.esp] = user
        #expect(machine.fault(of: [0x9A, 0, 0, 0, 0, 0x40, 0]) == nil)
        let top = Place.stack0 - 2 * (UInt32(count) + 4)
        #expect(machine.processor[.esp] == top)
        #expect(machine.processor.eip == 0x8000)
        #expect(machine.read16(top) == 0x9007)
        #expect(machine.read16(top + 2) == Sel.code3)
        for index in 0..<UInt32(count) { #expect(machine.read16(top + 4 + index * 2) == 0x2200 + UInt16(index)) }
        #expect(machine.read16(Place.stack0 - 4) == UInt16(truncatingIfNeeded: user))
        #expect(machine.read16(Place.stack0 - 2) == Sel.data3)
    }

    /// What the TSS and the descriptor at 0x48 say of the inner stack, and the fault of a call to it.
    struct StackCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var selector: UInt16 = 0x48
        var pointer: UInt32 = 0x800
        var access: UInt8 = 0x93
        var taskLimit: UInt32 = 0x67
        var expected: Raised?
    }

    static let stacks: [StackCase] = [
        StackCase(testDescription: "good"),
        StackCase(testDescription: "TSS too short", taskLimit: 8, expected: .ts(0x28)),
        StackCase(testDescription: "null", selector: 0, expected: .ts(0)),
        StackCase(testDescription: "outside the GDT", selector: 0x400, expected: .ts(0x400)),
        StackCase(testDescription: "RPL is not the new CPL", selector: 0x4B, expected: .ts(0x48)),
        StackCase(testDescription: "DPL is not the new CPL", access: 0xF3, expected: .ts(0x48)),
        StackCase(testDescription: "read-only", access: 0x91, expected: .ts(0x48)),
        StackCase(testDescription: "code", access: 0x9B, expected: .ts(0x48)),
        StackCase(testDescription: "not present", access: 0x13, expected: .ss(0x48)),
        StackCase(testDescription: "just room", pointer: 24),
        StackCase(testDescription: "no room", pointer: 23, expected: .ss(0x48)),
        StackCase(testDescription: "above the limit", pointer: 0x1001, expected: .ss(0x48)),
    ]

    @Test(arguments: stacks) func innerStack(_ test: StackCase) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, Place.target, access: 0xEC, count: 2))
        machine.setDescriptor(0x48, TestMachine.segment(base: 0x50000, limit: 0xFFF, access: test.access, flags: 4))
        machine.processor.setSegment(
            .tr, selector: Sel.tss, base: Place.tss, limit: test.taskLimit, attributes: 0x8B)
        machine.write32(Place.tss + 4, test.pointer)
        machine.write32(Place.tss + 8, UInt32(test.selector))
        machine.processor[.esp] -= 8
        let before = machine.registers
        #expect(machine.fault(of: [0x9A, 0, 0, 0, 0, 0x40, 0]) == test.expected)
        if test.expected != nil { #expect(machine.registers == before) }
    }

    @Test func parametersBeyondTheCallersStack() {
        let machine = TestMachine()
        machine.enter(ring: 3)
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, Place.target, access: 0xEC, count: 2))
        machine.processor.setSegment(.ss, selector: Sel.data3, base: 0, limit: Place.stack3 - 1, attributes: 0xCF3)
        machine.processor[.esp] = Place.stack3 - 4
        let before = machine.registers
        #expect(machine.fault(of: [0x9A, 0, 0, 0, 0, 0x40, 0]) == .ss(0))
        #expect(machine.registers == before)
        #expect(machine.read32(Place.stack0 - 4) == 0)
    }

    @Test func innerStackIsWrittenWithSupervisorRights() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.enter(ring: 3)
        machine.setPage(Place.stack0 - 0x1000, (Place.stack0 - 0x1000) | 3)
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, Place.target, access: 0xEC))
        #expect(machine.fault(of: [0x9A, 0, 0, 0, 0, 0x40, 0]) == nil)
        #expect(machine.processor.cpl == 0)
        #expect(machine.read32(Place.stack0 - 4) == UInt32(Sel.data3))
    }

    @Test func innerStackNotMapped() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.enter(ring: 3)
        machine.setPage(Place.stack0 - 0x1000, 0)
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, Place.target, access: 0xEC))
        let before = machine.registers
        #expect(machine.fault(of: [0x9A, 0, 0, 0, 0, 0x40, 0]) == .pf(2))
        #expect(machine.registers == before)
    }
}
