import IA32
import Testing

/// SDM Vol. 3A 7.6 "16-Bit Task-State Segment (TSS)".
@Suite struct TaskStateSegment16Tests {
    private static let task = Sel.free

    /// A 16-bit ring 0 task at `secondTSS` with 64 KiB segments: code at 0:4400h, stack 0:7000h.
    private static func machine(access: UInt8 = 0x81, limit: UInt32 = 0x2B) -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.setDescriptor(task, TestMachine.segment(base: Place.secondTSS, limit: limit, access: access, flags: 0))
        machine.setDescriptor(0x48, TestMachine.segment(limit: 0xFFFF, access: 0x9B, flags: 0))
        machine.setDescriptor(0x50, TestMachine.segment(limit: 0xFFFF, access: 0x93, flags: 0))
        let words: [UInt16] = [
            0xABCD, 0, 0, 0, 0, 0, 0, 0x4400, 0x0002, 0xA0, 0xC0, 0xD0, 0xB0, 0x7000, 0xB9, 0x51, 0xD1, 0x50, 0x48,
            0x50,
            0x50, Sel.ldt,
        ]
        for (index, word) in words.enumerated() { machine.write16(Place.secondTSS + UInt32(index) * 2, word) }
        machine.write(Code.iret, 0x4400)
        return machine
    }

    @Test("from 32 to 16 bits and back", arguments: [false, true]) func roundTrip(isPaged: Bool) {
        let machine = Self.machine()
        if isPaged { machine.enablePaging() }
        let processor = machine.processor
        let cr3 = processor.cr3
        machine.write32(Place.tss + 0x1C, cr3)
        processor[.edi] = 0x1234_5678
        machine.execute(Code.farCall(Self.task))
        #expect(processor.eip == 0x4400 && processor.segment(.cs).selector == 0x48)
        #expect(processor[.eax] == 0xFFFF_00A0 && processor[.esp] == 0xFFFF_7000 && processor[.edi] == 0xFFFF_00D1)
        #expect(processor.segment(.fs).isNull && processor.segment(.gs).isNull)
        #expect(processor.segment(.ldtr).selector == Sel.ldt && processor.segment(.es).selector == 0x50)
        #expect(processor.cr3 == cr3 && processor.eflags == 0x4002)
        #expect(machine.access(Self.task) == 0x83 && machine.read16(Place.secondTSS) == Sel.tss)
        processor[.ecx] = 0x8765_4321
        machine.run(1)
        #expect(processor.eip == Place.code + 7 && processor[.edi] == 0x1234_5678)
        #expect(machine.access(Self.task) == 0x81 && machine.access(Sel.tss) == 0x8B)
        // Saved in words: IP, FLAGS with NT clear, CX, SP, CS; the static fields stay.
        #expect(machine.read16(Place.secondTSS + 0x0E) == 0x4401 && machine.read16(Place.secondTSS + 0x10) == 2)
        #expect(machine.read16(Place.secondTSS + 0x14) == 0x4321 && machine.read16(Place.secondTSS + 0x1A) == 0x7000)
        #expect(machine.read16(Place.secondTSS + 0x24) == 0x48 && machine.read16(Place.secondTSS + 0x2A) == Sel.ldt)
        #expect(machine.read16(Place.secondTSS + 0x2C) == 0)
    }

    @Test("an error code is a word on the new stack") func errorCode() {
        let machine = Self.machine()
        machine.setTaskGate(13, Self.task)
        machine.processor[.eax] = 0x1230
        machine.execute(Code.loadDS)
        #expect(machine.processor[.esp] == 0xFFFF_6FFE && machine.read16(0x6FFE) == 0x1230)
    }

    /// Access byte, limit, what a far jump raises.
    static let faults: [(UInt8, UInt32, Raised?)] = [
        (0x81, 0x2B, nil), (0x81, 0x2A, .ts(0x40)), (0x83, 0x2B, .gp(0x40)), (0x01, 0x2B, .np(0x40)),
        (0x89, 0x2B, .ts(0x40)),
    ]
    @Test(arguments: faults) func jump(row: (access: UInt8, limit: UInt32, expected: Raised?)) {
        let machine = Self.machine(access: row.access, limit: row.limit)
        #expect(machine.fault(of: Code.farJump(Self.task)) == row.expected)
    }

    @Test("the inner stack of a 16-bit TSS") func innerStack() {
        let machine = Self.machine()
        machine.processor.setSegment(.tr, selector: Self.task, base: Place.secondTSS, limit: 0x2B, attributes: 0x83)
        machine.write16(Place.secondTSS + 2, 0x8000)
        machine.write16(Place.secondTSS + 4, Sel.data0)
        machine.enter(ring: 3)
        machine.execute(Code.ud2)
        #expect(machine.processor[.esp] == 0x8000 - 20 && machine.processor.segment(.ss).selector == Sel.data0)
        #expect(machine.stackItems(2) == [Place.code, UInt32(Sel.code3)])
    }

    @Test("it has no I/O map") func ports() {
        let machine = Self.machine()
        machine.processor.setSegment(.tr, selector: Self.task, base: Place.secondTSS, limit: 0xFF, attributes: 0x83)
        machine.enter(ring: 3)
        #expect(machine.fault(of: [0xE4, 0x60]) == .gp(0))
    }
}
