import IA32
import Testing

@Suite("NMI blocking") struct InterruptsNonMaskableTests {
    private func machine() -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        return machine
    }

    @Test("one NMI is latched until IRET") func latch() {
        let machine = machine()
        machine.write(Code.nop + Code.nop + Code.iret, Place.handlers + 0x20)
        machine.write([UInt8](repeating: 0x90, count: 16), Place.code)
        machine.processor.raiseNMI()
        machine.run(1)
        #expect(machine.delivered == [2])
        #expect(machine.processor.isNMIBlocked)
        machine.processor.raiseNMI()
        machine.processor.raiseNMI()
        machine.run(1)
        #expect(machine.delivered == [2] && machine.processor.isNMIPending)
        machine.run(1)
        #expect(machine.records(.interruptReturn).count == 1)
        #expect(!machine.processor.isNMIBlocked)
        machine.run(4)
        #expect(machine.delivered == [2, 2])
        machine.run(8)
        #expect(machine.delivered == [2, 2])
    }

    @Test("the nested handler's IRET unblocks, whatever it returns from") func nestedReturn() {
        let machine = machine()
        machine.write(Code.int3 + Code.nop + Code.nop, Place.handlers + 0x20)
        machine.write(Code.iret, Place.handlers + 0x30)
        machine.write(Code.nop, Place.code)
        machine.processor.raiseNMI()
        machine.run(1)
        #expect(machine.processor.isNMIBlocked)
        machine.run(1)
        #expect(!machine.processor.isNMIBlocked)
        #expect(machine.processor.eip == Place.handlers + 0x21)
        #expect(machine.processor.depth == 1)
    }

    @Test("INT 2 and INTR with vector 2 do not block", arguments: [true, false])
    func vectorTwo(isSoftware: Bool) {
        let machine = machine()
        if !isSoftware { machine.interrupt(2) }
        machine.execute(isSoftware ? Code.int(2) : Code.nop, count: 1)
        #expect(machine.delivered == [2])
        #expect(!machine.processor.isNMIBlocked)
    }

    @Test("a faulting IRET unblocks") func faultingReturn() {
        let machine = machine()
        machine.write([0x6A, 0x00, 0x6A, 0x00, 0x6A, 0x00] + Code.iret, Place.handlers + 0x20)
        machine.write(Code.nop, Place.code)
        machine.processor.raiseNMI()
        machine.run(3)
        #expect(machine.processor.isNMIBlocked)
        machine.run(2)
        #expect(machine.delivered == [2, 13])
        #expect(!machine.processor.isNMIBlocked)
        #expect(machine.stackItem(1) == Place.handlers + 0x26)
    }
}
