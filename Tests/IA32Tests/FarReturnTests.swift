import IA32
import Testing

struct FarReturnTests {
    /// A return to the code segment at 0x40 in `selector`, with SS from the descriptor at 0x48 for an outer level.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var selector: UInt16 = 0x40
        var access: UInt8 = 0x9B
        var ring: UInt8 = 0
        var eip: UInt32 = Place.target
        var stackSelector: UInt16 = 0x4B
        var stackAccess: UInt8 = 0xF3
        var expected: Raised?
    }

    static let cases: [Case] = [
        Case(testDescription: "same level"),
        Case(testDescription: "null", selector: 0, expected: .gp(0)),
        Case(testDescription: "outside the GDT", selector: 0x400, expected: .gp(0x400)),
        Case(testDescription: "data", access: 0x93, expected: .gp(0x40)),
        Case(testDescription: "TSS", access: 0x89, expected: .gp(0x40)),
        Case(testDescription: "inner level", selector: 0x40, ring: 3, expected: .gp(0x40)),
        Case(testDescription: "DPL is not RPL", access: 0xFB, expected: .gp(0x40)),
        Case(testDescription: "conforming above RPL", access: 0xFF, expected: .gp(0x40)),
        Case(testDescription: "conforming, same level", access: 0x9F),
        Case(testDescription: "not present", access: 0x1B, expected: .np(0x40)),
        Case(testDescription: "beyond the limit", eip: 0x10_0000, expected: .gp(0)),
        Case(testDescription: "same level, ring 3", selector: 0x43, access: 0xFB, ring: 3),
        Case(testDescription: "outer level", selector: 0x43, access: 0xFB),
        Case(testDescription: "outer level 1", selector: 0x41, access: 0xBB, stackSelector: 0x49, stackAccess: 0xB3),
        Case(testDescription: "outer level, conforming", selector: 0x43, access: 0x9F),
        Case(testDescription: "outer level, not present", selector: 0x43, access: 0x7B, expected: .np(0x40)),
        Case(testDescription: "outer, null SS", selector: 0x43, access: 0xFB, stackSelector: 3, expected: .gp(0)),
        Case(
            testDescription: "outer, SS outside", selector: 0x43, access: 0xFB, stackSelector: 0x403,
            expected: .gp(0x400)),
        Case(testDescription: "outer, SS RPL", selector: 0x43, access: 0xFB, stackSelector: 0x48, expected: .gp(0x48)),
        Case(testDescription: "outer, SS DPL", selector: 0x43, access: 0xFB, stackAccess: 0x93, expected: .gp(0x48)),
        Case(
            testDescription: "outer, SS read-only", selector: 0x43, access: 0xFB, stackAccess: 0xF1,
            expected: .gp(0x48)),
        Case(
            testDescription: "outer, SS not present", selector: 0x43, access: 0xFB, stackAccess: 0x73,
            expected: .ss(0x48)),
        Case(
            testDescription: "outer, beyond the limit", selector: 0x43, access: 0xFB, eip: 0x10_0000,
            expected: .gp(0)),
    ]

    @Test(arguments: cases) func checks(_ test: Case) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.setDescriptor(0x40, TestMachine.segment(limit: 0xFF, access: test.access))
        machine.setDescriptor(0x48, TestMachine.segment(access: test.stackAccess))
        let top = machine.processor[.esp] - 24
        machine.processor[.esp] = top
        machine.write(little(test.eip) + little(UInt32(test.selector) | 0xABCD_0000), top)
        machine.write(little(UInt32(0x26000)) + little(UInt32(test.stackSelector)), top + 16)
        let before = machine.registers
        // retf 8
        #expect(machine.fault(of: [0xCA, 0x08, 0x00]) == test.expected)
        guard test.expected == nil else {
            #expect(machine.registers == before)
            return
        }
        let level = UInt8(test.selector & 3)
        #expect(machine.processor.eip == test.eip)
        #expect(machine.processor.segment(.cs).selector == test.selector)
        #expect(machine.processor.cpl == level)
        #expect(machine.processor[.esp] == (level > test.ring ? 0x26008 : top + 16))
        #expect(
            machine.processor.segment(.ss).selector
                == (level > test.ring ? test.stackSelector : test.ring == 3 ? Sel.data3 : Sel.data0))
    }

    @Test func outerReturnClearsSegments() {
        let machine = TestMachine()
        machine.processor.setSegment(.es, selector: Sel.data3, base: 0, limit: .max, attributes: 0xCF3)
        machine.processor.setSegment(.fs, selector: 0x40, base: 0, limit: .max, attributes: 0xC9F)
        machine.processor.setSegment(.gs, selector: 0x48, base: 0, limit: .max, attributes: 0xC9B)
        let top = Place.stack0 - 16
        machine.processor[.esp] = top
        machine.write(
            little(Place.target) + little(UInt32(Sel.code3)) + little(Place.stack3) + little(UInt32(Sel.data3)), top)
        #expect(machine.fault(of: [0xCB]) == nil)
        #expect(machine.processor.cpl == 3)
        #expect(machine.processor.segment(.es).selector == Sel.data3)
        #expect(machine.processor.segment(.fs).selector == 0x40)
        #expect(machine.processor.segment(.ds).selector == 0)
        #expect(machine.processor.segment(.gs).selector == 0)
        // mov al, [0x18000] with DS null
        #expect(machine.fault(of: [0xA0] + little(Place.data)) == .gp(0))
    }

    @Test func sixteenBitOuterReturn() {
        let machine = TestMachine()
        let top = Place.stack0 - 8
        machine.processor[.esp] = top
        machine.write([0x00, 0x80, 0x1B, 0x00, 0x00, 0x70, 0x23, 0x00], top)
        #expect(machine.fault(of: [0x66, 0xCB]) == nil)
        #expect(machine.processor.eip == 0x8000)
        #expect(machine.processor[.esp] == 0x7000)
        #expect(machine.processor.segment(.ss).selector == Sel.data3)
    }

    @Test func callAndReturnThroughGate() {
        let machine = TestMachine()
        machine.enter(ring: 3)
        machine.setDescriptor(0x40, TestMachine.gate(Sel.code0, Place.target, access: 0xEC, count: 2))
        machine.processor[.esp] = Place.stack3 - 8
        machine.write([0xCA, 0x08, 0x00], Place.target)
        #expect(machine.execute([0x9A, 0, 0, 0, 0, 0x40, 0], count: 2) == .deadline)
        #expect(machine.processor.cpl == 3)
        #expect(machine.processor.eip == Place.code + 7)
        #expect(machine.processor[.esp] == Place.stack3)
        #expect(machine.processor.segment(.ds).selector == Sel.data3)
    }

    @Test func stackTooShort() {
        let machine = TestMachine()
        machine.processor.setSegment(.ss, selector: 0x10, base: 0, limit: Place.stack0 - 1, attributes: 0xC93)
        machine.processor[.esp] = Place.stack0 - 8
        machine.write(little(Place.target) + little(UInt32(Sel.code3)), Place.stack0 - 8)
        #expect(machine.fault(of: [0xCB]) == .ss(0))
        machine.processor[.esp] = Place.stack0 - 4
        #expect(machine.fault(of: [0xCB]) == .ss(0))
        #expect(machine.processor[.esp] == Place.stack0 - 4)
    }

    @Test func realMode() {
        let machine = TestMachine()
        machine.enterRealMode()
        machine.write([0x34, 0x12, 0x00, 0x20], 0x7000)
        #expect(machine.execute([0xCA, 0x06, 0x00]) == .deadline)
        #expect(machine.processor.segment(.cs).base == 0x20000)
        #expect(machine.processor.eip == 0x1234)
        #expect(machine.processor[.esp] == 0x700A)
    }
}
