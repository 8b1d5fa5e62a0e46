import IA32
import Testing

/// The proof that a loop can change nothing any more.
@Suite struct ProcessorSnapshotTests {
    struct Row: Sendable {
        let name: String
        let program: [UInt8]
        let repeats: Bool
    }

    static let rows: [Row] = [
        Row(name: "jmp $", program: [0xEB, 0xFE], repeats: true),
        Row(name: "call and return for ever", program: [0xE8, 2, 0, 0, 0, 0xEB, 0xF9, 0xC3], repeats: true),
        Row(name: "a store of the same value", program: [0xA3, 0, 0x80, 1, 0, 0xEB, 0xF9], repeats: true),
        Row(name: "a counter in a register", program: [0x40, 0xEB, 0xFD], repeats: false),
        Row(name: "a counter in memory", program: [0xFF, 0x05, 0, 0x80, 1, 0, 0xEB, 0xF8], repeats: false),
        Row(name: "a port is polled", program: [0xE4, 0x64, 0xEB, 0xFC], repeats: false),
        Row(name: "a device is polled", program: [0xA1, 0, 0, 0x10, 0xFE, 0xEB, 0xF9], repeats: false),
        Row(name: "time is read", program: [0x0F, 0x31, 0x31, 0xC0, 0x31, 0xD2, 0xEB, 0xF8], repeats: false),
        Row(name: "it ends", program: [0x90, 0xF4], repeats: false),
    ]

    @Test(arguments: rows) func stateRepeats(_ row: Row) {
        let machine = TestMachine()
        machine.write(row.program, Place.code)
        machine.processor.deadline = 1000
        _ = machine.processor.stateRepeats(within: 8)
        machine.processor.deadline = machine.processor.instructionCount + 1000
        #expect(machine.processor.stateRepeats(within: 64) == row.repeats, "\(row.name)")
    }

    @Test func theWatchDoesNotSlowWhatFollows() {
        let machine = TestMachine()
        machine.write([0xEB, 0xFE], Place.code)
        machine.processor.deadline = 1_000_000
        #expect(machine.processor.stateRepeats(within: 64))
        #expect(machine.processor.run() == .deadline)
        #expect(machine.processor.instructionCount == 1_000_000)
    }
}
