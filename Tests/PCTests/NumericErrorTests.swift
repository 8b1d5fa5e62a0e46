import PC
import Testing

/// SDM Vol. 1 8.7.2 "MS-DOS* Compatibility Sub-mode": x87 errors through the 8259s.
@Suite struct NumericErrorTests {
    /// fninit; fldcw [esp] with ZM clear; fldz; fld1; fdivrp: 1 / 0; fwait
    private static let divide: [UInt8] =
        [0xDB, 0xE3, 0x68, 0x7B, 0x03, 0, 0, 0xD9, 0x2C, 0x24, 0xD9, 0xEE, 0xD9, 0xE8, 0xDE, 0xF1, 0x9B]
    private static let start = Guest.controllers(mask: 0xFB, slaveMask: 0xDF) + Guest.enable
    /// mov al, 0; out F0h, al
    private static let acknowledge: [UInt8] = [0xB0, 0, 0xE6, 0xF0]

    @Test func anErrorRaisesRequest13() throws {
        let handler = Self.acknowledge + Guest.exit(5)
        let machine = try Guest.machine(
            Self.start + Self.divide + Guest.exit(0), handlers: [0x3D: handler])
        #expect(machine.run(budget: 300) == .exit(11))
        #expect(machine.devices.isNumericErrorIgnored, "IGNNE# lets the handler use the unit")
        #expect(!machine.devices.interruptControllers.line(13))
    }

    @Test func clearingTheErrorEndsIGNNE() throws {
        // fnclex after the acknowledgement
        let handler = Self.acknowledge + [0xDB, 0xE2] + Guest.exit(5)
        let machine = try Guest.machine(
            Self.start + Self.divide + Guest.exit(0), handlers: [0x3D: handler])
        #expect(machine.run(budget: 300) == .exit(11))
        #expect(!machine.devices.isNumericErrorIgnored)
        #expect(!machine.devices.isNumericErrorRaised)
    }
}
