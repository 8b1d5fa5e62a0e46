import IA32
import Testing

/// SDM Vol. 3A 6.15 "Interrupt 17 - Alignment Check Exception (#AC)".
@Suite struct AlignmentCheckTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var ring: UInt8 = 3
        var am: UInt32 = 0x4_0000
        var ac: UInt32 = 0x4_0000
        var code: [UInt8]
        var offset: UInt32 = 1
        var isFault: Bool
    }

    static let cases: [Case] = [
        Case(testDescription: "doubleword load", code: [0x8B, 0x03], isFault: true),
        Case(testDescription: "doubleword at 2", code: [0x8B, 0x03], offset: 2, isFault: true),
        Case(testDescription: "word at 2", code: [0x66, 0x8B, 0x03], offset: 2, isFault: false),
        Case(testDescription: "word store", code: [0x66, 0x89, 0x03], isFault: true),
        Case(testDescription: "byte", code: [0x8A, 0x03], isFault: false),
        Case(testDescription: "read-modify-write", code: [0xFF, 0x03], isFault: true),
        Case(testDescription: "aligned", code: [0x8B, 0x03], offset: 4, isFault: false),
        Case(testDescription: "push", code: [0x50], isFault: true),
        Case(testDescription: "CMPXCHG8B at 4", code: [0x0F, 0xC7, 0x0B], offset: 4, isFault: true),
        Case(testDescription: "AC clear", ac: 0, code: [0x8B, 0x03], isFault: false),
        Case(testDescription: "AM clear", am: 0, code: [0x8B, 0x03], isFault: false),
        Case(testDescription: "CPL 0", ring: 0, code: [0x8B, 0x03], isFault: false),
    ]

    @Test(arguments: cases) func access(_ test: Case) {
        let machine = TestMachine()
        machine.processor.cr0 |= test.am
        machine.enter(ring: test.ring)
        machine.processor[.ebx] = Place.data
        // Both pages are in the TLB before, for users and writable.
        machine.execute([0x87, 0x03, 0x50], count: 2)
        machine.processor[.ebx] = Place.data + test.offset
        machine.processor[.esp] = Place.stack3 + test.offset
        machine.processor.eflags |= test.ac
        #expect(machine.fault(of: test.code) == (test.isFault ? Raised(17, 0) : nil))
    }

    @Test("aligned accesses do not end the checking, AC does") func goesOn() {
        let machine = TestMachine()
        machine.processor.cr0 |= 0x4_0000
        machine.enter(ring: 3)
        machine.processor.eflags |= 0x4_0000
        machine.processor[.ebx] = Place.data
        machine.execute([0x8B, 0x03, 0x89, 0x03], count: 2)
        machine.processor[.ebx] = Place.data + 1
        #expect(machine.fault(of: [0x8B, 0x03]) == Raised(17, 0))
        machine.processor.eflags &= ~0x4_0000
        #expect(machine.fault(of: [0x8B, 0x03]) == nil)
    }

    @Test("POPF and MOV CR0 turn it on") func turnedOn() {
        let machine = TestMachine()
        machine.processor[.ebx] = Place.data + 1
        machine.processor[.eax] = 0x4_0011
        machine.execute([0x0F, 0x22, 0xC0])
        machine.enter(ring: 3)
        machine.processor[.ebx] = Place.data + 1
        machine.execute([0x8B, 0x03])
        // PUSH 40002h; POPF
        machine.execute([0x68, 2, 0, 4, 0, 0x9D], count: 2)
        #expect(machine.fault(of: [0x8B, 0x03]) == Raised(17, 0))
    }

    @Test("MOV CR0 turns it on while AC is set") func mask() {
        let machine = TestMachine()
        machine.processor.eflags |= 0x4_0000
        machine.processor[.ebx] = Place.data + 1
        machine.processor[.eax] = 0x4_0011
        // MOV ECX, [EBX]; MOV CR0, EAX
        machine.execute([0x8B, 0x0B, 0x0F, 0x22, 0xC0], count: 2)
        machine.processor.setSegment(.cs, selector: Sel.code3, base: 0, limit: .max, attributes: 0xCFB)
        #expect(machine.fault(of: [0x8B, 0x03]) == Raised(17, 0))
    }

    @Test("the frame of a fault at CPL 0 is not checked") func innerFrame() {
        let machine = TestMachine()
        machine.setHandlers()
        machine.processor.cr0 |= 0x4_0000
        machine.write32(Place.tss + 4, Place.stack0 - 1)
        machine.enter(ring: 3)
        machine.processor.eflags |= 0x4_0000
        machine.processor[.ebx] = Place.data + 1
        machine.execute([0x8B, 0x03])
        machine.processor.flushEvents()
        #expect(machine.delivered == [17])
        #expect(machine.stackItems(3) == [0, Place.code, UInt32(Sel.code3)])
    }
}
