import IA32
import Testing

@Suite("Interrupts in real-address mode") struct InterruptsRealModeTests {
    private func machine() -> TestMachine {
        let machine = TestMachine()
        machine.enterRealMode()
        for vector in UInt32(0)..<32 { machine.write32(vector * 4, 0x0100_0000 | vector) }
        machine.write32(0x40 * 4, 0x0100_0040)
        return machine
    }

    @Test("INT n pushes FLAGS, CS, IP and clears IF and TF; IRET undoes it") func roundTrip() {
        let machine = machine()
        machine.processor.eflags = 0x202
        machine.write(Code.iret, 0x1040)
        machine.execute(Code.int(0x40))
        #expect(machine.processor.segment(.cs).selector == 0x100 && machine.processor.segment(.cs).base == 0x1000)
        #expect(machine.processor.eip == 0x40)
        #expect(machine.processor[.esp] == 0x6FFA)
        #expect((0..<3).map { machine.read16(0x6FFA + $0 * 2) } == [0x8002, 0, 0x202])
        #expect(machine.processor.eflags == 2)
        machine.run()
        #expect(machine.processor.eip == 0x8002 && machine.processor.segment(.cs).base == 0)
        #expect(machine.processor[.esp] == 0x7000 && machine.processor.eflags == 0x202)
    }

    @Test("an exception pushes no error code") func noErrorCode() {
        let machine = machine()
        machine.execute(Code.ud2)
        #expect(machine.processor.eip == 6)
        #expect(machine.processor[.esp] == 0x6FFA)
        #expect(machine.read16(0x6FFA) == 0x8000)
    }

    @Test("beyond the table: vector 13, at its own IP") func limit() {
        let machine = machine()
        machine.processor.idtr = (base: 0, limit: 0x7F)
        machine.execute(Code.int(0x40))
        #expect(machine.processor.eip == 13)
        #expect(machine.read16(0x6FFA) == 0x8000)
    }

    @Test("an empty table shuts down") func shutdown() {
        let machine = machine()
        machine.processor.idtr = (base: 0, limit: 0)
        machine.write(Code.int(0x40), 0x8000)
        #expect(machine.run(2) == .shutdown)
        #expect(machine.processor.shutdownChain == [13, 8, 13])
    }

    @Test("SP = 0 wraps, SP = 1 does not fit", arguments: [(UInt32(0), true), (2, true), (1, false)])
    func wrap(row: (pointer: UInt32, fits: Bool)) {
        let machine = machine()
        machine.processor[.esp] = row.pointer
        machine.write(Code.int(0x40), 0x8000)
        let exit = machine.run(1)
        #expect((exit == .shutdown) == !row.fits)
        if row.fits { #expect(machine.processor[.esp] == (row.pointer &- 6) & 0xFFFF) }
    }
}
