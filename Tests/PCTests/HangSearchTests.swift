import IA32
import PC
import Testing

/// What is proven to hang, and what is not.
struct HangSearchTests {
    private static let budget: UInt64 = 3_000_000

    /// Loops without an end: code that runs from `Guest.origin`.
    @Test(
        arguments: [
            ("self jump", [0xFA, 0xEB, 0xFE]),
            ("self jump, IF set, everything masked", [0xFB, 0xEB, 0xFE]),
            ("loop that comes back", [0xFA, 0x40, 0x48, 0x90, 0xEB, 0xFB]),
            ("store of the same value", [0xFA, 0xA3, 0x00, 0x60, 0x00, 0x00, 0xEB, 0xF9]),
            ("call and return", [0xFA, 0xE8, 0x02, 0x00, 0x00, 0x00, 0xEB, 0xF9, 0xC3]),
        ] as [(String, [UInt8])])
    func hangs(name: String, code: [UInt8]) throws {
        let machine = try Guest.machine(code)
        let reason = machine.run(budget: HangSearchTests.budget)
        guard case .hang(let address) = reason else {
            Issue.record("\(name): \(reason)")
            return
        }
        #expect((Guest.origin..<Guest.origin + UInt32(code.count)).contains(address.value))
        #expect(machine.events.last?.kind == .stop)
        let digest = machine.digest
        #expect(machine.run(budget: 1000).name == "hang")
        #expect(machine.digest == digest, "the same hang is logged once")
    }

    /// Loops that do not repeat, or that something may end.
    @Test(
        arguments: [
            ("counter in a register", [0xFA, 0x40, 0xEB, 0xFD]),
            ("counter in memory", [0xFA, 0xFF, 0x05, 0x00, 0x60, 0x00, 0x00, 0xEB, 0xF8]),
            ("polls a port", [0xFA, 0xE4, 0x60, 0xEB, 0xFC]),
        ] as [(String, [UInt8])])
    func runsOn(name: String, code: [UInt8]) throws {
        let machine = try Guest.machine(code)
        #expect(machine.run(budget: HangSearchTests.budget) == .budget, "\(name)")
    }

    @Test(arguments: [(0xFB, "budget"), (0xFA, "hang")] as [(UInt8, String)])
    func aTimerKeepsALoopAliveOnlyWithIFSet(flag: UInt8, expected: String) throws {
        let code = Guest.controllers(mask: 0xFE) + Guest.periodic(10_000) + [flag] + Guest.selfJump
        let machine = try Guest.machine(code, handlers: [0x30: Guest.out(0x20, 0x20) + Guest.interruptReturn])
        #expect(machine.run(budget: HangSearchTests.budget).name == expected)
    }

    @Test func aLoopThatSetsIFNowAndThenIsAlive() throws {
        // CLI; NOP; STI; NOP; NOP; JMP: the timer gets in after STI.
        let code = Guest.controllers(mask: 0xFE) + Guest.periodic(60_000) + [0xFA, 0x90, 0xFB, 0x90, 0x90, 0xEB, 0xF9]
        let machine = try Guest.machine(code, handlers: [0x30: Guest.out(0x20, 0x20) + Guest.interruptReturn])
        #expect(machine.run(budget: HangSearchTests.budget) == .budget)
    }

    @Test func anInterruptWithoutEndKeepsNothingAlive() throws {
        let code = Guest.controllers(mask: 0xFE) + Guest.periodic(100) + Guest.enable + Guest.selfJump
        let machine = try Guest.machine(code, handlers: [0x30: Guest.interruptReturn])
        #expect(machine.run(budget: HangSearchTests.budget).name == "hang")
        #expect(machine.vectorCounts[0x30] == 1)
    }

    @Test func aScheduledNMIKeepsALoopAlive() throws {
        let code = Guest.disable + Guest.selfJump
        let machine = try Guest.machine(code, handlers: [2: Guest.exit(7)])
        machine.scheduleNMI(at: 2_000_000)
        #expect(machine.run(budget: HangSearchTests.budget) == .exit(15))
        #expect(machine.instructionCount == 2_000_002)
    }

    @Test(arguments: [1, 5, 1000, 16_383, 16_384, 50_000] as [UInt64])
    func whereItIsFoundDoesNotDependOnTheSlices(slice: UInt64) throws {
        let code: [UInt8] = [0xFA, 0xEB, 0xFE]
        let whole = try Guest.machine(code)
        #expect(whole.run().name == "hang")
        let sliced = try Guest.machine(code)
        var reason = StopReason.budget
        while reason == .budget { reason = sliced.run(budget: slice) }
        #expect(reason == .hang(LinearAddress(Guest.origin + 1)))
        #expect(sliced.digest == whole.digest)
    }

    @Test func aBlockedNMIDoesNotHideAHang() throws {
        let machine = try Guest.machine([0x90, 0x90], handlers: [2: Guest.selfJump])
        machine.nmi()
        #expect(machine.run(budget: 10) == .budget)
        machine.nmi()
        #expect(machine.processor.isNMIPending)
        #expect(machine.run(budget: HangSearchTests.budget).name == "hang")
    }
}
