import IA32
import Testing

struct TableRegistersTests {
    static let localTables: [LoadCase] = [
        LoadCase("null", 0), LoadCase("null with RPL", 2), LoadCase("outside the GDT", 0x400, .gp(0x400)),
        LoadCase("in the LDT", 0x44, access: 0x82, .gp(0x44)), LoadCase("LDT", 0x40, access: 0x82),
        LoadCase("data", 0x40, access: 0x92, .gp(0x40)), LoadCase("TSS", 0x40, access: 0x89, .gp(0x40)),
        LoadCase("not present", 0x40, access: 0x02, .np(0x40)),
        LoadCase("RPL does not matter", 0x43, access: 0x82), LoadCase("CPL 3", 0x40, access: 0x82, ring: 3, .gp(0)),
    ]

    @Test(arguments: localTables) func localDescriptorTable(_ test: LoadCase) {
        check(test, .ldtr, [0x0F, 0x00, 0xD0], loaded: test.access)
    }

    static let tasks: [LoadCase] = [
        LoadCase("null", 0, .gp(0)), LoadCase("outside the GDT", 0x400, .gp(0x400)),
        LoadCase("in the LDT", 0x44, access: 0x89, .gp(0x44)), LoadCase("available TSS", 0x40, access: 0x89),
        LoadCase("available 16-bit TSS", 0x40, access: 0x81), LoadCase("busy TSS", 0x40, access: 0x8B, .gp(0x40)),
        LoadCase("busy 16-bit TSS", 0x40, access: 0x83, .gp(0x40)), LoadCase("LDT", 0x40, access: 0x82, .gp(0x40)),
        LoadCase("code", 0x40, access: 0x99, .gp(0x40)), LoadCase("not present", 0x40, access: 0x09, .np(0x40)),
        LoadCase("CPL 3", 0x40, access: 0x89, ring: 3, .gp(0)),
    ]

    @Test(arguments: tasks) func taskRegister(_ test: LoadCase) {
        check(test, .tr, [0x0F, 0x00, 0xD8], loaded: test.access | 2)
    }

    private func check(_ test: LoadCase, _ name: SegmentName, _ code: [UInt8], loaded: UInt8) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        for selector in [UInt16(0x40), 0x44] {
            machine.setDescriptor(
                selector, TestMachine.segment(base: 0x5000, limit: 0x123, access: test.access, flags: 0))
        }
        machine.processor[.eax] = UInt32(test.selector)
        let before = machine.registers
        #expect(machine.fault(of: code) == test.expected)
        guard test.expected == nil else {
            #expect(machine.registers == before)
            #expect(machine.read8(Place.gdt + 0x45) == test.access)
            return
        }
        let view = machine.processor.segment(name)
        #expect(view.selector == test.selector)
        guard test.selector & 0xFFFC != 0 else { return }
        #expect(view.base == 0x5000)
        #expect(view.limit == 0x123)
        #expect(view.attributes == UInt16(loaded))
        #expect(machine.read8(Place.gdt + 0x45) == loaded)
    }

    @Test func nullLocalTableHidesItsSelectors() {
        let machine = TestMachine()
        machine.setDescriptor(0x44, TestMachine.segment(access: 0x93))
        #expect(machine.fault(of: [0x0F, 0x00, 0xD0]) == nil)
        machine.processor[.eax] = 0x44
        #expect(machine.fault(of: [0x8E, 0xD8]) == .gp(0x44))
    }

    @Test func storedSelectors() {
        let machine = TestMachine()
        #expect(machine.fault(of: [0x0F, 0x00, 0xC1]) == nil)
        #expect(machine.processor[.ecx] & 0xFFFF == UInt32(Sel.ldt))
        #expect(machine.fault(of: [0x0F, 0x00, 0xC9]) == nil)
        #expect(machine.processor[.ecx] & 0xFFFF == UInt32(Sel.tss))
    }

    @Test func descriptorTables() {
        let machine = TestMachine()
        machine.write(little(UInt16(0x1FF)) + little(UInt32(0x8912_3456)), Place.data)
        #expect(machine.fault(of: [0x0F, 0x01, 0x1D] + little(Place.data)) == nil)
        #expect(machine.processor.idtr.base == 0x8912_3456)
        #expect(machine.processor.idtr.limit == 0x1FF)
        // A 16-bit operand takes 24 bits of base.
        #expect(machine.fault(of: [0x66, 0x0F, 0x01, 0x15] + little(Place.data)) == nil)
        #expect(machine.processor.gdtr.base == 0x12_3456)
        #expect(machine.processor.gdtr.limit == 0x1FF)
        #expect(machine.fault(of: [0x0F, 0x01, 0x0D] + little(Place.data + 16)) == nil)
        #expect(machine.read16(Place.data + 16) == 0x1FF)
        #expect(machine.read32(Place.data + 18) == 0x8912_3456)
    }

    @Test(arguments: [0x15, 0x1D] as [UInt8]) func descriptorTablesNeedCPL0(_ modrm: UInt8) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        let before = machine.registers
        #expect(machine.fault(of: [0x0F, 0x01, modrm] + little(Place.data)) == .gp(0))
        #expect(machine.registers == before)
    }
}
