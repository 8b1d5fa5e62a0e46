import IA32
import Testing

/// SYSENTER and SYSEXIT (SDM Vol. 2B, each instruction's page).
@Suite struct FastSystemCallTests {
    static let enter: [UInt8] = [0x0F, 0x34]
    static let exit: [UInt8] = [0x0F, 0x35]

    func machine(ring: UInt8, selector: UInt64 = 0x0B) -> TestMachine {
        let machine = TestMachine()
        #expect(machine.writeModelSpecific(0x174, selector) == nil)
        #expect(machine.writeModelSpecific(0x175, 0x1234_5678) == nil)
        #expect(machine.writeModelSpecific(0x176, 0x8765_4321) == nil)
        machine.enter(ring: ring)
        return machine
    }

    func isFlat(_ view: SegmentView, selector: UInt16, attributes: UInt16) -> Bool {
        view.selector == selector && view.base == 0 && view.limit == .max && view.attributes == attributes
            && !view.isNull
    }

    @Test(arguments: [0, 3] as [UInt8]) func entersRing0(_ ring: UInt8) {
        let machine = machine(ring: ring)
        machine.processor.eflags = 0x246
        #expect(machine.fault(of: Self.enter) == nil)
        #expect(machine.processor.eip == 0x8765_4321)
        #expect(machine.processor[.esp] == 0x1234_5678)
        #expect(machine.processor.cpl == 0)
        #expect(machine.processor.eflags == 0x46)
        #expect(isFlat(machine.processor.segment(.cs), selector: 0x08, attributes: 0xC9B))
        #expect(isFlat(machine.processor.segment(.ss), selector: 0x10, attributes: 0xC93))
    }

    @Test func exitsToRing3() {
        let machine = machine(ring: 0)
        machine.processor[.ecx] = 0x5000
        machine.processor[.edx] = 0x6000
        machine.processor.eflags = 0x246
        #expect(machine.fault(of: Self.exit) == nil)
        #expect(machine.processor.eip == 0x6000)
        #expect(machine.processor[.esp] == 0x5000)
        #expect(machine.processor.cpl == 3)
        #expect(machine.processor.eflags == 0x246)
        #expect(isFlat(machine.processor.segment(.cs), selector: 0x1B, attributes: 0xCFB))
        #expect(isFlat(machine.processor.segment(.ss), selector: 0x23, attributes: 0xCF3))
    }

    @Test(
        arguments: [([0x0F, 0x34], 0, 3), ([0x0F, 0x35], 0, 3), ([0x0F, 0x35], 3, 8)] as [([UInt8], UInt8, UInt64)])
    func refused(_ code: [UInt8], _ ring: UInt8, _ selector: UInt64) {
        let machine = machine(ring: ring, selector: selector)
        let before = machine.registers
        #expect(machine.fault(of: code) == .gp(0))
        #expect(machine.registers == before)
    }

    @Test(arguments: [[0x0F, 0x34], [0x0F, 0x35]] as [[UInt8]]) func refusedInRealMode(_ code: [UInt8]) {
        let machine = machine(ring: 0)
        machine.enterRealMode()
        #expect(machine.fault(of: code)?.vector == 13)
    }

    /// RSM is #UD outside SMM; the others are never defined.
    @Test(
        arguments: [
            [0x0F, 0xAA], [0x0F, 0x0B], [0x0F, 0xB9, 0xC0], [0x0F, 0xFF, 0xC0], [0x0F, 0x0D, 0x00],
            [0x0F, 0x05], [0x0F, 0x77], [0x0F, 0xAE, 0x00], [0xF0, 0x90], [0xF0, 0x01, 0xC0], [0xF0, 0x3B, 0x00],
        ] as [[UInt8]])
    func undefined(_ code: [UInt8]) {
        let machine = TestMachine()
        #expect(machine.fault(of: code) == .ud)
    }
}
