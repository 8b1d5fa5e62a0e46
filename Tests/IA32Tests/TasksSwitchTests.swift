import IA32
import Testing

/// What a task switch does to links and flags, by its source (SDM Vol. 3A Table 7-2).
struct TaskEffect: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var source: TaskSwitchSource
    var oldAccess: UInt8
    var oldNT: UInt32
    var newNT: UInt32
    /// The link of the new TSS, 0xABCD before.
    var link: UInt16
    var resumeOffset: UInt32

    static let all: [TaskEffect] = [
        TaskEffect(
            testDescription: "JMP", source: .jump, oldAccess: 0x89, oldNT: 0x4000, newNT: 0, link: 0xABCD,
            resumeOffset: 7),
        TaskEffect(
            testDescription: "CALL", source: .call, oldAccess: 0x8B, oldNT: 0x4000, newNT: 0x4000, link: Sel.tss,
            resumeOffset: 7),
        TaskEffect(
            testDescription: "gate", source: .gate, oldAccess: 0x8B, oldNT: 0x4000, newNT: 0x4000, link: Sel.tss,
            resumeOffset: 2),
        TaskEffect(
            testDescription: "IRET", source: .interruptReturn, oldAccess: 0x89, oldNT: 0, newNT: 0, link: 0xABCD,
            resumeOffset: 1),
    ]
}

@Suite("Task switch") struct TasksSwitchTests {
    private static let task = Sel.free

    private func machine(_ access: UInt8 = 0x89) -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.setTask(
            Self.task, tss: Place.secondTSS, code: Place.target, stack: Place.stack1, access: access)
        machine.setTaskGate(0x40, Self.task)
        return machine
    }

    @Test(arguments: TaskEffect.all) func effects(_ row: TaskEffect) throws {
        let machine = machine(row.source == .interruptReturn ? 0x8B : 0x89)
        let processor = machine.processor
        machine.write16(Place.secondTSS, 0xABCD)
        machine.write16(Place.tss, Self.task)
        machine.write32(Place.tss + 0x1C, 0xCCCC_CCCC)
        processor[.ebx] = 0xBBBB_BBBB
        processor.eflags = 0x4046
        processor.hooks = .taskSwitch
        let code =
            switch row.source {
            case .jump: Code.farJump(Self.task)
            case .call: Code.farCall(Self.task)
            case .gate: Code.int(0x40)
            case .interruptReturn: Code.iret
            }
        machine.execute(code)
        #expect(processor.segment(.tr).selector == Self.task && processor.segment(.tr).base == Place.secondTSS)
        #expect(machine.access(Self.task) == 0x8B && machine.access(Sel.tss) == row.oldAccess)
        #expect(processor.eflags == 2 | row.newNT)
        #expect(machine.read16(Place.secondTSS) == row.link)
        #expect(processor.cr0 & 8 != 0)
        #expect(processor.eip == Place.target && processor[.esp] == Place.stack1)
        #expect(processor[.edi] == 0x1111_0007 && processor[.eax] == 0x1111_0000)
        // The old task: saved EIP, EFLAGS, EBX, ESP, CS, DS; CR3 is not saved.
        #expect(machine.read32(Place.tss + 0x20) == Place.code + row.resumeOffset)
        #expect(machine.read32(Place.tss + 0x24) == 0x46 | row.oldNT)
        #expect(machine.read32(Place.tss + 0x34) == 0xBBBB_BBBB && machine.read32(Place.tss + 0x38) == Place.stack0)
        #expect(machine.read16(Place.tss + 0x4C) == Sel.code0 && machine.read16(Place.tss + 0x54) == Sel.data0)
        #expect(machine.read32(Place.tss + 0x1C) == 0xCCCC_CCCC)
        #expect(machine.host.switchesBefore.map(\.source) == [row.source])
        #expect(machine.host.switchesAfter.map(\.eip) == [Place.target])
        let record = try #require(machine.records(.taskSwitch).first)
        #expect(record.detail == UInt32(Sel.tss) | UInt32(Self.task) << 16)
    }

    @Test("there and back through a task gate") func roundTrip() {
        let machine = machine()
        let processor = machine.processor
        machine.write(Code.iret + [0xEB, 0xFD], Place.target)
        machine.write(Code.int(0x40) + Code.int(0x40), Place.code)
        processor[.esi] = 77
        machine.run(2)
        #expect(processor.eip == Place.code + 2 && processor[.esi] == 77 && processor[.esp] == Place.stack0)
        #expect(machine.access(Self.task) == 0x89 && machine.access(Sel.tss) == 0x8B)
        #expect(processor.eflags == 2 && processor.depth == 0)
        // The task resumes after its IRET, with NT set again by the second switch.
        machine.run(1)
        #expect(processor.eip == Place.target + 1 && processor.eflags == 0x4002)
        machine.run(2)
        #expect(processor.eip == Place.code + 4)
    }

    @Test("an error code goes to the new task's stack") func errorCode() {
        let machine = machine()
        machine.setTaskGate(13, Self.task)
        machine.processor[.eax] = 0x1230
        machine.execute(Code.loadDS)
        #expect(machine.processor.eip == Place.target)
        #expect(machine.processor[.esp] == Place.stack1 - 4 && machine.stackItem(0) == 0x1230)
        // A fault saves RF.
        #expect(machine.read32(Place.tss + 0x24) == 0x1_0002)
    }

    @Test("T bit: debug trap before the first instruction, BT in DR6") func trapBit() {
        let machine = machine()
        machine.write16(Place.secondTSS + 0x64, 1)
        machine.write(Code.readDR6 + Code.hlt, Place.handlers + 16)
        machine.write(Code.int(0x40), Place.code)
        machine.run(3)
        #expect(machine.delivered == [0x40, 1])
        #expect(machine.stackItem(0) == Place.target)
        #expect(machine.processor[.eax] & 0xE000 == 0x8000)
    }

    @Test("CR3 is loaded only with paging on", arguments: [false, true])
    func pageDirectory(isPaged: Bool) {
        let machine = machine()
        if isPaged { machine.enablePaging() }
        machine.write32(Place.secondTSS + 0x1C, 0x5_0000)
        machine.write32(0x5_0000, (Place.pageDirectory + 0x1000) | 7)
        machine.execute(Code.int(0x40))
        #expect(machine.processor.cr3 == (isPaged ? 0x5_0000 : 0))
        #expect(machine.processor.eip == Place.target)
    }

    @Test("a page fault before the point of no return changes nothing", arguments: [UInt32(0x5000), 0x5FF0])
    func unmappedTask(base: UInt32) {
        let machine = TestMachine()
        machine.enablePaging()
        machine.setTask(Self.task, tss: base, code: Place.target, stack: Place.stack1)
        let hole = (base + 0x20) & 0xFFFF_F000
        machine.unmap(hole)
        let before = machine.registers
        #expect(machine.fault(of: Code.farJump(Self.task)) == .pf(0))
        #expect(machine.registers == before)
        #expect(machine.access(Sel.tss) == 0x8B && machine.access(Self.task) == 0x89)
        #expect(machine.read32(Place.tss + 0x20) == 0)
    }

    @Test("a TSS across two pages works") func splitTask() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.setTask(Self.task, tss: 0x5FD0, code: Place.target, stack: Place.stack1)
        machine.execute(Code.farJump(Self.task))
        #expect(machine.processor.eip == Place.target && machine.processor[.edi] == 0x1111_0007)
        machine.execute(Code.farJump(Sel.tss))
        #expect(machine.processor.eip == Place.code + 7)
        #expect(machine.read32(0x5FD0 + 0x20) == Place.target + 7)
    }

    /// Offset in the TSS, value, what is raised in the new task, EXT clear (a far jump).
    static let newTaskFaults: [(UInt32, UInt16, Raised)] = [
        (0x60, 0x10, .ts(0x10)), (0x60, 0x400, .ts(0x400)), (0x60, 0x48, .ts(0x48)),
        (0x4C, 0, .ts(0)), (0x4C, 0x10, .ts(0x10)), (0x4C, 0x400, .ts(0x400)), (0x4C, 0x0B, .ts(0x08)),
        (0x4C, 0x68, .np(0x68)),
        (0x50, 0, .ts(0)), (0x50, 0x08, .ts(0x08)), (0x50, 0x23, .ts(0x20)), (0x50, 0x60, .ss(0x60)),
        (0x54, 0x400, .ts(0x400)), (0x54, 0x28, .ts(0x28)), (0x48, 0x60, .np(0x60)), (0x58, 0x13, .ts(0x10)),
        (0x5C, 0x70, .ts(0x70)),
    ]
    @Test("bad segments are faults of the new task", arguments: newTaskFaults)
    func segmentFaults(row: (offset: UInt32, selector: UInt16, expected: Raised)) throws {
        let machine = machine()
        machine.setDescriptor(0x48, TestMachine.segment(limit: 0xFF, access: 0x02, flags: 0))
        machine.setDescriptor(0x60, TestMachine.segment(access: 0x13))
        machine.setDescriptor(0x68, TestMachine.segment(access: 0x1B))
        machine.setDescriptor(0x70, TestMachine.segment(access: 0x99))
        machine.write16(Place.secondTSS + row.offset, row.selector)
        #expect(machine.fault(of: Code.farJump(Self.task)) == row.expected)
        let raised = try #require(machine.host.willDeliver.first)
        #expect(raised.eip == Place.target)
        #expect(machine.processor.segment(.tr).selector == Self.task)
        #expect(machine.access(Self.task) == 0x8B && machine.access(Sel.tss) == 0x89)
    }

    @Test("through a gate the same faults carry EXT") func externalSegmentFault() {
        let machine = machine()
        machine.setTaskGate(6, Self.task)
        machine.write16(Place.secondTSS + 0x54, 0x400)
        let offered = machine.offered(Code.ud2)
        #expect(offered.map(\.vector) == [6, 10])
        #expect(offered.last?.errorCode == 0x401)
        #expect(offered.last?.eip == Place.target)
    }

    @Test("DR7 local enables are cleared") func debugRegisters() {
        let machine = machine()
        // MOV EAX, 300h (LE, GE); MOV DR7, EAX; INT 40h; in the task MOV EAX, DR7.
        machine.write([0xB8, 0x00, 0x03, 0, 0, 0x0F, 0x23, 0xF8] + Code.int(0x40), Place.code)
        machine.write([0x0F, 0x21, 0xF8] + Code.hlt, Place.target)
        machine.run(4)
        #expect(machine.processor[.eax] & 0x3FF == 0x200)
    }
}
