import IA32
import Testing

/// A far transfer to selector 0x40: the descriptor there, and what comes of it.
struct TransferCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var selector: UInt16
    var access: UInt8
    var ring: UInt8
    var offset: UInt32
    var expected: Raised?

    init(
        _ name: String, _ selector: UInt16 = 0x40, access: UInt8 = 0x9B, ring: UInt8 = 0, offset: UInt32 = Place.target,
        _ expected: Raised? = nil
    ) {
        testDescription = name
        self.selector = selector
        self.access = access
        self.ring = ring
        self.offset = offset
        self.expected = expected
    }

    /// Direct transfers, the same for JMP and CALL; the segment at 0x40 is 64 KiB - 1 MiB long.
    static let direct: [TransferCase] = [
        TransferCase("null", 0, .gp(0)), TransferCase("null with RPL", 3, .gp(0)),
        TransferCase("outside the GDT", 0x400, .gp(0x400)), TransferCase("outside the LDT", 0x104, .gp(0x104)),
        TransferCase("data", access: 0x93, .gp(0x40)), TransferCase("nonconforming, same level"),
        TransferCase("RPL above CPL", 0x43, .gp(0x40)), TransferCase("outer level", access: 0xFB, .gp(0x40)),
        TransferCase("inner level", 0x43, ring: 3, .gp(0x40)),
        TransferCase("same level, RPL below CPL", 0x40, access: 0xFB, ring: 3),
        TransferCase("conforming, inner level", 0x43, access: 0x9F, ring: 3),
        TransferCase("conforming, RPL is not checked", 0x43, access: 0x9F),
        TransferCase("conforming, outer level", access: 0xFF, .gp(0x40)),
        TransferCase("execute-only code", access: 0x99),
        TransferCase("not present", access: 0x1B, .np(0x40)),
        TransferCase("conforming, not present", access: 0x1F, .np(0x40)),
        TransferCase("privilege before presence", access: 0x7B, .gp(0x40)),
        TransferCase("last byte of the segment", offset: 0xF_FFFF),
        TransferCase("beyond the limit", offset: 0x10_0000, .gp(0)),
        TransferCase("reserved type 0", access: 0x80, .gp(0x40)), TransferCase("LDT", access: 0x82, .gp(0x40)),
        TransferCase("interrupt gate 16", access: 0x86, .gp(0x40)),
        TransferCase("reserved type 8", access: 0x88, .gp(0x40)),
        TransferCase("interrupt gate", access: 0x8E, .gp(0x40)), TransferCase("trap gate", access: 0x8F, .gp(0x40)),
        TransferCase("busy TSS", access: 0x8B, .gp(0x40)),
        TransferCase("TSS of an inner level", 0x43, access: 0x89, ring: 3, .gp(0x40)),
        TransferCase("TSS not present", access: 0x09, .np(0x40)),
    ]
}

/// A call gate at 0x40 that leads to a code segment at 0x48.
struct GateCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var selector: UInt16 = 0x40
    var gate: UInt8 = 0x8C
    var target: UInt16 = 0x48
    var code: UInt8 = 0x9B
    var ring: UInt8 = 0
    var offset: UInt32 = Place.target
    var jump: Raised?
    var call: Raised?

    init(
        _ name: String, _ selector: UInt16 = 0x40, gate: UInt8 = 0x8C, target: UInt16 = 0x48, code: UInt8 = 0x9B,
        ring: UInt8 = 0, offset: UInt32 = Place.target, _ both: Raised? = nil, jump: Raised? = nil
    ) {
        testDescription = name
        self.selector = selector
        self.gate = gate
        self.target = target
        self.code = code
        self.ring = ring
        self.offset = offset
        self.jump = both ?? jump
        call = both
    }

    static let all: [GateCase] = [
        GateCase("same level"), GateCase("CPL above the gate's DPL", 0x40, ring: 3, .gp(0x40)),
        GateCase("RPL above the gate's DPL", 0x43, .gp(0x40)), GateCase("gate not present", gate: 0x0C, .np(0x40)),
        GateCase("privilege before presence", gate: 0x0C, ring: 3, .gp(0x40)),
        GateCase("null target", target: 2, .gp(0)), GateCase("target outside", target: 0x7F8, .gp(0x7F8)),
        GateCase("target is data", code: 0x93, .gp(0x48)), GateCase("target is a gate", code: 0x8C, .gp(0x48)),
        GateCase("target's RPL does not matter", target: 0x4B),
        GateCase("target of an outer level", code: 0xFB, .gp(0x48)),
        GateCase("target not present", code: 0x1B, .np(0x48)),
        GateCase("inner level", 0x43, gate: 0xEC, ring: 3, jump: .gp(0x48)),
        GateCase("inner level, conforming", 0x43, gate: 0xEC, code: 0x9F, ring: 3),
        GateCase("offset beyond the limit", offset: 0x10_0000, .gp(0)),
        GateCase("16-bit gate ignores the upper offset", gate: 0x84, offset: 0xABCD_8000),
    ]

    func prepare(_ machine: TestMachine) {
        machine.enter(ring: ring)
        machine.setDescriptor(0x40, TestMachine.gate(target, offset, access: gate))
        machine.setDescriptor(0x48, TestMachine.segment(limit: 0xFF, access: code))
    }

    var arrival: UInt32 { gate & 8 != 0 ? offset : offset & 0xFFFF }
}

struct FarJumpTests {
    @Test(arguments: TransferCase.direct) func direct(_ test: TransferCase) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.setDescriptor(0x40, TestMachine.segment(limit: 0xFF, access: test.access))
        let before = machine.registers
        #expect(machine.fault(of: [0xEA] + little(test.offset) + little(test.selector)) == test.expected)
        guard test.expected == nil else {
            #expect(machine.registers == before)
            return
        }
        #expect(machine.processor.eip == test.offset)
        #expect(machine.processor.segment(.cs).selector == test.selector & 0xFFFC | UInt16(test.ring))
        #expect(machine.processor.cpl == test.ring)
    }

    @Test(arguments: GateCase.all) func throughCallGate(_ test: GateCase) {
        let machine = TestMachine()
        test.prepare(machine)
        let before = machine.registers
        #expect(machine.fault(of: [0xEA, 1, 2, 3, 4] + little(test.selector)) == test.jump)
        guard test.jump == nil else {
            #expect(machine.registers == before)
            return
        }
        #expect(machine.processor.eip == test.arrival)
        #expect(machine.processor.segment(.cs).selector == 0x48 | UInt16(test.ring))
        #expect(machine.processor.cpl == test.ring)
    }

    @Test func sixteenBitOperandMasksTheOffset() {
        let machine = TestMachine()
        // jmp 0x08:0x8000 with a 16-bit operand
        #expect(machine.fault(of: [0x66, 0xEA, 0x00, 0x80, 0x08, 0x00]) == nil)
        #expect(machine.processor.eip == 0x8000)
    }

    @Test func throughMemory() {
        let machine = TestMachine()
        machine.write(little(Place.target) + little(Sel.code0), Place.data)
        #expect(machine.fault(of: [0xFF, 0x2D] + little(Place.data)) == nil)
        #expect(machine.processor.eip == Place.target)
    }

    @Test func codeGoesOnInTheNewSegment() {
        let machine = TestMachine()
        machine.setDescriptor(0x40, TestMachine.segment(base: 0x50000, limit: 0xFFFF, access: 0x9A, flags: 0))
        machine.write([0xB8, 0x34, 0x12], 0x50100)
        #expect(machine.execute([0xEA, 0x00, 0x01, 0x00, 0x00, 0x40, 0x00], count: 2) == .deadline)
        // mov ax, 0x1234: the segment is a 16-bit one.
        #expect(machine.processor[.eax] & 0xFFFF == 0x1234)
        #expect(machine.processor.eip == 0x103)
        #expect(machine.read8(Place.gdt + 0x45) == 0x9B)
    }

    /// JMP (0xEA) and CALL (0x9A) to a TSS at 0x40, or through a task gate at 0x48 that names it.
    struct TaskCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var selector: UInt16
        var gate: UInt8 = 0x85
        var task: UInt8 = 0x89
        var target: UInt16 = 0x40
        var ring: UInt8 = 0
        var expected: Raised?
    }

    static let tasks: [TaskCase] = [
        TaskCase(testDescription: "TSS", selector: 0x40), TaskCase(testDescription: "gate", selector: 0x48),
        TaskCase(testDescription: "TSS, CPL above DPL", selector: 0x40, ring: 3, expected: .gp(0x40)),
        TaskCase(testDescription: "TSS, RPL above DPL", selector: 0x43, expected: .gp(0x40)),
        TaskCase(testDescription: "TSS of DPL 3", selector: 0x43, task: 0xE9, ring: 3),
        TaskCase(testDescription: "busy TSS", selector: 0x40, task: 0x8B, expected: .gp(0x40)),
        TaskCase(testDescription: "TSS not present", selector: 0x40, task: 0x09, expected: .np(0x40)),
        TaskCase(testDescription: "gate, CPL above DPL", selector: 0x48, ring: 3, expected: .gp(0x48)),
        TaskCase(testDescription: "gate of DPL 3 to a TSS of DPL 0", selector: 0x4B, gate: 0xE5, ring: 3),
        TaskCase(testDescription: "gate not present", selector: 0x48, gate: 0x05, expected: .np(0x48)),
        TaskCase(testDescription: "gate to the LDT", selector: 0x48, target: 0x44, expected: .gp(0x44)),
        TaskCase(testDescription: "gate to data", selector: 0x48, target: 0x10, expected: .gp(0x10)),
        TaskCase(testDescription: "gate to a busy TSS", selector: 0x48, task: 0x8B, expected: .gp(0x40)),
        TaskCase(testDescription: "gate to a TSS not present", selector: 0x48, task: 0x09, expected: .np(0x40)),
    ]

    @Test(arguments: tasks, [0xEA, 0x9A] as [UInt8]) func toTask(_ test: TaskCase, _ opcode: UInt8) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.setDescriptor(
            0x40, TestMachine.segment(base: Place.secondTSS, limit: 0x67, access: test.task, flags: 0))
        machine.setDescriptor(0x48, TestMachine.gate(test.target, 0, access: test.gate))
        machine.write32(Place.secondTSS + 0x20, Place.target)
        machine.write32(Place.secondTSS + 0x24, 2)
        machine.write32(Place.secondTSS + 0x38, Place.stack1)
        for index in UInt32(0)..<6 { machine.write32(Place.secondTSS + 0x48 + index * 4, UInt32(Sel.data0)) }
        machine.write32(Place.secondTSS + 0x4C, UInt32(Sel.code0))
        let before = machine.registers
        #expect(machine.fault(of: [opcode, 0, 0, 0, 0] + little(test.selector)) == test.expected)
        guard test.expected == nil else {
            #expect(machine.registers == before)
            return
        }
        #expect(machine.processor.segment(.tr).selector & 0xFFFC == 0x40)
        #expect(machine.processor.eip == Place.target)
        #expect(machine.processor.cpl == 0)
        // A CALL nests: NT is set and the old task stays busy.
        #expect((machine.processor.eflags & 0x4000 != 0) == (opcode == 0x9A))
        #expect(machine.read8(Place.gdt + UInt32(Sel.tss) + 5) == (opcode == 0x9A ? 0x8B : 0x89))
        #expect(machine.read8(Place.gdt + 0x45) == test.task | 2)
        #expect(machine.read32(Place.tss + 0x20) == Place.code + 7)
    }

    @Test func realMode() {
        let machine = TestMachine()
        machine.enterRealMode()
        #expect(machine.execute([0xEA, 0x34, 0x12, 0x00, 0x20]) == .deadline)
        let view = machine.processor.segment(.cs)
        #expect(view.selector == 0x2000)
        #expect(view.base == 0x20000)
        #expect(machine.processor.eip == 0x1234)
        #expect(machine.fault(of: [0x66, 0xEA, 0x00, 0x00, 0x01, 0x00, 0x00, 0x20])?.vector == 13)
    }
}
