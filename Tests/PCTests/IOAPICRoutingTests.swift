import Chipset
import IA32
import PC
import Testing

/// The I/O APIC between request lines and the local APIC.
struct IOAPICRoutingTests {
    private static let select: UInt32 = 0xFEC0_0000
    private static let local: UInt32 = 0xFEE0_0000

    private func register(_ index: UInt32, _ value: UInt32) -> [UInt8] {
        Guest.store(IOAPICRoutingTests.select, index) + Guest.store(IOAPICRoutingTests.select + 0x10, value)
    }

    /// LINT0 masked, so that the 8259s are away; input `input` set.
    private func routed(_ input: UInt32, _ low: UInt32) -> [UInt8] {
        Guest.store(IOAPICRoutingTests.local + 0x350, 0x1_0000) + register(0x11 + 2 * input, 0)
            + register(0x10 + 2 * input, low)
    }

    private static let end = Guest.store(0xFEE0_00B0, 0)

    @Test func registersAreReadThroughTheWindow() throws {
        let code = Guest.store(IOAPICRoutingTests.select, 1) + [0xA1] + Guest.bytes(0xFEC0_0010) + [0xFA, 0xF4]
        let machine = try Guest.machine(code)
        #expect(machine.run(budget: 10) == .halted)
        #expect(machine.processor[.eax] == 0x0017_0011)
    }

    @Test func the8254ComesOnInput2() throws {
        let handler = [0x41] + IOAPICRoutingTests.end + Guest.interruptReturn
        let code =
            routed(2, 0x0051) + Guest.periodic(1000) + Guest.enable + [0xF4, 0x83, 0xF9, 0x05, 0x75, 0xFA]
            + Guest.exit(0)
        let machine = try Guest.machine(code, handlers: [0x51: handler])
        #expect(machine.run(budget: 10_000_000) == .exit(1))
        #expect(machine.vectorCounts[0x51] == 5)
        #expect(machine.instructionCount > 400_000, "1000 pulses are 83,810 instructions")
    }

    @Test func aLevelIsSentAgainAfterItsEOI() throws {
        // The handler counts in ECX; while the line stays high each EOI brings it again.
        let handler = [0x41] + IOAPICRoutingTests.end + Guest.interruptReturn
        let machine = try Guest.machine(
            routed(9, 0x8059) + Guest.enable + [UInt8](repeating: 0x90, count: 100) + Guest.exit(0),
            handlers: [0x59: handler])
        machine.run(budget: 20)
        machine.setIRQ(9, true)
        machine.run(budget: 20)
        #expect(machine.vectorCounts[0x59] > 2)
        #expect(machine.devices.localAPIC.triggerMode[0x59])
        machine.setIRQ(9, false)
        let count = machine.vectorCounts[0x59]
        #expect(machine.run(budget: 200) == .exit(1))
        #expect(machine.vectorCounts[0x59] <= count + 1)
    }

    @Test func anEdgeIsSentOnce() throws {
        let handler = [0x41] + IOAPICRoutingTests.end + Guest.interruptReturn
        let machine = try Guest.machine(
            routed(9, 0x0059) + Guest.enable + [UInt8](repeating: 0x90, count: 100) + Guest.exit(0),
            handlers: [0x59: handler])
        machine.run(budget: 20)
        machine.setIRQ(9, true)
        #expect(machine.run(budget: 200) == .exit(1))
        #expect(machine.vectorCounts[0x59] == 1)
    }

    @Test func the8259sComeThroughInput0AsExtINT() throws {
        let code =
            routed(0, 0x0700) + Guest.controllers(mask: 0xDF) + Guest.enable + [UInt8](repeating: 0x90, count: 100)
        let machine = try Guest.machine(code, handlers: [0x35: Guest.exit(4)])
        machine.run(budget: 36)
        machine.irq(5)
        #expect(machine.run(budget: 100) == .exit(9))
    }

    @Test func anNMIFromAnInput() throws {
        let machine = try Guest.machine(
            routed(5, 0x0400) + Guest.disable + [UInt8](repeating: 0x90, count: 100), handlers: [2: Guest.exit(4)])
        machine.run(budget: 20)
        machine.irq(5)
        #expect(machine.run(budget: 100) == .exit(9))
    }

    /// Low half of the entry of input 2 and how HLT with IF set ends while the 8254 runs.
    @Test(arguments: [(0x1_0051, "halted"), (0x0051, "budget"), (0x0400, "exit")] as [(UInt32, String)])
    func haltKnowsWhatCanEndIt(low: UInt32, end: String) throws {
        let handlers = [0x51: IOAPICRoutingTests.end + Guest.interruptReturn, 2: Guest.exit(1)] as [UInt8: [UInt8]]
        let machine = try Guest.machine(
            routed(2, low) + Guest.periodic(1000) + Guest.enable + [0xF4, 0xEB, 0xFD], handlers: handlers)
        #expect(machine.run(budget: 1_000_000).name == end)
    }

    @Test func aScheduledNMIThroughAnInputEndsHaltWithoutIF() throws {
        let machine = try Guest.machine(routed(5, 0x0400) + Guest.disable + Guest.halt, handlers: [2: Guest.exit(4)])
        machine.scheduleIRQ(5, at: 100_000)
        #expect(machine.run() == .exit(9))
        #expect(machine.instructionCount == 100_002)
    }

    @Test func the8259sBehindInput0EndHalt() throws {
        let code = routed(0, 0x0700) + Guest.controllers(mask: 0xDF) + Guest.enable + [0xF4, 0xEB, 0xFD]
        let machine = try Guest.machine(code, handlers: [0x35: Guest.exit(4)])
        machine.scheduleIRQ(5, at: 100_000)
        #expect(machine.run(budget: 1_000_000) == .exit(9))
    }

    @Test func slicesAndSnapshotsDoNotMoveAnInterrupt() throws {
        let handler = [0x41] + IOAPICRoutingTests.end + Guest.interruptReturn
        let code = routed(2, 0x0051) + Guest.periodic(1000) + Guest.enable + [0x43, 0xEB, 0xFD]
        let whole = try Guest.machine(code, handlers: [0x51: handler])
        whole.run(until: 1_000_000)
        let sliced = try Guest.machine(code, handlers: [0x51: handler])
        while sliced.instructionCount < 500_000 { sliced.run(budget: 777) }
        let other = try Guest.machine(code, handlers: [:])
        try other.restore(sliced.snapshot())
        other.run(until: 1_000_000)
        #expect(other.digest == whole.digest)
        #expect(other.processor[.ebx] == whole.processor[.ebx])
    }
}
