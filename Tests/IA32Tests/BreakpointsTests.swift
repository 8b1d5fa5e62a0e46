import IA32
import Testing

extension TestMachine {
    /// Writes a debug register by executing MOV at ring 0; registers and EIP stay.
    func setDebug(_ number: UInt8, _ value: UInt32) {
        let (eax, eip) = (processor[.eax], processor.eip)
        processor[.eax] = value
        processor.eip = 0xF000
        execute([0x0F, 0x23, 0xC0 | number << 3])
        processor[.eax] = eax
        processor.eip = eip
    }

    /// DR0 at an address; kind 0 execution, 1 write, 2 I/O, 3 read and write; length 0, 1, 3 for 1, 2, 4 bytes.
    func setBreakpoint(_ address: UInt32, kind: UInt32, length: UInt32 = 0) {
        setDebug(0, address)
        setDebug(7, 2 | kind << 16 | length << 18)
    }
}

/// SDM Vol. 3B 17.2 "Debug Registers", 17.3.1 "Debug Exception (#DB)".
@Suite struct BreakpointsTests {
    private static func machine() -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.processor[.ebx] = Place.data
        return machine
    }

    struct DataCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var kind: UInt32
        var length: UInt32 = 0
        var at: UInt32 = Place.data
        var code: [UInt8]
        var isHit: Bool
    }

    static let dataCases: [DataCase] = [
        DataCase(testDescription: "write, write", kind: 1, code: [0x88, 0x03], isHit: true),
        DataCase(testDescription: "write, read", kind: 1, code: [0x8A, 0x03], isHit: false),
        DataCase(testDescription: "read or write, write", kind: 3, code: [0x88, 0x03], isHit: true),
        DataCase(testDescription: "read or write, read", kind: 3, code: [0x8A, 0x03], isHit: true),
        DataCase(testDescription: "I/O kind, memory", kind: 2, code: [0x88, 0x03], isHit: false),
        DataCase(testDescription: "byte just above", kind: 1, at: Place.data + 1, code: [0x88, 0x03], isHit: false),
        DataCase(
            testDescription: "last byte of a doubleword", kind: 1, at: Place.data + 3, code: [0x89, 0x03], isHit: true),
        DataCase(testDescription: "just below", kind: 1, at: Place.data + 4, code: [0x89, 0x03], isHit: false),
        DataCase(testDescription: "four bytes", kind: 1, length: 3, code: [0x88, 0x43, 3], isHit: true),
        DataCase(testDescription: "above four bytes", kind: 1, length: 3, code: [0x88, 0x43, 4], isHit: false),
        DataCase(
            testDescription: "aligned down", kind: 1, length: 3, at: Place.data + 3, code: [0x88, 0x03], isHit: true),
        DataCase(testDescription: "two bytes", kind: 1, length: 1, code: [0x88, 0x43, 1], isHit: true),
        DataCase(testDescription: "above two bytes", kind: 1, length: 1, code: [0x88, 0x43, 2], isHit: false),
        DataCase(testDescription: "read-modify-write", kind: 1, code: [0xFE, 0x03], isHit: true),
        DataCase(testDescription: "compare only reads", kind: 1, code: [0x38, 0x03], isHit: false),
        DataCase(testDescription: "push", kind: 1, at: Place.stack0 - 4, code: [0x50], isHit: true),
        DataCase(testDescription: "string store", kind: 1, at: Place.data + 0x100, code: [0xAA], isHit: true),
    ]

    @Test("data", arguments: dataCases) func data(_ test: DataCase) {
        let machine = Self.machine()
        machine.processor[.edi] = Place.data + 0x100
        // The page is in the TLB before.
        machine.execute([0x88, 0x43, 0x40])
        machine.setBreakpoint(test.at, kind: test.kind, length: test.length)
        let eip = machine.processor.eip
        machine.execute(test.code + Code.nop + Code.nop, count: 2)
        machine.processor.flushEvents()
        #expect(machine.delivered == (test.isHit ? [1] : []))
        #expect(machine.processor.debugRegister(6) == 0xFFFF_0FF0 | (test.isHit ? 1 : 0))
        if test.isHit {
            // A trap: the image has the next instruction and RF clear.
            #expect(machine.stackItem(0) == eip + UInt32(test.code.count) && machine.stackItem(2) == 2)
        }
    }

    @Test("several causes at once, with single step") func severalCauses() {
        let machine = Self.machine()
        machine.setDebug(2, Place.data)
        machine.setBreakpoint(Place.data, kind: 1)
        machine.setDebug(7, 2 | 0x10 | 1 << 16 | 1 << 24)
        machine.processor.eflags |= 0x100
        machine.execute([0x88, 0x03] + Code.nop, count: 2)
        #expect(machine.processor.debugRegister(6) == 0xFFFF_4FF5)
        #expect(machine.stackItem(0) == Place.code + 2)
    }

    @Test("disabled: nothing") func disabled() {
        let machine = Self.machine()
        machine.setBreakpoint(Place.data, kind: 1)
        machine.setDebug(7, 1 << 16)
        machine.execute([0x88, 0x03] + Code.nop, count: 2)
        #expect(machine.delivered.isEmpty && machine.processor.eip == Place.code + 3)
    }

    @Test("MOV SS holds the trap for one instruction") func stackShadow() {
        let machine = Self.machine()
        machine.write16(Place.data, Sel.data0)
        machine.setBreakpoint(Place.data, kind: 3)
        // MOV SS, [EBX]; NOP; NOP
        machine.execute([0x8E, 0x13] + Code.nop + Code.nop, count: 3)
        #expect(machine.processor.debugRegister(6) == 0xFFFF_0FF1)
        #expect(machine.stackItem(0) == Place.code + 3)
    }

    @Test("a trap held by MOV SS follows the INT n into its handler") func stackShadowBeforeInterrupt() {
        let machine = Self.machine()
        machine.write16(Place.data, Sel.data0)
        machine.setBreakpoint(Place.data, kind: 3)
        machine.execute([0x8E, 0x13] + Code.int(0x40), count: 3)
        machine.processor.flushEvents()
        #expect(machine.delivered == [0x40, 1])
        #expect(machine.stackItem(0) == Place.handlers + 0x400)
    }

    @Test("a repeated store stops after the iteration that hits", arguments: [UInt32(1), 2, 5])
    func repeatedStore(_ hit: UInt32) {
        let machine = Self.machine()
        machine.setBreakpoint(Place.data + hit - 1, kind: 1)
        machine.processor[.edi] = Place.data
        machine.processor[.ecx] = 5
        machine.execute([0xF3, 0xAA] + Code.nop, count: 6)
        #expect(machine.processor[.ecx] == 5 - hit)
        // SDM Vol. 3B 17.3.1.1: RF is 1 in the image after any iteration but the last.
        #expect(machine.stackItem(0) == Place.code + (hit == 5 ? 2 : 0))
        #expect(machine.stackItem(2) == (hit == 5 ? 2 : 0x1_0002))
    }

    /// CR4.DE, the port of DR0, LEN, the instruction, hit.
    static let portCases: [(UInt32, UInt32, UInt32, [UInt8], Bool)] = [
        (8, 0x60, 0, [0xE4, 0x60], true), (8, 0x60, 0, [0xE6, 0x60], true), (8, 0x61, 0, [0xE4, 0x60], false),
        (8, 0x63, 0, [0xE5, 0x60], true), (8, 0x60, 3, [0xE4, 0x63], true), (0, 0x60, 0, [0xE4, 0x60], false),
        (8, 0x60, 0, [0x6C], true), (8, 0x60, 0, [0x6E], true),
    ]
    @Test("I/O", arguments: portCases)
    func ports(row: (cr4: UInt32, port: UInt32, length: UInt32, code: [UInt8], isHit: Bool)) {
        let machine = Self.machine()
        machine.processor.cr4 = row.cr4
        machine.processor[.edx] = 0x60
        machine.processor[.esi] = Place.data
        machine.processor[.edi] = Place.data
        machine.setBreakpoint(row.port, kind: 2, length: row.length)
        machine.execute(row.code + Code.nop, count: 2)
        machine.processor.flushEvents()
        #expect(machine.delivered == (row.isHit ? [1] : []))
        if row.isHit { #expect(machine.stackItem(0) == Place.code + UInt32(row.code.count)) }
    }

    @Test("CR4.DE arms a breakpoint that is already there") func debuggingExtensions() {
        let machine = Self.machine()
        machine.setBreakpoint(0x60, kind: 2)
        machine.processor[.eax] = 8
        machine.execute([0x0F, 0x22, 0xE0] + [0xE4, 0x60] + Code.nop, count: 3)
        #expect(machine.processor.debugRegister(6) == 0xFFFF_0FF1)
    }

    // MARK: Code

    @Test("code: a fault before the instruction, RF passes it once") func code() {
        let machine = Self.machine()
        // INC EAX four times; the block was made before the breakpoint.
        machine.write([0x40, 0x40, 0x40, 0x40], Place.code)
        machine.run(4)
        machine.setBreakpoint(Place.code + 2, kind: 0)
        machine.processor.eip = Place.code
        machine.processor[.eax] = 0
        machine.write(Code.iret, Place.handlers + 16)
        machine.run(3)
        #expect(machine.processor[.eax] == 2 && machine.processor.eip == Place.handlers + 16)
        #expect(machine.stackItems(3) == [Place.code + 2, UInt32(Sel.code0), 2])
        #expect(machine.processor.debugRegister(6) == 0xFFFF_0FF1)
        // Without RF it hits again.
        machine.run(2)
        #expect(machine.processor[.eax] == 2)
        machine.write32(machine.processor[.esp] + 8, 0x1_0002)
        machine.run(2)
        #expect(machine.processor[.eax] == 3 && machine.processor.eip == Place.code + 3)
        // RF is over: the next time it hits.
        machine.processor.eip = Place.code + 2
        machine.run(1)
        #expect(machine.processor[.eax] == 3)
    }

    @Test("a loop hits at every turn") func loop() {
        let machine = Self.machine()
        // INC EAX; JMP to it.
        machine.write([0x40, 0xEB, 0xFD], Place.code)
        // OR byte [ESP + 10], 1 (RF); IRETD
        machine.write([0x80, 0x4C, 0x24, 10, 1, 0xCF], Place.handlers + 16)
        machine.run(10)
        machine.setBreakpoint(Place.code, kind: 0)
        machine.processor.eip = Place.code
        machine.processor[.eax] = 0
        machine.run(5 * 5)
        machine.processor.flushEvents()
        #expect(machine.processor[.eax] == 5 && machine.delivered.count == 5)
    }

    @Test("a code breakpoint is removed") func removed() {
        let machine = Self.machine()
        machine.setBreakpoint(Place.code, kind: 0)
        machine.setDebug(7, 0)
        machine.execute([0x40])
        #expect(machine.processor[.eax] == 1)
    }

    @Test("the host's hook on the same instruction stays") func hookAndBreakpoint() {
        let machine = Self.machine()
        machine.processor.codeHooks = [LinearAddress(Place.code + 1)]
        machine.setBreakpoint(Place.code, kind: 0)
        machine.setDebug(7, 0)
        machine.execute([0x40, 0x40, 0x40], count: 3)
        #expect(machine.host.reachedAddresses == [Place.code + 1])
    }

    @Test("MOV SS suppresses a code breakpoint on the next instruction") func codeAfterStackSegment() {
        let machine = Self.machine()
        machine.processor[.eax] = UInt32(Sel.data0)
        machine.setBreakpoint(Place.code + 2, kind: 0)
        machine.execute([0x8E, 0xD0] + Code.nop + Code.nop, count: 3)
        #expect(machine.processor.eip == Place.code + 4)
    }

    @Test("it comes before a fetch that faults, after an interrupt") func priority() {
        let machine = Self.machine()
        machine.enablePaging()
        machine.unmap(Interrupts.unmapped)
        machine.setBreakpoint(Interrupts.unmapped, kind: 0)
        machine.processor.eip = Interrupts.unmapped
        machine.run(1)
        machine.processor.flushEvents()
        #expect(machine.delivered == [1])
        machine.processor.eip = Interrupts.unmapped
        machine.interrupt(0x40)
        machine.run(1)
        machine.processor.flushEvents()
        #expect(machine.delivered == [1, 0x40])
    }

    @Test("single step comes first") func codeAfterSingleStep() {
        let machine = Self.machine()
        machine.setBreakpoint(Place.code + 1, kind: 0)
        machine.processor.eflags |= 0x100
        machine.execute([0x40, 0x40], count: 2)
        #expect(machine.processor.debugRegister(6) == 0xFFFF_4FF0)
        #expect(machine.stackItem(0) == Place.code + 1 && machine.stackItem(2) == 0x102)
    }

    @Test("a repeated instruction hits once, before its first iteration") func repeatedCode() {
        let machine = Self.machine()
        machine.setBreakpoint(Place.code, kind: 0)
        machine.processor[.edi] = Place.data
        machine.processor[.ecx] = 3
        machine.processor.eflags = 0x1_0002
        machine.write([0xF3, 0xAA] + Code.nop, Place.code)
        // One iteration a run.
        for _ in 0..<3 { machine.run(1) }
        machine.processor.flushEvents()
        #expect(machine.delivered.isEmpty && machine.processor[.ecx] == 0)
    }

    @Test("a task switch clears local enables only", arguments: [(UInt32(1), false), (2, true)])
    func taskSwitch(_ row: (enable: UInt32, isHit: Bool)) {
        let machine = Self.machine()
        machine.setTask(Sel.free, tss: Place.secondTSS, code: Place.target, stack: Place.stack1)
        machine.setDebug(0, Place.target)
        machine.setDebug(7, row.enable)
        machine.execute(Code.farJump(Sel.free), count: 2)
        machine.processor.flushEvents()
        #expect(machine.delivered == (row.isHit ? [1] : []))
    }

    @Test("a snapshot carries breakpoints") func snapshot() {
        let machine = Self.machine()
        machine.write([0x40, 0x40, 0x88, 0x03, 0x90], Place.code)
        machine.setDebug(1, Place.code + 1)
        machine.setBreakpoint(Place.data, kind: 1)
        machine.setDebug(7, 2 | 8 | 1 << 16)
        let state = machine.processor.captureState()
        machine.setDebug(7, 0)
        machine.run(4)
        machine.processor.restore(state)
        machine.run(2)
        machine.processor.flushEvents()
        #expect(machine.delivered == [1])
        machine.processor.eip = Place.code + 2
        machine.run(2)
        machine.processor.flushEvents()
        #expect(machine.delivered == [1, 1])
    }

    // MARK: RF between iterations

    @Test("an interrupt between iterations has RF in its image", arguments: [UInt64(1), 2, 3])
    func interruptedRepeat(_ done: UInt64) {
        let machine = Self.machine()
        machine.processor[.edi] = Place.data
        machine.processor[.ecx] = 3
        machine.write([0xF3, 0xAA, 0x90], Place.code)
        machine.run(done)
        machine.interrupt(0x40)
        machine.run(1)
        #expect(machine.stackItem(0) == Place.code + (done == 3 ? 2 : 0))
        #expect(machine.stackItem(2) & 0x1_0000 == (done == 3 ? 0 : 0x1_0000))
    }

    @Test("a 16-bit IRET ends RF") func resumeFlagEnds() {
        let machine = Self.machine()
        machine.processor[.esp] -= 6
        machine.write([0, 0, 8, 0, 2, 0], machine.processor[.esp])
        machine.processor.eflags = 0x1_0002
        machine.processor.eip = Place.code
        machine.execute([0x66, 0xCF])
        machine.processor.flushEvents()
        #expect(machine.records(.interruptReturn).map(\.value) == [2])
    }

    // MARK: INT1

    @Test("INT1: a trap without DR6, whatever the DPL") func debugInterrupt() {
        let machine = Self.machine()
        machine.processor.hooks = .didDeliver
        machine.enter(ring: 3)
        machine.processor.eflags = 0x102
        machine.execute([0xF1])
        #expect(machine.host.didDeliver.map(\.source) == [.trap])
        #expect(machine.processor.debugRegister(6) == 0xFFFF_0FF0)
        #expect(machine.stackItems(3) == [Place.code + 1, UInt32(Sel.code3), 0x102])
        machine.run(1)
        machine.processor.flushEvents()
        #expect(machine.delivered == [1])
    }

    @Test("INT1: faults are its own, with EXT") func debugInterruptFault() {
        let machine = Self.machine()
        machine.setGate(1, 0)
        let offered = machine.offered([0xF1])
        #expect(offered.map(\.vector) == [1, 13])
        #expect(offered.last?.errorCode == 0x0B && offered.last?.eip == Place.code)
    }
}
