import IA32
import Testing

struct SystemInstructionsTests {
    @Test func haltWaits() {
        let machine = TestMachine()
        #expect(machine.execute([0xF4], count: 100) == .halted)
        #expect(machine.processor.isHalted)
        #expect(machine.processor.eip == Place.code + 1)
    }

    @Test(
        arguments: [
            [0xF4], [0x0F, 0x08], [0x0F, 0x09], [0x0F, 0x06], [0x0F, 0x01, 0x3D, 0, 0x80, 1, 0], [0x0F, 0x01, 0xF0],
        ] as [[UInt8]])
    func needsCPL0(_ code: [UInt8]) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        let before = machine.registers
        #expect(machine.fault(of: code) == .gp(0))
        #expect(machine.registers == before)
        #expect(!machine.processor.isHalted)
    }

    @Test(arguments: [[0x0F, 0x08], [0x0F, 0x09]] as [[UInt8]]) func cachesAreNotThere(_ code: [UInt8]) {
        let machine = TestMachine()
        #expect(machine.fault(of: code) == nil)
    }

    @Test func staleTranslationUntilInvalidated() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.write32(Place.data, 0x1111)
        machine.write32(Place.data + 0x1000, 0x2222)
        let load = [0x8B, 0x0D] + little(Place.data)
        #expect(machine.fault(of: load) == nil)
        machine.setPage(Place.data, (Place.data + 0x1000) | 7)
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == 0x1111)
        // invlpg of another page, then of this one
        #expect(machine.fault(of: [0x0F, 0x01, 0x3D] + little(Place.data + 0x1000)) == nil)
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == 0x1111)
        #expect(machine.fault(of: [0x0F, 0x01, 0x3D] + little(Place.data + 0x123)) == nil)
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == 0x2222)
    }

    @Test func invalidateNeedsMemory() {
        let machine = TestMachine()
        #expect(machine.fault(of: [0x0F, 0x01, 0xF8]) == .ud)
    }

    @Test func timeStampCountsInstructions() {
        let machine = TestMachine()
        machine.processor.instructionCount = 0x1_0000_0000
        // nop; nop; rdtsc
        #expect(machine.execute([0x90, 0x90, 0x0F, 0x31], count: 3) == .deadline)
        #expect(machine.processor[.edx] == 1)
        #expect(machine.processor[.eax] == 2)
    }

    @Test(arguments: [(0, 3, true), (4, 3, false), (4, 0, true)] as [(UInt32, UInt8, Bool)])
    func timeStampDisable(_ cr4: UInt32, _ ring: UInt8, _ isAllowed: Bool) {
        let machine = TestMachine()
        machine.processor.cr4 = cr4
        machine.enter(ring: ring)
        #expect(machine.fault(of: [0x0F, 0x31]) == (isAllowed ? nil : .gp(0)))
    }
}
