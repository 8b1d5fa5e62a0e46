import Chipset
import IA32
import PC
import Testing

/// Stop reasons, budgets and virtual time.
struct MachineRunTests {
    @Test(arguments: [(0x10, 33), (0, 1), (127, 255), (128, 1), (0xFF, 255)] as [(UInt8, Int)])
    func exitStatus(value: UInt8, status: Int) throws {
        let machine = try Guest.machine(Guest.exit(value))
        #expect(machine.run(budget: 10) == .exit(status))
        #expect(machine.events.last?.kind == .stop)
        #expect(machine.events.last?.value == UInt32(status))
    }

    @Test(arguments: [0, 1, 2, 7, 100] as [UInt64])
    func budgetIsExact(budget: UInt64) throws {
        let machine = try Guest.machine([UInt8](repeating: 0x90, count: 200))
        #expect(machine.run(budget: budget) == .budget)
        #expect(machine.instructionCount == budget)
        #expect(machine.processor.eip == Guest.origin + UInt32(budget))
        #expect(machine.step() == .budget)
        #expect(machine.instructionCount == budget + 1)
        #expect(machine.run(until: 150) == .budget)
        #expect(machine.instructionCount == 150)
        #expect(machine.run(until: 10) == .budget, "a count that is over runs nothing")
        #expect(machine.instructionCount == 150)
        #expect(machine.eventCount == 0, "a budget is no event")
    }

    @Test func haltWithInterruptsOffIsFinal() throws {
        let machine = try Guest.machine(Guest.disable + Guest.halt)
        #expect(machine.run() == .halted)
        let digest = machine.digest
        #expect(machine.run() == .halted)
        #expect(machine.digest == digest, "the same stop is logged once")
        #expect(machine.events.map(\.kind) == [.stop])
    }

    @Test func haltWithEverythingMaskedIsFinal() throws {
        let machine = try Guest.machine(Guest.enable + Guest.halt)
        #expect(machine.run() == .halted)
    }

    @Test func haltInsideAHandlerWithoutEndOfInterruptIsFinal() throws {
        let code = Guest.controllers(mask: 0xFE) + Guest.periodic(100) + Guest.enable + Guest.halt
        let machine = try Guest.machine(code, handlers: [0x30: Guest.enable + Guest.halt])
        #expect(machine.run() == .halted)
        #expect(machine.vectorCounts[0x30] == 1)
    }

    @Test func haltSkipsToTheTimer() throws {
        let handler = Guest.out(0x20, 0x20) + [0x41] + Guest.interruptReturn  // INC ECX
        let loop: [UInt8] = [0xF4, 0x83, 0xF9, 0x0A, 0x75, 0xFA]  // HLT; CMP ECX, 10; JNE
        let code = Guest.controllers(mask: 0xFE) + Guest.periodic(1193) + Guest.enable + loop + Guest.exit(0)
        let machine = try Guest.machine(code, handlers: [0x30: handler])
        #expect(machine.run() == .exit(1))
        #expect(machine.vectorCounts[0x30] == 10)
        let pulses = VirtualClock(clockHz: 100_000_000).ticks(of: IntervalTimer.frequency, at: machine.instructionCount)
        #expect((11_930...11_933).contains(pulses), "ten periods of 1193 pulses")
    }

    @Test func budgetCutsAHalt() throws {
        let code = Guest.controllers(mask: 0xFE) + Guest.periodic(50_000) + Guest.enable + Guest.halt + Guest.exit(0)
        let handlers = [0x30: Guest.interruptReturn] as [UInt8: [UInt8]]
        let machine = try Guest.machine(code, handlers: handlers)
        #expect(machine.run(budget: 1000) == .budget)
        #expect(machine.instructionCount == 1000)
        #expect(machine.run() == .exit(1))
        let whole = try Guest.machine(code, handlers: handlers)
        #expect(whole.run() == .exit(1))
        #expect(whole.digest == machine.digest)
        #expect(whole.instructionCount == machine.instructionCount)
    }

    @Test func shutdownNamesItsChain() throws {
        // No IDT at all: #UD, then #GP while delivering it, #DF, and again.
        let machine = try Guest.machine([0x0F, 0x0B])
        machine.processor.idtr = (0, 0)
        var reported: [UInt8] = []
        let token = machine.didShutDown {
            reported = $0.chain
            return .resume
        }
        defer { token.cancel() }
        guard case .shutdown(let chain) = machine.run() else {
            Issue.record("no shutdown")
            return
        }
        #expect(chain.first == Vector.invalidOpcode)
        #expect(chain.contains(Vector.doubleFault))
        #expect(reported == chain)
        #expect(machine.events.last?.kind == .stop)
    }

    @Test func breakpointsStopOnceEachTime() throws {
        let machine = try Guest.machine([0x90, 0x90, 0x40, 0xEB, 0xFB])  // NOP; NOP; INC EAX; JMP to the start
        machine.breakpoints = [LinearAddress(Guest.origin + 2)]
        for round in 0..<3 as Range<UInt32> {
            #expect(machine.run(budget: 100) == .breakpoint(LinearAddress(Guest.origin + 2)))
            #expect(machine.processor[.eax] == round)
        }
        machine.breakpoints = []
        #expect(machine.run(budget: 100) == .budget)
    }

    @Test func runningInsideAHookIsRefused() throws {
        let machine = try Guest.machine([0x90] + Guest.exit(0))
        var answers: [StopReason] = []
        let token = machine.willExecute(at: LinearAddress(Guest.origin)) { [unowned machine] _ in
            #expect(machine.isRunning)
            answers = [machine.run(budget: 1), machine.step(), machine.run(until: 50)]
            return .resume
        }
        defer { token.cancel() }
        #expect(machine.run(budget: 100) == .exit(1))
        #expect(!machine.isRunning)
        #expect(answers.map(\.name) == ["unsupported", "unsupported", "unsupported"])
    }

    /// A timer interrupt is taken at the same instruction however the run is cut.
    @Test(arguments: [1, 3, 7, 64, 1000] as [UInt64])
    func slicesDoNotMatter(slice: UInt64) throws {
        let handler = [0x50] + Guest.out(0x20, 0x20) + [0x58] + Guest.interruptReturn
        let body: [UInt8] = [0x43, 0x01, 0xD8, 0x29, 0xC3, 0x49, 0x75, 0xF8]  // INC EBX; ADD; SUB; DEC ECX; JNZ
        let code =
            Guest.controllers(mask: 0xFE) + Guest.periodic(2) + Guest.enable + [0xB9] + Guest.bytes(2000) + body
            + Guest.exit(0)
        let whole = try Guest.machine(code, handlers: [0x30: handler])
        #expect(whole.run() == .exit(1))
        #expect(whole.vectorCounts[0x30] > 50)
        let sliced = try Guest.machine(code, handlers: [0x30: handler])
        var reason = StopReason.budget
        while reason == .budget { reason = sliced.run(budget: slice) }
        #expect(reason == .exit(1))
        #expect(sliced.digest == whole.digest)
        #expect(sliced.processor[.eax] == whole.processor[.eax])
    }

    @Test func namesAreThoseOfTheCases() {
        let reasons: [StopReason] = [
            .halted, .shutdown(chain: []), .hang(LinearAddress(0)), .exit(1), .breakpoint(LinearAddress(0)), .hook(""),
            .budget, .unsupported(""),
        ]
        let names = ["halted", "shutdown", "hang", "exit", "breakpoint", "hook", "budget", "unsupported"]
        #expect(reasons.map(\.name) == names)
    }
}
