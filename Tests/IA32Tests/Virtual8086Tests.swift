import IA32
import Testing

extension TestMachine {
    /// A virtual-8086 task at 1000:0000 (`Place.code`), SS:SP = 3000:0100, DS 1800, ES 1801, FS 1802, GS 1803.
    func enterVirtual8086(level: UInt32) {
        processor.eflags = 0x2_0002 | level << 12
        let selectors: [(SegmentName, UInt16)] = [
            (.cs, 0x1000), (.ss, 0x3000), (.ds, 0x1800), (.es, 0x1801), (.fs, 0x1802), (.gs, 0x1803),
        ]
        for (name, selector) in selectors {
            processor.setSegment(
                name, selector: selector, base: UInt32(selector) << 4, limit: 0xFFFF, attributes: 0xF3)
        }
        processor[.esp] = 0x100
        processor.eip = 0
    }
}

/// SDM Vol. 3A 20.2 "Virtual-8086 Mode", 20.3 "Interrupt and Exception Handling in Virtual-8086 Mode".
@Suite struct Virtual8086Tests {
    private static func machine(level: UInt32) -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enterVirtual8086(level: level)
        return machine
    }

    // MARK: Entering

    /// EIP, CS, EFLAGS, ESP, SS, ES, DS, FS, GS.
    static let frame: [UInt32] = [0x20, 0x1000, 0x2_3202, 0x100, 0x3000, 0x1801, 0x1800, 0x1802, 0xFFFF_1803]

    private func entering(_ frame: [UInt32], ring: UInt8 = 0) -> TestMachine {
        let machine = TestMachine()
        machine.enter(ring: ring)
        machine.processor[.esp] -= 36
        for (index, value) in frame.enumerated() { machine.write32(machine.processor[.esp] + UInt32(index) * 4, value) }
        return machine
    }

    @Test("IRETD at CPL 0 with VM in the image") func interruptReturn() {
        let machine = entering(Self.frame)
        let processor = machine.processor
        machine.execute(Code.iret)
        #expect(processor.cpl == 3 && processor.eflags == 0x2_3202)
        #expect(processor.eip == 0x20 && processor[.esp] == 0x100)
        let names: [SegmentName] = [.cs, .ss, .es, .ds, .fs, .gs]
        #expect(names.map { processor.segment($0).selector } == [0x1000, 0x3000, 0x1801, 0x1800, 0x1802, 0x1803])
        for name in names {
            let view = processor.segment(name)
            #expect(view.base == UInt32(view.selector) << 4 && view.limit == 0xFFFF && view.attributes == 0xF3)
        }
        // 16-bit code: MOV AX, 1234h; MOV [BX], AX.
        processor[.ebx] = 0xFFFF_0010
        machine.execute([0xB8, 0x34, 0x12, 0x89, 0x07], count: 2)
        #expect(machine.read16(0x1_8010) == 0x1234 && processor.eip == 0x25)
    }

    @Test("IRETD: EIP beyond FFFFh") func entryLimit() {
        let machine = entering([0x1_0000] + Self.frame.dropFirst())
        let before = machine.registers
        #expect(machine.fault(of: Code.iret) == .gp(0))
        #expect(machine.registers == before)
    }

    @Test("VM in the image is ignored at CPL 3") func entryNeedsCPL0() {
        let machine = entering([Place.target, UInt32(Sel.code3), 0x2_0002], ring: 3)
        #expect(machine.fault(of: Code.iret) == nil)
        #expect(machine.processor.eflags == 2 && machine.processor.eip == Place.target)
    }

    @Test("a task whose EFLAGS has VM") func taskSwitch() {
        let machine = TestMachine()
        machine.setTask(Sel.free, tss: Place.secondTSS, code: 0x20, stack: 0x100)
        machine.write32(Place.secondTSS + 0x24, 0x2_3002)
        for index in UInt32(0)..<6 { machine.write32(Place.secondTSS + 0x48 + index * 4, 0x1800 + index) }
        machine.write32(Place.secondTSS + 0x60, UInt32(Sel.ldt))
        machine.execute(Code.farJump(Sel.free))
        let processor = machine.processor
        #expect(processor.cpl == 3 && processor.eflags == 0x2_3002 && processor.eip == 0x20)
        for (index, name) in [SegmentName.es, .cs, .ss, .ds, .fs, .gs].enumerated() {
            let view = processor.segment(name)
            #expect(view.selector == 0x1800 + UInt16(index) && view.base == UInt32(view.selector) << 4)
            #expect(view.attributes == 0xF3)
        }
        #expect(processor.segment(.ldtr).selector == Sel.ldt && !processor.segment(.ldtr).isNull)
    }

    // MARK: Leaving

    /// The fault, its gate's access byte, the frame from the top of the stack on.
    static let gates: [(code: [UInt8], vector: UInt8, access: UInt8, errorCode: [UInt32], flags: UInt32)] = [
        (Code.ud2, 6, 0x8E, [], 0x3_3202), (Code.ud2, 6, 0x8F, [], 0x3_3202),
        (Code.hlt, 13, 0x8E, [0], 0x3_3202), (Code.ud2, 6, 0x86, [], 0x3202), (Code.hlt, 13, 0x87, [0], 0x3202),
    ]
    @Test("frame through gates", arguments: gates)
    func leaving(row: (code: [UInt8], vector: UInt8, access: UInt8, errorCode: [UInt32], flags: UInt32)) {
        let machine = Self.machine(level: 3)
        let processor = machine.processor
        processor.eflags |= 0x200
        machine.setGate(row.vector, TestMachine.gate(Sel.code0, Place.handlers, access: row.access))
        machine.execute(row.code)
        let expected =
            row.errorCode + [0, 0x1000, row.flags, 0x100, 0x3000, 0x1801, 0x1800, 0x1802, 0x1803] as [UInt32]
        let width: UInt32 = row.access & 8 != 0 ? 4 : 2
        #expect(processor[.esp] == Place.stack0 - UInt32(expected.count) * width)
        let items = (0..<UInt32(expected.count)).map { index in
            let address = processor[.esp] + index * width
            return width == 4 ? machine.read32(address) : UInt32(machine.read16(address))
        }
        #expect(items == expected)
        #expect(processor.cpl == 0 && processor.eip == Place.handlers)
        #expect(processor.eflags == 0x3002 | (row.access & 1 != 0 ? 0x200 : 0))
        for name in [SegmentName.ds, .es, .fs, .gs] {
            #expect(processor.segment(name).isNull && processor.segment(name).selector == 0)
        }
        #expect(processor.segment(.ss).selector == Sel.data0)
    }

    @Test("an external interrupt, and back") func interruptAndReturn() {
        let machine = Self.machine(level: 0)
        let before = machine.registers
        machine.write(Code.nop, Place.code)
        machine.write(Code.iret, Place.handlers + 0x400)
        machine.interrupt(0x40)
        machine.run(1)
        machine.processor.setInterruptLine(false)
        #expect(machine.processor.eflags == 0x2_0202)
        machine.processor.eflags &= ~0x200
        #expect(machine.registers == before)
    }

    /// Access byte of the handler's code segment, what is raised (EXT for a fault being delivered).
    static let targets: [(UInt8, Raised)] = [
        (0xFB, .gp(0x49)), (0xBB, .gp(0x49)), (0x9F, .gp(0x49)), (0x1B, .np(0x49)), (0x93, .gp(0x49)),
    ]
    @Test("the handler must be at level 0", arguments: targets) func target(row: (access: UInt8, expected: Raised)) {
        let machine = Self.machine(level: 3)
        machine.setDescriptor(0x48, TestMachine.segment(access: row.access))
        machine.setGate(6, TestMachine.gate(0x48, Place.handlers, access: 0x8E))
        let offered = machine.offered(Code.ud2)
        #expect(offered.map(\.vector) == [6, row.expected.vector])
        #expect(offered.last?.errorCode == row.expected.code)
    }

    @Test(
        "no room for nine items: #SS of the new stack",
        arguments: [(UInt32(36), nil), (35, .ss(0x51))] as [(UInt32, Raised?)])
    func room(row: (bytes: UInt32, expected: Raised?)) {
        let machine = Self.machine(level: 3)
        machine.setDescriptor(0x50, TestMachine.segment(base: 0x20000, limit: 0xFFF, access: 0x93, flags: 4))
        machine.write32(Place.tss + 4, row.bytes)
        machine.write32(Place.tss + 8, 0x50)
        let second = machine.offered(Code.ud2).dropFirst().first
        #expect(second.map { Raised($0.vector, $0.errorCode) } == row.expected)
    }

    // MARK: Instructions

    /// The instruction, IOPL, what is raised. Gates have DPL 0 except 40h, which has 3.
    static let instructions: [([UInt8], UInt32, Raised?)] = [
        ([0xFA], 0, .gp(0)), ([0xFA], 2, .gp(0)), ([0xFA], 3, nil), ([0xFB], 0, .gp(0)), ([0xFB], 3, nil),
        ([0x9C], 2, .gp(0)), ([0x9C], 3, nil), ([0x9D], 2, .gp(0)), ([0x9D], 3, nil), ([0x66, 0x9C], 2, .gp(0)),
        (Code.int(0x40), 2, .gp(0)), (Code.int(0x40), 3, Raised(0x40)), (Code.int(3), 2, .gp(0)),
        (Code.iret, 2, .gp(0)), (Code.iret, 3, nil),
        // Not sensitive to IOPL: INT3, INTO, INT1, SGDT, SIDT, SMSW, far transfers.
        (Code.int3, 0, Raised(3)), ([0xCE], 0, nil), ([0xF1], 0, Raised(1)), ([0x0F, 0x01, 0x07], 0, nil),
        ([0x0F, 0x01, 0x0F], 0, nil), ([0x0F, 0x01, 0xE0], 0, nil), ([0xEA, 0, 0, 0, 0x10], 0, nil),
        // Unknown: LAR, LSL, VERR, VERW, ARPL, SLDT, STR, LLDT, LTR.
        ([0x0F, 0x02, 0xC0], 3, .ud), ([0x0F, 0x03, 0xC0], 3, .ud), ([0x0F, 0x00, 0xE0], 3, .ud),
        ([0x0F, 0x00, 0xE8], 3, .ud), ([0x63, 0xC0], 3, .ud), ([0x0F, 0x00, 0xC0], 3, .ud),
        ([0x0F, 0x00, 0xC8], 3, .ud), ([0x0F, 0x00, 0xD0], 3, .ud), ([0x0F, 0x00, 0xD8], 3, .ud),
        // Privileged: HLT, CLTS, LMSW, LGDT, LIDT, INVLPG, INVD, WBINVD, MOV CR0, MOV DR0.
        (Code.hlt, 3, .gp(0)), ([0x0F, 0x06], 3, .gp(0)), ([0x0F, 0x01, 0xF0], 3, .gp(0)),
        ([0x0F, 0x01, 0x17], 3, .gp(0)), ([0x0F, 0x01, 0x1F], 3, .gp(0)), ([0x0F, 0x01, 0x3F], 3, .gp(0)),
        ([0x0F, 0x08], 3, .gp(0)), ([0x0F, 0x09], 3, .gp(0)), ([0x0F, 0x20, 0xC0], 3, .gp(0)),
        ([0x0F, 0x22, 0xC0], 3, .gp(0)), ([0x0F, 0x21, 0xC0], 3, .gp(0)),
        // Limits are FFFFh.
        ([0x66, 0x8B, 0x06, 0xFD, 0xFF], 3, .gp(0)), ([0x36, 0x8B, 0x06, 0xFF, 0xFF], 3, .ss(0)),
        ([0x8B, 0x06, 0xFE, 0xFF], 3, nil),
    ]
    @Test(arguments: instructions) func instruction(row: (code: [UInt8], level: UInt32, expected: Raised?)) {
        let machine = Self.machine(level: row.level)
        machine.setGate(0x40, TestMachine.gate(Sel.code0, Place.handlers, access: 0xEE))
        machine.setGate(3, TestMachine.gate(Sel.code0, Place.handlers, access: 0xEE))
        let before = machine.registers
        #expect(machine.fault(of: row.code) == row.expected)
        if let expected = row.expected, expected.vector == 13 || expected.vector == 6 {
            #expect(machine.registers == before)
        }
        if row.expected == nil { #expect(machine.processor.cpl == 3 && machine.processor.eflags & 0x2_0000 != 0) }
    }

    @Test(
        "INT n and INT3 need a gate of DPL 3", arguments: [(Code.int(0x41), Raised.gp(0x20A)), (Code.int3, .gp(0x1A))])
    func gatePrivilege(row: (code: [UInt8], expected: Raised)) {
        let machine = Self.machine(level: 3)
        let offered = machine.offered(row.code)
        #expect(offered.last.map { Raised($0.vector, $0.errorCode) } == row.expected)
    }

    @Test("POPF and IRET leave IOPL and VM") func flags() {
        let machine = Self.machine(level: 3)
        machine.write16(0x3_0100, 0x0ED7)
        machine.execute([0x9D])
        #expect(machine.processor.eflags == 0x2_3ED7 & ~0x100)
        machine.write16(0x3_0102, 0x40)
        machine.write16(0x3_0104, 0x1010)
        machine.write16(0x3_0106, 0x0202)
        machine.execute(Code.iret)
        #expect(machine.processor.eflags == 0x2_3202 && machine.processor.eip == 0x40)
        #expect(machine.processor.segment(.cs).selector == 0x1010 && machine.processor.segment(.cs).base == 0x1_0100)
        #expect(machine.processor[.esp] == 0x108 && machine.processor.cpl == 3)
    }

    @Test("PUSHF hides VM") func pushedFlags() {
        let machine = Self.machine(level: 3)
        machine.execute([0x66, 0x9C])
        #expect(machine.read32(0x3_00FC) == 0x3002)
    }

    @Test("segment loads and far transfers are those of real mode") func segments() {
        let machine = Self.machine(level: 0)
        let processor = machine.processor
        processor[.eax] = 0x1234
        // MOV DS, AX; MOV SS, AX; NOP
        machine.execute([0x8E, 0xD8])
        #expect(processor.segment(.ds).base == 0x1_2340 && processor.segment(.ds).attributes == 0xF3)
        // CALL 1010:0020; RETF at its target.
        machine.write([0xCB], 0x1_0120)
        machine.execute([0x9A, 0x20, 0, 0x10, 0x10])
        #expect(processor.segment(.cs).selector == 0x1010 && processor.eip == 0x20 && processor.cpl == 3)
        machine.run(1)
        #expect(processor.segment(.cs).selector == 0x1000 && processor.eip == 7 && processor[.esp] == 0x100)
        #expect(processor.segment(.cs).attributes == 0xF3)
        // MOV CS:[0100h], AL: CS is writable.
        machine.execute([0x2E, 0xA2, 0, 1])
        #expect(machine.read8(0x1_0100) == 0x34)
    }

    @Test("ports always go through the I/O map", arguments: [(UInt8(0), nil), (1, .gp(0))] as [(UInt8, Raised?)])
    func ports(row: (map: UInt8, expected: Raised?)) {
        let machine = Self.machine(level: 3)
        machine.processor.setSegment(.tr, selector: Sel.tss, base: Place.tss, limit: 0x100, attributes: 0x8B)
        machine.write([row.map], Place.tss + 0x68 + 0x60 / 8)
        #expect(machine.fault(of: [0xE4, 0x60]) == row.expected)
    }

    @Test("a page fault is one of a user") func pageFault() {
        let machine = Self.machine(level: 0)
        machine.enablePaging()
        machine.setPage(0x1_8000, 0x1_8003)
        #expect(machine.fault(of: [0xA0, 0, 0]) == .pf(5))
    }
}
