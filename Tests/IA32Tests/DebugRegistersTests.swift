import IA32
import Testing

struct DebugRegistersTests {
    @Test(
        arguments: [
            (0, 0x1234, 0, 0x1234), (3, 0xFFFF_FFFF, 3, 0xFFFF_FFFF), (6, 0, 6, 0xFFFF_0FF0),
            (6, 0xFFFF_FFFF, 6, 0xFFFF_EFFF), (7, 0, 7, 0x400), (7, 0xFFFF_DFFF, 7, 0xFFFF_07FF),
            (4, 0x8000, 6, 0xFFFF_8FF0), (5, 0x300, 7, 0x700), (6, 0x4000, 4, 0xFFFF_4FF0),
        ] as [(UInt8, UInt32, UInt8, UInt32)])
    func writeAndRead(_ written: UInt8, _ value: UInt32, _ read: UInt8, _ result: UInt32) {
        let machine = TestMachine()
        machine.processor[.eax] = value
        #expect(machine.fault(of: [0x0F, 0x23, 0xC0 | written << 3]) == nil)
        #expect(machine.fault(of: [0x0F, 0x21, 0xC1 | read << 3]) == nil)
        #expect(machine.processor[.ecx] == result)
    }

    @Test(arguments: [0x21, 0x23] as [UInt8], [4, 5] as [UInt8])
    func aliasesEndWithDebuggingExtensions(_ opcode: UInt8, _ register: UInt8) {
        let machine = TestMachine()
        machine.processor.cr4 = 8
        #expect(machine.fault(of: [0x0F, opcode, 0xC0 | register << 3]) == .ud)
    }

    @Test(arguments: [0x21, 0x23] as [UInt8], [0, 4, 6, 7] as [UInt8]) func needsCPL0(
        _ opcode: UInt8, _ register: UInt8
    ) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        #expect(machine.fault(of: [0x0F, opcode, 0xC0 | register << 3]) == .gp(0))
    }

    /// SDM Vol. 3B 17.3.1.3: a fault before the access; the handler may use the registers.
    @Test("general detect", arguments: [[0x0F, 0x21, 0xC0], [0x0F, 0x23, 0xF0]] as [[UInt8]])
    func generalDetect(_ code: [UInt8]) {
        let machine = TestMachine()
        machine.setHandlers()
        machine.setDebug(7, 0x2000)
        machine.processor.hooks = .didDeliver
        machine.execute(code)
        #expect(machine.host.didDeliver.map(\.source) == [.fault])
        #expect(machine.stackItems(3) == [Place.code, UInt32(Sel.code0), 0x1_0002])
        #expect(machine.processor.debugRegister(6) == 0xFFFF_2FF0)
        #expect(machine.processor.debugRegister(7) == 0x400)
    }

    @Test("#GP at CPL 3 comes before general detect") func generalDetectPrivilege() {
        let machine = TestMachine()
        machine.setDebug(7, 0x2000)
        machine.enter(ring: 3)
        #expect(machine.fault(of: [0x0F, 0x21, 0xC0]) == .gp(0))
        #expect(machine.processor.debugRegister(7) == 0x2400)
    }
}
