import IA32
import Testing

/// Where a run is cut, snapshots and hooks that only observe must not change what happens.
@Suite struct ExecuteBlockBoundaryTests {
    /// Copies, calls, counts and interrupts itself for a few thousand instructions.
    ///
    ///     mov ecx, 40
    ///     L: push ecx; mov esi, 0x18000; mov edi, 0x18801; mov ecx, 300; rep movsb
    ///     int 0x40; pop ecx; add [0x18000], ecx; rol dword [0x18010], 3; loop L; hlt
    static let program: [UInt8] =
        [0xB9, 40, 0, 0, 0, 0x51, 0xBE, 0, 0x80, 1, 0, 0xBF, 1, 0x88, 1, 0, 0xB9, 0x2C, 1, 0, 0, 0xF3, 0xA4]
        + [0xCD, 0x40, 0x59, 0x01, 0x0D, 0, 0x80, 1, 0, 0xC1, 0x05, 0x10, 0x80, 1, 0, 3, 0xE2, 0xDC, 0xF4]

    static func machine() -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        // int 0x40: inc dword [0x18020]; iret
        machine.write([0xFF, 0x05, 0x20, 0x80, 1, 0, 0xCF], Place.handlers + 0x40 * 16)
        machine.write((0..<64).map { UInt8($0 * 3 + 1) }, Place.data)
        machine.write(program, Place.code)
        return machine
    }

    struct Outcome: Equatable {
        let registers: [UInt32]
        let count: UInt64
        let memory: [UInt8]
        let records: [EventRecord]

        init(_ machine: TestMachine) {
            let processor = machine.processor
            registers = GeneralRegister.allCases.map { processor[$0] } + [processor.eip, processor.eflags]
            count = processor.instructionCount
            memory = machine.memory.bytes(at: PhysicalAddress(UInt64(Place.data)), count: 0x1000)
            records = machine.host.records
        }
    }

    static let whole: Outcome = {
        let machine = Self.machine()
        machine.processor.deadline = 1_000_000
        #expect(machine.processor.run() == .halted)
        return Outcome(machine)
    }()

    @Test func theProgramDoesWhatItSays() {
        #expect(Self.whole.count == 1 + 40 * (4 + 300 + 3 + 4) + 1)
        #expect(Self.whole.records.count == 80)
    }

    @Test(arguments: [UInt64(1), 2, 3, 7, 64, 997]) func deadlines(_ step: UInt64) {
        let machine = Self.machine()
        var exit = RunExit.deadline
        while exit == .deadline {
            machine.processor.deadline = machine.processor.instructionCount + step
            exit = machine.processor.run()
        }
        #expect(exit == .halted)
        #expect(Outcome(machine) == Self.whole)
    }

    @Test func codeHooks() {
        let machine = Self.machine()
        machine.processor.codeHooks = [LinearAddress(Place.code + 21), LinearAddress(Place.code + 25)]
        machine.processor.deadline = 1_000_000
        #expect(machine.processor.run() == .halted)
        #expect(Outcome(machine) == Self.whole)
        #expect(machine.host.reachedAddresses.filter { $0 == Place.code + 25 }.count == 40)
    }

    @Test func observers() {
        let machine = Self.machine()
        machine.processor.hooks = [.willDeliver, .didDeliver, .didReturn, .pageFault, .taskSwitch]
        machine.processor.deadline = 1_000_000
        #expect(machine.processor.run() == .halted)
        #expect(Outcome(machine) == Self.whole)
        #expect(machine.host.didDeliver.count == 40)
    }

    @Test(arguments: [UInt64(1), 500, 5000]) func snapshotAndRestore(_ at: UInt64) {
        let machine = Self.machine()
        machine.processor.deadline = at
        #expect(machine.processor.run() == .deadline)
        let state = machine.processor.captureState()
        let memory = machine.memory.capture()
        let records = machine.host.records
        machine.processor.deadline = 1_000_000
        #expect(machine.processor.run() == .halted)
        machine.processor.restore(state)
        machine.memory.restore(memory)
        machine.host.records = records
        machine.processor.deadline = 1_000_000
        #expect(machine.processor.run() == .halted)
        #expect(Outcome(machine) == Self.whole)
    }
}
