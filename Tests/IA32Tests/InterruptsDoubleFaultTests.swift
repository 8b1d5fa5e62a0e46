import IA32
import Testing

/// What the first event is, and how it is provoked.
enum FirstEvent: String, CaseIterable, Sendable {
    case invalidOpcode, nmi, interrupt, softwareInterrupt
    case divideError, invalidTSS, notPresent, stackFault, protection
    case pageFault

    var vector: UInt8 {
        switch self {
        case .invalidOpcode: 6
        case .nmi: 2
        case .interrupt, .softwareInterrupt: 0x40
        case .divideError: 0
        case .invalidTSS: 10
        case .notPresent: 11
        case .stackFault: 12
        case .protection: 13
        case .pageFault: 14
        }
    }
    var isContributory: Bool { [.divideError, .invalidTSS, .notPresent, .stackFault, .protection].contains(self) }

    func provoke(_ machine: TestMachine) {
        let processor = machine.processor
        switch self {
        case .invalidOpcode: machine.execute(Code.ud2, count: 2)
        case .nmi:
            processor.raiseNMI()
            machine.execute(Code.nop, count: 2)
        case .interrupt:
            machine.interrupt(0x40)
            machine.execute(Code.nop, count: 2)
        case .softwareInterrupt: machine.execute(Code.int(0x40), count: 2)
        case .divideError:
            processor[.ecx] = 0
            machine.execute(Code.divide, count: 2)
        case .invalidTSS:
            machine.write32(Place.tss, 0)
            processor.eflags |= 0x4000
            machine.execute(Code.iret, count: 2)
        case .notPresent:
            machine.setDescriptor(Sel.free, TestMachine.segment(access: 0x13))
            processor[.eax] = UInt32(Sel.free)
            machine.execute(Code.loadDS, count: 2)
        case .stackFault:
            processor.setSegment(.ss, selector: Sel.data0, base: 0, limit: 0x2_FFFF, attributes: 0x493)
            processor[.ebp] = 0x4_0000
            machine.execute(Code.loadFrame, count: 2)
        case .protection:
            processor[.eax] = 0x1230
            machine.execute(Code.loadDS, count: 2)
        case .pageFault: machine.execute(Code.load(Interrupts.unmapped + 0x123), count: 2)
        }
    }
}

@Suite("Double fault") struct InterruptsDoubleFaultTests {
    /// Paging on, HLT handlers, an LDT in a page that is not mapped.
    private func machine() -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enablePaging()
        machine.unmap(Interrupts.unmapped)
        machine.processor.setSegment(
            .ldtr, selector: Sel.ldt, base: Interrupts.unmapped, limit: 0xFF, attributes: 0x82)
        return machine
    }
    private func refuse(_ machine: TestMachine, _ vector: UInt8) {
        machine.setGate(vector, TestMachine.gate(Sel.code0, Place.handlers, access: 0x0E))
    }
    private func makePageFault(_ machine: TestMachine, _ vector: UInt8) {
        machine.setGate(vector, TestMachine.gate(Interrupts.pageFaultingSelector, Place.handlers, access: 0x8E))
    }

    @Test("contributory second", arguments: FirstEvent.allCases)
    func contributory(_ first: FirstEvent) {
        // A gate that is not present raises #NP; for #NP itself the same gate would be used, so break the selector.
        let machine = machine()
        if first == .notPresent {
            machine.setGate(11, TestMachine.gate(0x3F8, 0, access: 0x8E))
        } else {
            refuse(machine, first.vector)
        }
        first.provoke(machine)
        let isDouble = first.isContributory || first == .pageFault
        #expect(machine.delivered == [isDouble ? 8 : 11])
        #expect(machine.processor.shutdownChain.isEmpty)
        if isDouble { #expect(machine.stackItem(0) == 0) }
    }

    @Test("page fault second", arguments: FirstEvent.allCases)
    func pageFault(_ first: FirstEvent) {
        let machine = machine()
        makePageFault(machine, first.vector)
        first.provoke(machine)
        #expect(machine.delivered == [first == .pageFault ? 8 : 14])
        // The second page fault's address replaces the first's, delivered or not.
        #expect(machine.processor.cr2 == Interrupts.unmapped + 8)
        // A page-fault error code has no EXT bit.
        #expect(machine.stackItem(0) == 0)
    }

    @Test("fault during #DF shuts down", arguments: [true, false])
    func shutdown(byPageFault: Bool) {
        let machine = machine()
        refuse(machine, 14)
        if byPageFault { makePageFault(machine, 8) } else { refuse(machine, 8) }
        machine.write(Code.load(Interrupts.unmapped), Place.code)
        let before = machine.processor[.esp]
        #expect(machine.run(10) == .shutdown)
        #expect(machine.processor.shutdownChain == [14, 8, byPageFault ? 14 : 11])
        #expect(machine.delivered.isEmpty)
        #expect(machine.records(.shutdown).count == 1)
        #expect(machine.processor.eip == Place.code)
        #expect(machine.processor[.esp] == before)
    }

    @Test("the longest chain") func longestChain() {
        let machine = machine()
        machine.processor.idtr = (base: Place.idt, limit: 8)
        machine.processor.raiseNMI()
        machine.write(Code.nop, Place.code)
        #expect(machine.run(3) == .shutdown)
        #expect(machine.processor.shutdownChain == [2, 13, 8, 13])
    }

    @Test("INT n is not part of a chain") func softwareIsBenign() {
        let machine = machine()
        refuse(machine, 0x40)
        refuse(machine, 11)
        machine.execute(Code.int(0x40), count: 2)
        #expect(machine.delivered == [8])
    }

    @Test("unmapped kernel stack: the double-fault task") func unmappedKernelStack() {
        let machine = machine()
        machine.setSystemTasks()
        machine.unmap(Place.stack0 - 0x1000)
        machine.enter(ring: 3)
        machine.processor.eflags = 0x202
        let user = machine.processor[.esp]
        machine.processor[.ebx] = 0x1234_5678
        machine.execute(Code.load(Interrupts.unmapped + 4))
        #expect(machine.processor.eip == Interrupts.codeDF)
        #expect(machine.processor.segment(.tr).selector == Interrupts.taskDF)
        #expect(machine.processor.cpl == 0)
        #expect(machine.processor.cr2 >= Place.stack0 - 0x1000 && machine.processor.cr2 < Place.stack0)
        #expect(machine.processor[.esp] == Interrupts.stackDF - 4)
        #expect(machine.stackItem(0) == 0)
        // The interrupted state is in the old TSS, ring 3 stack pointer included: nothing was half pushed.
        #expect(machine.read32(Place.tss + 0x20) == Place.code)
        #expect(machine.read32(Place.tss + 0x24) == 0x1_0202)
        #expect(machine.read32(Place.tss + 0x34) == 0x1234_5678)
        #expect(machine.read32(Place.tss + 0x38) == user)
        #expect(machine.read16(Place.tss + 0x4C) == Sel.code3)
        #expect(machine.delivered == [8])
    }

    @Test("a frame across an unmapped page leaves nothing behind") func splitFrame() {
        let machine = machine()
        machine.setSystemTasks()
        machine.unmap(Place.stack0 - 0x2000)
        machine.processor[.esp] = Place.stack0 - 0x1000 + 8
        machine.write32(Place.stack0 - 0x1000 + 4, 0xAAAA_AAAA)
        machine.write32(Place.stack0 - 0x1000, 0xBBBB_BBBB)
        machine.execute(Code.ud2)
        // #UD is benign: its page fault comes next, fails the same way, and becomes #DF.
        #expect(machine.delivered == [8])
        #expect(machine.read32(Place.stack0 - 0x1000 + 4) == 0xAAAA_AAAA)
        #expect(machine.read32(Place.stack0 - 0x1000) == 0xBBBB_BBBB)
        #expect(machine.read32(Place.tss + 0x38) == Place.stack0 - 0x1000 + 8)
    }
}
