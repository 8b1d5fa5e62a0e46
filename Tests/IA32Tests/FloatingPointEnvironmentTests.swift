import IA32
import Testing

/// The images of FNSTENV and FNSAVE, and what a reset and FNINIT leave.
struct FloatingPointEnvironmentTests {
    static let image = Place.data + 0x100

    private func words(_ machine: TestMachine, at address: UInt32 = image, count: UInt32 = 7) -> [UInt32] {
        (0..<count).map { machine.read32(address + $0 * 4) }
    }
    private func halves(_ machine: TestMachine, at address: UInt32 = image) -> [UInt16] {
        (0..<UInt32(7)).map { machine.read16(address + $0 * 2) }
    }

    /// FNINIT; FLD qword [data]: one register in use, opcode 505.
    private static let load: [UInt8] = [0xDB, 0xE3, 0xDD, 0x05] + little(Place.data)

    @Test func protected32() {
        let machine = TestMachine()
        machine.write64(Place.data, (1.5).bitPattern)
        machine.execute(Self.load + [0xD9, 0x35] + little(Self.image), count: 3)
        #expect(
            words(machine) == [
                0xFFFF_037F, 0xFFFF_3800, 0xFFFF_3FFF, Place.code + 2, 0x0505_0000 | UInt32(Sel.code0), Place.data,
                0xFFFF_0000 | UInt32(Sel.data0),
            ])
    }

    @Test func protected16() {
        let machine = TestMachine()
        machine.write32(Self.image + 14, 0x5555_5555)
        machine.execute(Self.load + [0x66, 0xD9, 0x35] + little(Self.image), count: 3)
        #expect(
            halves(machine) == [
                0x37F, 0x3800, 0x7FFF, UInt16(truncatingIfNeeded: Place.code + 2), Sel.code0,
                UInt16(truncatingIfNeeded: Place.data), Sel.data0,
            ])
        #expect(machine.read32(Self.image + 14) == 0x5555_5555)
    }

    /// Data at 1800:0010, code at 0000:8000: linear 1_8010 and 8002.
    private func realMachine(_ code: [UInt8]) -> TestMachine {
        let machine = TestMachine()
        machine.enterRealMode()
        machine.processor.setSegment(.ds, selector: 0x1800, base: 0x18000, limit: 0xFFFF, attributes: 0x93)
        machine.execute([0xDB, 0xE3, 0xD9, 0x06, 0x10, 0] + code, count: 3)
        return machine
    }

    @Test func real16() {
        let machine = realMachine([0xD9, 0x36, 0, 1])
        #expect(halves(machine) == [0x37F, 0x3800, 0x7FFF, 0x8002, 0x106, 0x8010, 0x1000])
    }

    @Test func real32() {
        let machine = realMachine([0x66, 0xD9, 0x36, 0, 1])
        #expect(
            words(machine) == [
                0xFFFF_037F, 0xFFFF_3800, 0xFFFF_7FFF, 0xFFFF_8002, 0x106, 0xFFFF_8010, 0x1000,
            ])
    }

    @Test(arguments: [[], [0x66]] as [[UInt8]]) func loadedAsStored(_ prefix: [UInt8]) {
        let machine = TestMachine()
        machine.write64(Place.data, (1.5).bitPattern)
        let (first, second) = (little(Self.image), little(Self.image + 0x100))
        machine.execute(
            Self.load + prefix + [0xD9, 0x35] + first + [0xDB, 0xE3] + prefix + [0xD9, 0x25] + first + prefix
                + [0xD9, 0x35] + second, count: 6)
        #expect(words(machine) == words(machine, at: Self.image + 0x100))
    }

    @Test func storingMasksExceptions() {
        let machine = TestMachine()
        machine.write16(Place.data, 0x340)
        // fninit; fldcw; fnstenv; fnstcw
        machine.execute(
            [0xDB, 0xE3, 0xD9, 0x2D] + little(Place.data) + [0xD9, 0x35] + little(Self.image) + [0xD9, 0x3D]
                + little(Place.data + 2), count: 4)
        #expect(machine.read16(Self.image) == 0x340)
        #expect(machine.read16(Place.data + 2) == 0x37F)
    }

    @Test func saveInitializesAndRestoreBringsBack() {
        let machine = TestMachine()
        machine.write64(Place.data, (1.5).bitPattern)
        let second = Self.image + 0x100
        // fnsave; fnstenv; frstor; fnsave
        machine.execute(
            Self.load + [0xDD, 0x35] + little(Self.image) + [0xD9, 0x35] + little(second + 0x100) + [0xDD, 0x25]
                + little(Self.image) + [0xDD, 0x35] + little(second), count: 6)
        #expect(words(machine, at: second + 0x100) == [0xFFFF_037F, 0xFFFF_0000, 0xFFFF_FFFF, 0, 0, 0, 0xFFFF_0000])
        #expect(words(machine, at: second, count: 27) == words(machine, count: 27))
        #expect(machine.read32(Self.image + 28) == 0)
        #expect(machine.read32(Self.image + 32) == 0xC000_0000)
        #expect(machine.read16(Self.image + 36) == 0x3FFF)
    }

    /// SDM Vol. 3A 9.1.1, Table 9-1 "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT".
    @Test func afterReset() {
        let machine = TestMachine()
        machine.execute([0xD9, 0x35] + little(Self.image))
        #expect(words(machine) == [0xFFFF_0040, 0xFFFF_0000, 0xFFFF_5555, 0, 0, 0, 0xFFFF_0000])
    }

    @Test func snapshotsHoldTheUnit() {
        let machine = TestMachine()
        machine.execute([0xDB, 0xE3, 0xD9, 0xEB], count: 2)
        let snapshot = machine.processor.captureState()
        machine.execute([0xDB, 0xE3])
        machine.processor.restore(snapshot)
        machine.execute([0xDD, 0x35] + little(Self.image))
        #expect(machine.read16(Self.image + 4) == 0x3800)
        #expect(machine.read32(Self.image + 32) == 0xC90F_DAA2)
    }

    @Test(arguments: [([0xD9, 0xF7], false), ([0xD9, 0xD0], true)] as [([UInt8], Bool)])
    func repetitionLooksAtTheUnit(_ code: [UInt8], _ repeats: Bool) {
        let machine = TestMachine()
        machine.write([0xDB, 0xE3] + code + [0xEB, 0xFC], Place.code)
        machine.processor.deadline = 1000
        // Once around, so that the last instruction is the loop's.
        machine.run(3)
        machine.processor.deadline = 1000
        // The stack pointer comes back only after eight rounds.
        #expect(machine.processor.stateRepeats(within: 8) == repeats)
    }
}
