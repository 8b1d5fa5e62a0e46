import IA32
import Testing

struct FlagInstructionsTests {
    /// POPF or POPFD of `image` over `old`.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var ring: UInt8
        var old: UInt32
        var image: UInt32
        var is32: Bool = true
        var result: UInt32
    }

    static let cases: [Case] = [
        Case(testDescription: "everything at CPL 0", ring: 0, old: 2, image: 0xFFFF_FEFF, result: 0x0024_7ED7),
        Case(testDescription: "nothing at CPL 0", ring: 0, old: 0x0024_7ED7, image: 0, result: 2),
        Case(
            testDescription: "16 bits keep the upper half", ring: 0, old: 0x0024_0002, image: 0xFEFF, is32: false,
            result: 0x0024_7ED7),
        Case(testDescription: "RF is cleared", ring: 0, old: 0x0001_0002, image: 0x0001_0002, result: 2),
        Case(testDescription: "RF is cleared by 16 bits", ring: 0, old: 0x0001_0002, image: 2, is32: false, result: 2),
        Case(testDescription: "CPL 3, IOPL 0: IF and IOPL stay", ring: 3, old: 2, image: 0x3202, result: 2),
        Case(testDescription: "CPL 3, IOPL 0: IF stays set", ring: 3, old: 0x202, image: 2, result: 0x202),
        Case(
            testDescription: "CPL 3, IOPL 3: IF changes, IOPL stays", ring: 3, old: 0x3002, image: 0x0202,
            result: 0x3202),
        Case(testDescription: "CPL 3: NT, AC, ID change", ring: 3, old: 2, image: 0x0024_4002, result: 0x0024_4002),
    ]

    @Test(arguments: cases) func pop(_ test: Case) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.processor.eflags = test.old
        let esp = machine.processor[.esp] - 8
        machine.processor[.esp] = esp
        machine.write32(esp, test.image)
        #expect(machine.fault(of: test.is32 ? [0x9D] : [0x66, 0x9D]) == nil)
        #expect(machine.processor.eflags == test.result)
        #expect(machine.processor[.esp] == esp + (test.is32 ? 4 : 2))
    }

    @Test func pushHidesRF() {
        let machine = TestMachine()
        machine.processor.eflags = 0x0025_0ED7
        machine.write32(Place.stack0 - 4, .max)
        #expect(machine.fault(of: [0x9C]) == nil)
        #expect(machine.read32(Place.stack0 - 4) == 0x0024_0ED7)
        #expect(machine.fault(of: [0x66, 0x9C]) == nil)
        #expect(machine.processor[.esp] == Place.stack0 - 6)
        #expect(machine.read16(Place.stack0 - 6) == 0x0ED7)
    }

    @Test(arguments: [0xFA, 0xFB] as [UInt8], [(0, 0, true), (3, 2, false), (3, 3, true)] as [(UInt8, UInt32, Bool)])
    func interruptFlag(_ opcode: UInt8, _ row: (ring: UInt8, level: UInt32, isAllowed: Bool)) {
        let machine = TestMachine()
        machine.enter(ring: row.ring)
        let old: UInt32 = 2 | row.level << 12 | (opcode == 0xFA ? 0x200 : 0)
        machine.processor.eflags = old
        #expect(machine.fault(of: [opcode]) == (row.isAllowed ? nil : .gp(0)))
        #expect(machine.processor.eflags == (row.isAllowed ? old ^ 0x200 : old))
    }

    @Test func interruptWaitsForTheInstructionAfterSTI() {
        let machine = TestMachine()
        machine.setHandlers()
        machine.host.interruptVectors = [0x40]
        machine.processor.setInterruptLine(true)
        // sti; mov al, 1; mov al, 2
        #expect(machine.execute([0xFB, 0xB0, 1, 0xB0, 2], count: 10) == .halted)
        #expect(machine.processor[.eax] & 0xFF == 1)
        #expect(machine.processor.eip == Place.handlers + 0x401)
        #expect(machine.read32(Place.stack0 - 12) == Place.code + 3)
    }

    @Test func secondSTIHasNoShadow() {
        let machine = TestMachine()
        machine.setHandlers()
        machine.host.interruptVectors = [0x40]
        machine.processor.eflags = 2
        machine.processor.setInterruptLine(true)
        // sti; sti; mov al, 2
        #expect(machine.execute([0xFB, 0xFB, 0xB0, 2], count: 10) == .halted)
        #expect(machine.read32(Place.stack0 - 12) == Place.code + 2)
    }

    @Test func shadowEndsWithCLI() {
        let machine = TestMachine()
        machine.setHandlers()
        machine.processor.setInterruptLine(true)
        // sti; cli; hlt: the interrupt never gets in
        #expect(machine.execute([0xFB, 0xFA, 0xF4], count: 10) == .halted)
        #expect(machine.processor.eip == Place.code + 3)
    }
}
