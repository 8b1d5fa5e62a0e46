import IA32
import Testing

/// A nested NMI whose task gate names the task that is running: save first, then load, so that execution goes on.
@Suite("Switch of a task to itself") struct TasksSelfSwitchTests {
    private let gdtNMI = Place.gdt + UInt32(Interrupts.taskNMI)

    /// In the NMI task after its busy bit was cleared by software and an INT3 in the handler has unblocked NMI.
    ///
    /// From `Interrupts.codeNMI` on: clear busy (7 bytes), INT3, INC EAX eight times, IRET, JMP back to the start.
    private func machine() -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.setSystemTasks()
        machine.write(Code.iret, Place.handlers + 0x30)
        let work = [UInt8](repeating: 0x40, count: 8) + Code.iret + [0xEB, 0xED]
        machine.write(Code.storeByte(gdtNMI + 5, 0x89) + Code.int3 + work, Interrupts.codeNMI)
        machine.write32(Interrupts.tssNMI + 0x28, 0)
        machine.write(Code.nop, Place.code)
        machine.processor.raiseNMI()
        machine.run(4)
        return machine
    }
    private let first = Interrupts.codeNMI + 8

    @Test("before: entered once, NMI unblocked, not busy") func setUp() {
        let machine = machine()
        #expect(machine.processor.eip == first + 1 && machine.processor[.eax] == 1)
        #expect(machine.processor.segment(.tr).selector == Interrupts.taskNMI)
        #expect(machine.access(Interrupts.taskNMI) == 0x89)
        #expect(machine.read16(Interrupts.tssNMI) == Sel.tss)
        #expect(!machine.processor.isNMIBlocked)
        #expect(machine.processor.eflags & 0x4000 != 0)
    }

    @Test("the nested NMI is invisible except for link, busy bit, NT, TS and NMI blocking") func invisible() {
        let machine = machine()
        machine.processor.eflags &= ~0x4000
        machine.processor.cr0 &= ~8
        machine.processor[.ebx] = 0xB0B0
        machine.processor.raiseNMI()
        machine.run(1)
        #expect(machine.delivered == [2, 3, 2])
        #expect(machine.processor.eip == first + 2 && machine.processor[.eax] == 2)
        #expect(machine.processor[.ebx] == 0xB0B0 && machine.processor[.esp] == Interrupts.stackNMI)
        #expect(machine.read16(Interrupts.tssNMI) == Interrupts.taskNMI)
        #expect(machine.access(Interrupts.taskNMI) == 0x8B)
        #expect(machine.processor.eflags & 0x4000 != 0)
        #expect(machine.processor.cr0 & 8 != 0)
        #expect(machine.processor.isNMIBlocked)
        // The image that was saved and loaded again.
        #expect(machine.read32(Interrupts.tssNMI + 0x20) == first + 1)
        #expect(machine.read32(Interrupts.tssNMI + 0x28) == 1)
    }

    @Test("the next one finds the task busy: #GP(59h) at the handler's instruction") func second() throws {
        let machine = machine()
        machine.processor.raiseNMI()
        machine.run(1)
        // Unblock again the way the handler did.
        machine.write(Code.int3, first + 2)
        machine.run(2)
        #expect(!machine.processor.isNMIBlocked)
        machine.processor.raiseNMI()
        machine.processor.hooks = .willDeliver
        machine.run(1)
        let offered = machine.host.willDeliver
        #expect(offered.map(\.vector) == [2, 13])
        #expect(offered.last?.errorCode == 0x59 && offered.last?.eip == first + 3)
        #expect(machine.stackItems(2) == [0x59, first + 3])
        #expect(machine.delivered == [2, 3, 2, 3, 13])
    }

    @Test("IRET with a link to itself goes on behind it, busy clear, NT clear") func selfReturn() {
        let machine = machine()
        machine.processor.raiseNMI()
        machine.run(7)
        #expect(machine.processor.eip == first + 8)
        machine.run(1)
        #expect(machine.processor.eip == first + 9)
        #expect(machine.processor.segment(.tr).selector == Interrupts.taskNMI)
        #expect(machine.access(Interrupts.taskNMI) == 0x89)
        #expect(machine.processor.eflags & 0x4000 == 0)
        #expect(machine.read16(Interrupts.tssNMI) == Interrupts.taskNMI)
        #expect(!machine.processor.isNMIBlocked)
    }

    @Test("without nesting the handler returns to what it interrupted") func plainReturn() {
        let machine = machine()
        machine.setAccess(Interrupts.taskNMI, 0x8B)
        machine.run(8)
        #expect(machine.processor.eip == Place.code)
        #expect(machine.processor.segment(.tr).selector == Sel.tss)
        #expect(machine.access(Interrupts.taskNMI) == 0x89 && machine.access(Sel.tss) == 0x8B)
    }
}
