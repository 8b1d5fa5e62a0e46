import IA32
import PC
import Testing

/// NMIs, request lines and scheduled inputs.
struct MachineInputsTests {
    private static let nops = [UInt8](repeating: 0x90, count: 100)

    @Test func nmiArrivesAtOnce() throws {
        let machine = try Guest.machine(MachineInputsTests.nops, handlers: [2: Guest.exit(3)])
        machine.run(budget: 5)
        machine.nmi()
        #expect(machine.run(budget: 50) == .exit(7))
        #expect(machine.vectorCounts[2] == 1)
        #expect(machine.events.map(\.kind) == [.nmi, .delivery, .portWrite, .stop])
    }

    @Test func scheduledInputsComeAtTheirCount() throws {
        let machine = try Guest.machine(MachineInputsTests.nops, handlers: [2: Guest.exit(3)])
        machine.scheduleNMI(at: 40)
        machine.schedule(.irq(5), at: 10)
        machine.scheduleIRQ(3, at: 10)
        #expect(machine.scheduledInputs.map(\.count) == [10, 10, 40])
        #expect(machine.scheduledInputs.map(\.input) == [.irq(5), .irq(3), .nmi])
        #expect(machine.run(budget: 90) == .exit(7))
        #expect(machine.events.first { $0.kind == .nmi }?.instruction == 40)
        #expect(machine.events.first { $0.kind == .delivery }?.instruction == 40)
        #expect(machine.scheduledInputs.isEmpty)
    }

    @Test func anInputFromThePastComesNow() throws {
        let machine = try Guest.machine(MachineInputsTests.nops, handlers: [2: Guest.exit(3)])
        machine.run(budget: 20)
        machine.scheduleNMI(at: 3)
        #expect(machine.run(budget: 50) == .exit(7))
    }

    @Test func aScheduledNMIEndsAHalt() throws {
        let machine = try Guest.machine(Guest.disable + Guest.halt, handlers: [2: Guest.exit(1)])
        machine.scheduleNMI(at: 1_000_000)
        #expect(machine.run() == .exit(3))
        #expect(machine.instructionCount == 1_000_002)
    }

    @Test func port70HoldsNMIsBack() throws {
        let code = Guest.out(0x70, 0x8F) + [0x90, 0x90] + Guest.out(0x70, 0x0F) + MachineInputsTests.nops
        let machine = try Guest.machine(code, handlers: [2: Guest.exit(1)])
        machine.run(budget: 2)
        machine.nmi()
        #expect(machine.run(budget: 2) == .budget)
        #expect(machine.vectorCounts[2] == 0)
        #expect(machine.run(budget: 20) == .exit(3))
    }

    @Test(arguments: Array(0..<16))
    func eachLineReachesItsVector(line: Int) throws {
        let vector = UInt8(0x30 + line)
        let code = Guest.controllers(mask: 0, slaveMask: 0) + Guest.enable + MachineInputsTests.nops
        let machine = try Guest.machine(code, handlers: [vector: Guest.disable + Guest.halt])
        machine.run(budget: 22)
        machine.irq(line)
        let reason = machine.run(budget: 50)
        #expect(reason == (line == 2 ? .budget : .halted), "line 2 is the cascade")
        #expect(machine.vectorCounts[Int(vector)] == (line == 2 ? 0 : 1))
        #expect(!machine.devices.interruptControllers.line(line), "the edge is over once acknowledged")
    }

    @Test(arguments: [-1, 16, 1000])
    func otherLinesDoNothing(line: Int) throws {
        let machine = try Guest.machine(MachineInputsTests.nops)
        machine.irq(line)
        machine.setIRQ(line, true)
        #expect(machine.eventCount == 0)
    }

    @Test func aLevelStandsUntilItIsTakenAway() throws {
        let machine = try Guest.machine(Guest.controllers(mask: 0) + MachineInputsTests.nops)
        machine.run(budget: 20)
        machine.setIRQ(5, true)
        #expect(machine.devices.interruptControllers.interruptRequested)
        machine.setIRQ(5, false)
        #expect(!machine.devices.interruptControllers.interruptRequested)
    }

    @Test func serialBytesCanBeRead() throws {
        // MOV DX, 3F8h; IN AL, DX; OUT F4h, AL
        let machine = try Guest.machine(Guest.halt + [0x66, 0xBA, 0xF8, 0x03, 0xEC, 0xE6, 0xF4])
        #expect(machine.run() == .halted)
        machine.schedule(.serial(0x21), at: machine.instructionCount)
        machine.nmi()
        #expect(machine.devices.serial.lineStatus & 1 == 0, "it comes when the machine runs")
        machine.processor.idtr = (0, 0)
        machine.run(budget: 1)
        #expect(machine.devices.serial.lineStatus & 1 == 1)
    }
}
