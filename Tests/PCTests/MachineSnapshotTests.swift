import IA32
import PC
import Testing

/// A run resumed from a snapshot is the same run.
struct MachineSnapshotTests {
    private static let handler = [0x50] + Guest.out(0x20, 0x20) + [0xFF, 0x05, 0, 0x60, 0, 0, 0x58, 0xCF]
    private static let program: [UInt8] = {
        let body: [UInt8] = [0xF4, 0xFF, 0x05, 0x04, 0x60, 0, 0, 0x49, 0x75, 0xF6]  // HLT; INC [6004h]; DEC ECX; JNZ
        return Guest.controllers(mask: 0xFE) + Guest.periodic(300) + Guest.enable + [0xB9] + Guest.bytes(200) + body
            + Guest.out(0xE9, 0x41) + Guest.exit(0x10)
    }()

    private func machine() throws -> Machine {
        try Guest.machine(MachineSnapshotTests.program, handlers: [0x30: MachineSnapshotTests.handler])
    }

    @Test(arguments: [0, 1, 20, 30, 35, 1000, 25_001, 1_000_000, 3_000_000] as [UInt64])
    func resumedRunsEndInTheSameDigest(count: UInt64) throws {
        let whole = try machine()
        #expect(whole.run() == .exit(33))

        let first = try machine()
        first.run(until: count)
        let snapshot = try first.snapshot()
        #expect(snapshot.instructionCount == first.instructionCount)
        #expect(first.run() == .exit(33))
        #expect(first.digest == whole.digest)

        try first.restore(snapshot)
        #expect(first.instructionCount == snapshot.instructionCount)
        #expect(first.run() == .exit(33))
        #expect(first.digest == whole.digest)
        #expect(first.instructionCount == whole.instructionCount)
        #expect(first.vectorCounts == whole.vectorCounts)

        let other = try Machine(first.configuration)
        try other.restore(snapshot)
        #expect(other.run() == .exit(33))
        #expect(other.digest == whole.digest)
        let address = PhysicalAddress(UInt64(0x6000))
        #expect(other.memory.readDouble(at: address) == whole.memory.readDouble(at: address))
    }

    @Test func scheduledInputsArePartOfIt() throws {
        let machine = try Guest.machine([UInt8](repeating: 0x90, count: 100), handlers: [2: Guest.exit(1)])
        machine.scheduleNMI(at: 50)
        let snapshot = try machine.snapshot()
        #expect(machine.run(budget: 90) == .exit(3))
        try machine.restore(snapshot)
        #expect(machine.scheduledInputs.map(\.count) == [50])
        #expect(machine.run(budget: 90) == .exit(3))
    }

    @Test func hooksAreNotPartOfIt() throws {
        let machine = try machine()
        var count = 0
        let token = machine.didDeliver { _ in
            count += 1
            return .resume
        }
        let snapshot = try machine.snapshot()
        machine.run(budget: 100_000)
        let first = count
        #expect(first > 0)
        try machine.restore(snapshot)
        machine.run(budget: 100_000)
        #expect(count == 2 * first)
        token.cancel()
        try machine.restore(snapshot)
        machine.run(budget: 100_000)
        #expect(count == 2 * first)
    }

    @Test func differencesAreRefused() throws {
        let snapshot = try machine().snapshot()
        var configuration = MachineConfiguration()
        configuration.memoryBytes = 2 << 20
        let larger = try Machine(configuration)
        #expect(throws: MachineError.memorySizeDiffers) { try larger.restore(snapshot) }
        configuration.memoryBytes = 1 << 20
        configuration.clockHz = 1000
        let slower = try Machine(configuration)
        #expect(throws: MachineError.clockDiffers) { try slower.restore(snapshot) }
    }

    @Test func insideAHookItIsRefused() throws {
        let machine = try Guest.machine([0x90] + Guest.exit(0))
        let snapshot = try machine.snapshot()
        var errors: [String] = []
        let token = machine.willExecute(at: LinearAddress(Guest.origin)) { [unowned machine] _ in
            do { _ = try machine.snapshot() } catch { errors.append("\(error)") }
            do { try machine.restore(snapshot) } catch { errors.append("\(error)") }
            do { try machine.load(flat: [0x90], at: 0, entry: 0) } catch { errors.append("\(error)") }
            return .resume
        }
        #expect(machine.run(budget: 10) == .exit(1))
        #expect(errors.count == 3)
        #expect(errors.allSatisfy { $0.contains("inside a hook") })
        token.cancel()
    }
}
