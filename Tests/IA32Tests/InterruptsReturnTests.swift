import IA32
import Testing

/// A frame for IRETD and what it comes to.
struct ReturnCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var ring: UInt8 = 0
    var items: [UInt32]
    var descriptor: UInt64?
    var expected: Raised?

    init(_ name: String, ring: UInt8 = 0, _ items: [UInt32], free: UInt64? = nil, _ expected: Raised?) {
        testDescription = name
        self.ring = ring
        self.items = items
        descriptor = free
        self.expected = expected
    }

    private static let eip = Place.target
    private static func code(_ access: UInt8, limit: UInt32 = 0xF_FFFF) -> UInt64 {
        TestMachine.segment(limit: limit, access: access, flags: 4)
    }
    static let all: [ReturnCase] = [
        ReturnCase("same level", [eip, 0x08, 2], nil),
        ReturnCase("outer level", [eip, 0x1B, 2, 0x30000, 0x23], nil),
        ReturnCase("null CS", [eip, 3, 2], .gp(0)),
        ReturnCase("CS outside the GDT", [eip, 0x400, 2], .gp(0x400)),
        ReturnCase("CS outside the LDT", [eip, 0x104, 2], .gp(0x104)),
        ReturnCase("CS is data", [eip, 0x10, 2], .gp(0x10)),
        ReturnCase("inner level", ring: 3, [eip, 0x08, 2], .gp(0x08)),
        ReturnCase("DPL is not RPL", [eip, 0x0B, 2, 0x30000, 0x23], .gp(0x08)),
        ReturnCase("not present", [eip, 0x40, 2], free: code(0x1B), .np(0x40)),
        ReturnCase("conforming, DPL above RPL", [eip, 0x40, 2], free: code(0xFF), .gp(0x40)),
        ReturnCase("conforming", ring: 3, [eip, 0x43, 2], free: code(0x9F), nil),
        ReturnCase("EIP beyond the limit", [0x100, 0x40, 2], free: code(0x9B, limit: 0xFF), .gp(0)),
        ReturnCase(
            "outer EIP beyond the limit", [0x100, 0x43, 2, 0x30000, 0x23], free: code(0xFB, limit: 0xFF), .gp(0)),
        ReturnCase("null SS", [eip, 0x1B, 2, 0x30000, 3], .gp(0)),
        ReturnCase("SS outside the GDT", [eip, 0x1B, 2, 0x30000, 0x403], .gp(0x400)),
        ReturnCase("SS with the wrong RPL", [eip, 0x1B, 2, 0x30000, 0x20], .gp(0x20)),
        ReturnCase("SS with the wrong DPL", [eip, 0x1B, 2, 0x30000, 0x13], .gp(0x10)),
        ReturnCase("SS is code", [eip, 0x1B, 2, 0x30000, 0x1B], .gp(0x18)),
        ReturnCase("SS not present", [eip, 0x1B, 2, 0x30000, 0x43], free: code(0x73), .ss(0x40)),
    ]
}

@Suite("IRET") struct InterruptsReturnTests {
    private func machine(ring: UInt8 = 0, _ items: [UInt32]) -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enter(ring: ring)
        machine.processor[.esp] -= UInt32(items.count * 4)
        for (index, item) in items.enumerated() { machine.write32(machine.processor[.esp] + UInt32(index) * 4, item) }
        return machine
    }

    /// SDM Vol. 3A 17.3.1.1: RF protects one instruction after the IRET that set it.
    @Test(arguments: [false, true]) func resumeFlagLastsOneInstruction(_ isInterruptedAtOnce: Bool) {
        let machine = machine([Place.target, 0x08, 0x1_0002])
        machine.write([0xCF], Place.code)
        machine.write([0x90, 0xCD, 0x40], Place.target)
        machine.processor.deadline = machine.processor.instructionCount + 1
        _ = machine.processor.run()
        if isInterruptedAtOnce { machine.processor.raiseNMI() }
        machine.processor.deadline += 10
        #expect(machine.processor.run() == .halted)
        let pushed = machine.read32(machine.processor[.esp] + 8)
        #expect(pushed & 0x1_0000 == (isInterruptedAtOnce ? 0x1_0000 : 0))
    }

    @Test(arguments: ReturnCase.all) func checks(_ row: ReturnCase) {
        let machine = machine(ring: row.ring, row.items)
        if let descriptor = row.descriptor { machine.setDescriptor(Sel.free, descriptor) }
        let before = machine.registers
        let esp = machine.processor[.esp]
        #expect(machine.fault(of: Code.iret) == row.expected)
        if row.expected == nil {
            #expect(machine.processor.eip == row.items[0])
            #expect(UInt32(machine.processor.segment(.cs).selector) == row.items[1])
            let isOuter = row.items.count == 5
            #expect(machine.processor[.esp] == (isOuter ? row.items[3] : esp + 12))
        } else {
            #expect(machine.registers == before)
        }
    }

    @Test("outer return nulls inner data segments and keeps outer ones") func nulledSegments() {
        let machine = machine([Place.target, 0x1B, 0x202, Place.stack3, 0x23])
        machine.processor.setSegment(.fs, selector: 0x23, base: 0, limit: .max, attributes: 0xCF3)
        machine.setDescriptor(Sel.free, TestMachine.segment(access: 0x9F))
        machine.processor.setSegment(.gs, selector: Sel.free, base: 0, limit: .max, attributes: 0xC9F)
        machine.execute(Code.iret)
        #expect(machine.processor.cpl == 3)
        #expect(machine.processor.segment(.ds).selector == 0 && machine.processor.segment(.ds).isNull)
        #expect(machine.processor.segment(.es).selector == 0)
        #expect(machine.processor.segment(.fs).selector == 0x23)
        #expect(machine.processor.segment(.gs).selector == Sel.free)
        #expect(machine.processor.segment(.ss).selector == 0x23)
    }

    /// Ring, IOPL before, whether IF and IOPL may change.
    static let flagRows: [(UInt8, UInt32, Bool, Bool)] = [
        (0, 0, true, true), (3, 0, false, false), (3, 3, true, false),
    ]
    @Test("IF and IOPL by privilege", arguments: flagRows)
    func flags(row: (ring: UInt8, level: UInt32, interrupt: Bool, privilege: Bool)) {
        let other: UInt32 = row.level == 3 ? 0 : 0x3000
        let machine = machine(ring: row.ring, [Place.target, row.ring == 3 ? 0x1B : 0x08, 0x24_0ED7 | other])
        machine.processor.eflags = 2 | row.level << 12
        machine.execute(Code.iret)
        let expected =
            0x24_0CD7 | (row.interrupt ? 0x200 : 0) | (row.privilege ? other : row.level << 12)
        #expect(machine.processor.eflags == expected)
    }

    @Test("16-bit frame: words, upper flags stay") func words() {
        let machine = machine([0, 0])
        machine.processor.eflags = 0x20_0002
        machine.processor[.esp] = Place.stack0 - 6
        machine.write16(Place.stack0 - 6, 0x4567)
        machine.write16(Place.stack0 - 4, Sel.code0)
        machine.write16(Place.stack0 - 2, 0x0ED7)
        machine.execute([0x66] + Code.iret)
        #expect(machine.processor.eip == 0x4567)
        #expect(machine.processor[.esp] == Place.stack0)
        #expect(machine.processor.eflags == 0x20_0ED7)
    }

    @Test("IRET does not pop an error code; the hook sees the return") func hook() throws {
        let machine = machine([Place.target, 0x08, 0x46, 0x1111])
        machine.processor.hooks = .didReturn
        machine.execute(Code.iret)
        #expect(machine.stackItem(0) == 0x1111)
        let event = try #require(machine.host.returns.first)
        #expect(event.fromEIP == Place.code && event.toEIP == Place.target && event.toCS == Sel.code0)
        #expect(event.eflags == 0x46 && !event.taskReturn)
    }

    /// Link, access byte of 0x40, expected.
    static let links: [(UInt16, UInt8, Raised)] = [
        (0, 0x8B, .ts(0)), (0x44, 0x8B, .ts(0x44)), (0x400, 0x8B, .ts(0x400)), (0x40, 0x89, .ts(0x40)),
        (0x40, 0x93, .ts(0x40)), (0x40, 0x0B, .np(0x40)), (0x43, 0x89, .ts(0x40)),
    ]
    @Test("NT: the link must name a busy task", arguments: links)
    func taskLink(row: (link: UInt16, access: UInt8, expected: Raised)) {
        let machine = machine(ring: 3, [])
        machine.setTask(Sel.free, tss: Place.secondTSS, code: Place.target, stack: Place.stack1, access: row.access)
        machine.write16(Place.tss, row.link)
        machine.processor.eflags = 0x4002
        let before = machine.registers
        #expect(machine.fault(of: Code.iret) == row.expected)
        #expect(machine.registers == before)
    }

    @Test("a page fault on the frame changes nothing") func unmappedFrame() {
        let machine = machine([])
        machine.enablePaging()
        machine.processor[.esp] = Interrupts.unmapped - 4
        machine.unmap(Interrupts.unmapped)
        let before = machine.registers
        #expect(machine.fault(of: Code.iret) == .pf(0))
        #expect(machine.registers == before)
    }
}
