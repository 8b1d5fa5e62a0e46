import IA32
import PC
import Testing

/// Console, post codes, event log and digest.
struct MachineTests {
    /// XXH3-128 of nothing, from the xxHash specification's test vectors.
    private static let emptyDigest = "99aa06d3014798d86001c324468d497f"

    @Test func aNewMachineHasLoggedNothing() throws {
        let machine = try Machine()
        #expect(machine.digest == MachineTests.emptyDigest)
        #expect(machine.eventCount == 0)
        #expect(machine.events.isEmpty)
        #expect(machine.vectorCounts == [UInt64](repeating: 0, count: 256))
        #expect(machine.instructionCount == 0)
    }

    @Test func outputComesByLineAndSource() throws {
        var code: [UInt8] = []
        for byte in Array("ab\nc".utf8) { code += Guest.out(0xE9, byte) }
        code += [0x66, 0xBA, 0xF8, 0x03, 0xB0, 0x64, 0xEE]  // MOV DX, 3F8h; MOV AL, 'd'; OUT DX, AL
        let machine = try Guest.machine(code + Guest.exit(0))
        var pieces: [(ConsoleSource, String)] = []
        machine.consoleOutput = { pieces.append(($0, String(decoding: $1, as: UTF8.self))) }
        #expect(machine.run(budget: 100) == .exit(1))
        #expect(pieces.map(\.1) == ["ab\n", "c", "d"])
        #expect(pieces.map(\.0) == [.debugPort, .debugPort, .serial])
    }

    @Test func theConsoleSinkMayStopTheRun() throws {
        let machine = try Guest.machine(Guest.out(0xE9, 10) + Guest.selfJump)
        machine.consoleOutput = { [unowned machine] _, _ in machine.requestStop("seen") }
        #expect(machine.run(budget: 100) == .hook("seen"))
        #expect(machine.instructionCount == 2)
    }

    @Test(arguments: [0x80, 0x84] as [UInt16])
    func postCodes(port: UInt16) throws {
        let code = Guest.out(0x80, 0x11) + Guest.out(0x84, 0x22) + Guest.exit(0)
        let machine = try Guest.machine(code) { $0.postPort = port }
        machine.run(budget: 100)
        #expect(machine.postCodes == [port == 0x80 ? 0x11 : 0x22])
    }

    @Test func eventsAreKeptUpToABound() throws {
        // DEC ECX; JNZ back to the OUT
        let code = [0xB9] + Guest.bytes(1000) + Guest.out(0x80, 1) + [0x49, 0x75, 0xF9] + Guest.exit(0)
        let machine = try Guest.machine(code) { $0.eventCapacity = 50 }
        #expect(machine.run(budget: 10_000) == .exit(1))
        #expect(machine.eventCount == 1002)
        #expect(machine.events.count >= 50)
        #expect(machine.events.count <= 100)
        #expect(machine.events.last?.kind == .stop)
        let counts = machine.events.map(\.instruction)
        #expect(counts == counts.sorted())
    }

    @Test func deliveriesAreCountedByVector() throws {
        let code: [UInt8] = [0xCD, 0x40, 0xCD, 0x40, 0xCD, 0x41]
        let handlers = [0x40: Guest.interruptReturn, 0x41: Guest.interruptReturn] as [UInt8: [UInt8]]
        let machine = try Guest.machine(code + Guest.exit(0), handlers: handlers)
        #expect(machine.run(budget: 100) == .exit(1))
        #expect(machine.vectorCounts[0x40] == 2)
        #expect(machine.vectorCounts[0x41] == 1)
        #expect(machine.vectorCounts.reduce(0, +) == 3)
    }

    @Test func digestDependsOnTheRunAndOnNothingElse() throws {
        func digest(_ value: UInt8) throws -> String {
            let machine = try Guest.machine(Guest.out(0x80, value) + Guest.exit(0))
            machine.run(budget: 100)
            return machine.digest
        }
        let first = try digest(1)
        #expect(first.count == 32)
        #expect(try digest(1) == first)
        #expect(try digest(2) != first)
    }

    @Test func namedAlterationsEnterTheDigest() throws {
        let machine = try Machine()
        machine.noteAlteration("plugin fuzz 1.0")
        #expect(machine.events.allSatisfy { $0.kind == .alteration })
        #expect(String(decoding: machine.events.map(\.vector), as: UTF8.self) == "plugin fuzz 1.0")
        #expect(machine.digest != MachineTests.emptyDigest)
    }
}
