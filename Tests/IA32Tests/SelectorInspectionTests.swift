import IA32
import Testing

struct SelectorInspectionTests {
    /// What each of the instructions says of a descriptor, at 0x40, seen with `selector` at `ring`.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var access: UInt8
        var selector: UInt16 = 0x40
        var ring: UInt8 = 0
        var rights: Bool
        var limit: Bool
        var read: Bool
        var write: Bool

        init(_ name: String, _ access: UInt8, _ selector: UInt16 = 0x40, ring: UInt8 = 0, sets answers: String) {
            testDescription = name
            self.access = access
            self.selector = selector
            self.ring = ring
            rights = answers.contains("a")
            limit = answers.contains("l")
            read = answers.contains("r")
            write = answers.contains("w")
        }
    }

    /// The letters name the instructions that set ZF: LAR, LSL, VERR, VERW.
    static let cases: [Case] = [
        Case("null", 0x93, 0, sets: ""), Case("null, RPL 3", 0x93, 3, sets: ""),
        Case("outside the GDT", 0x93, 0x400, sets: ""),
        Case("outside the LDT", 0x93, 0x104, sets: ""),
        Case("writable data", 0x93, sets: "alrw"), Case("read-only data", 0x91, sets: "alr"),
        Case("expand-down data", 0x97, sets: "alrw"), Case("execute-only code", 0x99, sets: "al"),
        Case("readable code", 0x9B, sets: "alr"), Case("conforming readable code", 0x9F, sets: "alr"),
        Case("conforming execute-only code", 0x9D, sets: "al"),
        Case("data not present", 0x13, sets: "alrw"), Case("code not present", 0x1B, sets: "alr"),
        Case("CPL above DPL", 0x93, 0x40, ring: 3, sets: ""), Case("RPL above DPL", 0x93, 0x43, sets: ""),
        Case("RPL and CPL 3, DPL 3", 0xF3, 0x43, ring: 3, sets: "alrw"),
        Case("conforming code from outside", 0x9F, 0x43, ring: 3, sets: "alr"),
        Case("nonconforming code from outside", 0x9B, 0x43, ring: 3, sets: ""),
        Case("type 0", 0x80, sets: ""), Case("available TSS16", 0x81, sets: "al"), Case("LDT", 0x82, sets: "al"),
        Case("busy TSS16", 0x83, sets: "al"), Case("call gate 16", 0x84, sets: "a"), Case("task gate", 0x85, sets: "a"),
        Case("interrupt gate 16", 0x86, sets: ""), Case("trap gate 16", 0x87, sets: ""), Case("type 8", 0x88, sets: ""),
        Case("available TSS", 0x89, sets: "al"), Case("type 10", 0x8A, sets: ""), Case("busy TSS", 0x8B, sets: "al"),
        Case("call gate", 0x8C, sets: "a"), Case("type 13", 0x8D, sets: ""), Case("interrupt gate", 0x8E, sets: ""),
        Case("trap gate", 0x8F, sets: ""), Case("TSS, RPL above DPL", 0x89, 0x43, sets: ""),
        Case("TSS, CPL above DPL", 0x89, 0x40, ring: 3, sets: ""),
        Case("call gate, DPL 3", 0xEC, 0x43, ring: 3, sets: "a"),
    ]

    @Test(arguments: cases) func table(_ test: Case) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.setDescriptor(
            0x40, TestMachine.segment(base: 0xAA00_0000, limit: 0x5_4321, access: test.access, flags: 0xD))
        let instructions: [([UInt8], Bool, UInt32?)] = [
            ([0x0F, 0x02, 0xC1], test.rights, 0x00D0_0000 | UInt32(test.access) << 8),
            ([0x0F, 0x03, 0xC1], test.limit, 0x5432_1FFF),
            ([0x0F, 0x00, 0xE1], test.read, nil), ([0x0F, 0x00, 0xE9], test.write, nil),
        ]
        for (code, isSet, value) in instructions {
            // ZF starts as the opposite of the answer, so that a wrong one shows.
            machine.processor.eflags = isSet ? 2 : 0x42
            machine.processor[.eax] = 0x5555_5555
            machine.processor[.ecx] = UInt32(test.selector)
            machine.processor.eip = Place.code
            #expect(machine.fault(of: code) == nil)
            #expect((machine.processor.eflags & 0x40 != 0) == isSet, "\(code)")
            #expect(machine.processor[.eax] == (isSet ? value ?? 0x5555_5555 : 0x5555_5555), "\(code)")
        }
    }

    @Test func byteGranularLimit() {
        let machine = TestMachine()
        machine.setDescriptor(0x40, TestMachine.segment(limit: 0x5_4321, access: 0x93, flags: 4))
        machine.processor[.ecx] = 0x40
        #expect(machine.fault(of: [0x0F, 0x03, 0xC1]) == nil)
        #expect(machine.processor[.eax] == 0x5_4321)
    }

    @Test func sixteenBitOperandKeepsTheUpperHalf() {
        let machine = TestMachine()
        machine.setDescriptor(0x40, TestMachine.segment(limit: 0x5_4321, access: 0x93, flags: 4))
        machine.processor[.eax] = 0xEEEE_EEEE
        machine.processor[.ecx] = 0x40
        #expect(machine.fault(of: [0x66, 0x0F, 0x02, 0xC1]) == nil)
        #expect(machine.processor[.eax] == 0xEEEE_9300)
    }

    @Test(
        arguments: [
            (0x40, 0x03, 0x43, true), (0x43, 0x03, 0x43, false), (0x42, 0x01, 0x42, false), (0x41, 0x1B, 0x43, true),
        ]
            as [(UInt32, UInt32, UInt32, Bool)])
    func adjustRPL(_ selector: UInt32, _ caller: UInt32, _ result: UInt32, _ isSet: Bool) {
        let machine = TestMachine()
        machine.processor.eflags = isSet ? 2 : 0x42
        machine.processor[.eax] = 0x7777_0000 | selector
        machine.processor[.ecx] = caller
        // arpl ax, cx
        #expect(machine.fault(of: [0x63, 0xC8]) == nil)
        #expect(machine.processor[.eax] == 0x7777_0000 | result)
        #expect((machine.processor.eflags & 0x40 != 0) == isSet)
    }

    @Test(
        arguments: [
            [0x0F, 0x02, 0xC1], [0x0F, 0x03, 0xC1], [0x0F, 0x00, 0xE1], [0x0F, 0x00, 0xE9], [0x63, 0xC8],
            [0x0F, 0x00, 0xC0], [0x0F, 0x00, 0xC8], [0x0F, 0x00, 0xD0], [0x0F, 0x00, 0xD8],
        ] as [[UInt8]])
    func notInRealMode(_ code: [UInt8]) {
        let machine = TestMachine()
        machine.enterRealMode()
        #expect(machine.fault(of: code) == .ud)
    }
}
