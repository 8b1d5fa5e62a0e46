import IA32
import Testing

/// One load of a segment register: the descriptor at selector 0x40 (or 0x44 in the LDT), and what comes of it.
struct LoadCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var selector: UInt16
    var access: UInt8
    var ring: UInt8
    var expected: Raised?

    init(_ name: String, _ selector: UInt16, access: UInt8 = 0x93, ring: UInt8 = 0, _ expected: Raised? = nil) {
        testDescription = name
        self.selector = selector
        self.access = access
        self.ring = ring
        self.expected = expected
    }
}

struct SegmentLoadTests {
    static let data: [LoadCase] = [
        LoadCase("null", 0), LoadCase("null with RPL 3", 3),
        LoadCase("last byte outside the GDT", 0x400, .gp(0x400)),
        LoadCase("outside the LDT", 0x104, .gp(0x104)),
        LoadCase("writable data", 0x40), LoadCase("read-only data", 0x40, access: 0x91),
        LoadCase("data in the LDT", 0x44), LoadCase("readable code", 0x40, access: 0x9B),
        LoadCase("execute-only code", 0x40, access: 0x99, .gp(0x40)),
        LoadCase("execute-only code in the LDT", 0x44, access: 0x99, .gp(0x44)),
        LoadCase("TSS", 0x40, access: 0x89, .gp(0x40)), LoadCase("call gate", 0x40, access: 0x8C, .gp(0x40)),
        LoadCase("RPL above DPL", 0x43, .gp(0x40)), LoadCase("RPL equal to DPL", 0x43, access: 0xF3),
        LoadCase("CPL above DPL", 0x40, ring: 3, .gp(0x40)),
        LoadCase("conforming code of an inner level", 0x43, access: 0x9F, ring: 3),
        LoadCase("not present", 0x40, access: 0x13, .np(0x40)),
        LoadCase("not present in the LDT", 0x44, access: 0x13, .np(0x44)),
        LoadCase("privilege before presence", 0x43, access: 0x13, ring: 3, .gp(0x40)),
    ]

    @Test(arguments: data) func dataSegment(_ test: LoadCase) { check(test, .ds, [0x8E, 0xD8]) }

    static let stack: [LoadCase] = [
        LoadCase("null", 0, .gp(0)), LoadCase("null with RPL 3 at CPL 3", 3, ring: 3, .gp(0)),
        LoadCase("outside the GDT", 0x7F8, .gp(0x7F8)),
        LoadCase("writable data", 0x40), LoadCase("writable data at CPL 3", 0x43, access: 0xF3, ring: 3),
        LoadCase("RPL is not CPL", 0x41, .gp(0x40)), LoadCase("DPL is not CPL", 0x40, access: 0xF3, .gp(0x40)),
        LoadCase("read-only data", 0x40, access: 0x91, .gp(0x40)), LoadCase("code", 0x40, access: 0x9B, .gp(0x40)),
        LoadCase("LDT descriptor", 0x40, access: 0x82, .gp(0x40)),
        LoadCase("not present", 0x40, access: 0x13, .ss(0x40)),
        LoadCase("type before presence", 0x40, access: 0x11, .gp(0x40)),
    ]

    @Test(arguments: stack) func stackSegment(_ test: LoadCase) { check(test, .ss, [0x8E, 0xD0]) }

    private func check(_ test: LoadCase, _ name: SegmentName, _ code: [UInt8]) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.setDescriptor(0x40, TestMachine.segment(base: 0x5000, limit: 0x123, access: test.access))
        machine.setDescriptor(0x44, TestMachine.segment(base: 0x5000, limit: 0x123, access: test.access))
        machine.processor[.eax] = UInt32(test.selector)
        let before = machine.registers
        #expect(machine.fault(of: code) == test.expected)
        guard test.expected == nil else {
            #expect(machine.registers == before)
            return
        }
        let view = machine.processor.segment(name)
        #expect(view.selector == test.selector)
        guard test.selector & 0xFFFC != 0 else { return }
        #expect(view.base == 0x5000)
        #expect(view.limit == 0x12_3FFF)
        #expect(view.attributes == UInt16(test.access) | 0xC00)
    }

    @Test(
        arguments: [(SegmentName.es, 0xC0), (.ss, 0xD0), (.ds, 0xD8), (.fs, 0xE0), (.gs, 0xE8)]
            as [(SegmentName, UInt8)])
    func accessedBitIsSet(_ name: SegmentName, _ modrm: UInt8) {
        let machine = TestMachine()
        machine.setDescriptor(0x40, TestMachine.segment(access: 0x92))
        machine.processor[.eax] = 0x40
        #expect(machine.fault(of: [0x8E, modrm]) == nil)
        #expect(machine.read8(Place.gdt + 0x45) == 0x93)
        #expect(machine.processor.segment(name).attributes & 0xFF == 0x93)
    }

    @Test func nullSegmentFaultsWhenUsed() {
        let machine = TestMachine()
        #expect(machine.fault(of: [0x8E, 0xD8]) == nil)
        // mov al, [0x18000]
        #expect(machine.fault(of: [0xA0] + little(Place.data)) == .gp(0))
    }

    @Test func sixteenBitStackWrapsInSP() {
        let machine = TestMachine()
        machine.setDescriptor(0x40, TestMachine.segment(base: 0x20000, limit: 0xFFFF, access: 0x93, flags: 0))
        machine.processor[.eax] = 0x40
        machine.processor[.esp] = 0x7777_0002
        // mov ss, eax; push 0x11223344 would straddle the end of the segment: #SS(0)
        #expect(machine.fault(of: [0x8E, 0xD0]) == nil)
        #expect(machine.fault(of: [0x68, 0x44, 0x33, 0x22, 0x11]) == .ss(0))
        machine.processor[.esp] = 0x7777_0000
        #expect(machine.fault(of: [0x68, 0x44, 0x33, 0x22, 0x11]) == nil)
        #expect(machine.processor[.esp] == 0x7777_FFFC)
        #expect(machine.read32(0x2FFFC) == 0x1122_3344)
    }

    @Test func loadedSegmentFromFarPointer() {
        let machine = TestMachine()
        machine.setDescriptor(0x40, TestMachine.segment(access: 0x93))
        machine.write(little(UInt32(0x1234_5678)) + little(UInt16(0x40)), Place.data)
        // lgs ecx, [data]
        #expect(machine.fault(of: [0x0F, 0xB5, 0x0D] + little(Place.data)) == nil)
        #expect(machine.processor[.ecx] == 0x1234_5678)
        #expect(machine.processor.segment(.gs).selector == 0x40)
        machine.write(little(UInt32(0x8765_4321)) + little(UInt16(0x404)), Place.data)
        #expect(machine.fault(of: [0x0F, 0xB5, 0x0D] + little(Place.data)) == .gp(0x404))
        #expect(machine.processor[.ecx] == 0x1234_5678)
    }

    @Test func realModeKeepsTheLimit() {
        let machine = TestMachine()
        machine.enterRealMode()
        machine.processor.setSegment(.ds, selector: 0, base: 0, limit: .max, attributes: 0x93)
        machine.processor[.eax] = 0xFFFF_1234
        #expect(machine.execute([0x8E, 0xD8]) == .deadline)
        let view = machine.processor.segment(.ds)
        #expect(view.selector == 0x1234)
        #expect(view.base == 0x12340)
        #expect(view.limit == .max)
    }
}
