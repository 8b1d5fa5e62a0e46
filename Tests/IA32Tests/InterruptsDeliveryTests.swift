import IA32
import Testing

@Suite("Interrupt and exception delivery") struct InterruptsDeliveryTests {
    private func machine(ring: UInt8 = 0) -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enter(ring: ring)
        return machine
    }
    private func handler(_ vector: UInt8) -> UInt32 { Place.handlers + UInt32(vector) * 16 }

    @Test("a fault pushes RF and its own EIP") func faultFrame() {
        let machine = machine()
        machine.processor.eflags = 0x4AD7 & ~0x100
        machine.execute(Code.ud2)
        #expect(machine.processor.eip == handler(6))
        #expect(machine.processor[.esp] == Place.stack0 - 12)
        #expect(machine.stackItems(3) == [Place.code, UInt32(Sel.code0), 0x1_4AD7 & ~0x100])
        // Interrupt gate: IF and NT are clear.
        #expect(machine.processor.eflags == 0x08D7 & ~0x100)
        #expect(machine.processor.depth == 1)
    }

    @Test("page fault: error code, CR2, frame", arguments: [UInt8(0), 3])
    func pageFault(ring: UInt8) {
        let machine = machine(ring: ring)
        machine.enablePaging()
        machine.unmap(Interrupts.unmapped)
        let esp = machine.processor[.esp]
        machine.processor.hooks = [.pageFault, .didDeliver]
        machine.execute([0xA3] + little(Interrupts.unmapped + 8))
        #expect(machine.processor.eip == handler(14))
        #expect(machine.processor.cr2 == Interrupts.unmapped + 8)
        let code: UInt32 = ring == 3 ? 6 : 2
        #expect(machine.stackItem(0) == code)
        #expect(machine.stackItem(1) == Place.code)
        #expect(machine.stackItem(3) == 0x1_0002)
        #expect(machine.host.pageFaults.map(\.errorCode) == [code])
        #expect(machine.host.didDeliver.first?.cr2 == Interrupts.unmapped + 8)
        if ring == 3 {
            #expect(machine.processor[.esp] == Place.stack0 - 24)
            #expect(machine.stackItems(6)[4...] == [esp, UInt32(Sel.data3)])
            #expect(machine.processor.segment(.ss).selector == Sel.data0)
        } else {
            #expect(machine.processor[.esp] == esp - 16)
        }
        #expect(machine.processor.cpl == 0)
    }

    @Test("trap gate leaves IF, interrupt gate clears it", arguments: [UInt8(0x8E), 0x8F])
    func gateTypes(access: UInt8) {
        let machine = machine()
        machine.setGate(0x40, TestMachine.gate(Sel.code0, Place.target, access: access))
        machine.processor.eflags = 0x202
        machine.execute(Code.int(0x40))
        #expect(machine.processor.eip == Place.target)
        #expect(machine.stackItems(3) == [Place.code + 2, UInt32(Sel.code0), 0x202])
        #expect(machine.processor.eflags == (access == 0x8F ? 0x202 : 2))
    }

    @Test("16-bit gate pushes words") func gate16() {
        let machine = machine(ring: 3)
        machine.setGate(0x40, TestMachine.gate(Sel.code0, 0x9_4000, access: 0xE6))
        machine.execute(Code.int(0x40))
        #expect(machine.processor.eip == 0x4000)
        #expect(machine.processor[.esp] == Place.stack0 - 10)
        let words = (0..<5).map { machine.read16(Place.stack0 - 10 + $0 * 2) }
        #expect(words == [UInt16(truncatingIfNeeded: Place.code) + 2, Sel.code3, 2, 0, Sel.data3])
    }

    @Test("conforming handler keeps CPL and the stack") func conforming() {
        let machine = machine(ring: 3)
        machine.setDescriptor(Sel.free, TestMachine.segment(access: 0x9E))
        machine.setGate(0x40, TestMachine.gate(Sel.free, Place.target, access: 0xEE))
        machine.execute(Code.int(0x40))
        #expect(machine.processor.cpl == 3)
        #expect(machine.processor.segment(.cs).selector == Sel.free | 3)
        #expect(machine.processor[.esp] == Place.stack3 - 12)
        #expect(machine.access(Sel.free) == 0x9F)
    }

    @Test("INT n with a vector that has error codes pushes none") func noErrorCode() {
        let machine = machine()
        machine.execute(Code.int(13))
        #expect(machine.processor[.esp] == Place.stack0 - 12)
        #expect(machine.records(.delivery).first?.detail == UInt32(DeliverySource.softwareInterrupt.rawValue))
    }

    @Test("INT3 and INTO through DPL 3 gates", arguments: [(UInt8(0xCC), UInt8(3)), (0xCE, 4)])
    func shortForms(opcode: UInt8, vector: UInt8) {
        let machine = machine(ring: 3)
        machine.setGate(vector, TestMachine.gate(Sel.code0, Place.target, access: 0xEE))
        machine.processor.eflags = 0x802
        machine.execute([opcode])
        #expect(machine.processor.eip == Place.target)
        #expect(machine.stackItem(0) == Place.code + 1)
        #expect(machine.stackItem(2) == 0x802)
    }

    @Test("an external interrupt needs IF") func maskable() {
        let machine = machine()
        machine.host.interruptVectors = [0x41]
        machine.processor.setInterruptLine(true)
        machine.execute([0x90, 0xFB, 0x90, 0x90], count: 2)
        #expect(machine.delivered.isEmpty)
        machine.run(1)
        // The instruction after STI still runs.
        #expect(machine.delivered.isEmpty)
        machine.run(1)
        #expect(machine.delivered == [0x41])
        #expect(machine.read32(Place.stack0 - 12) == Place.code + 3)
        #expect(machine.read32(Place.stack0 - 4) == 0x202)
    }

    @Test("single step: trap after the instruction, BS in DR6, TF off in the handler") func singleStep() {
        let machine = machine()
        machine.write(Code.readDR6 + Code.hlt, handler(1))
        machine.processor.eflags = 0x102
        machine.write(Code.nop + Code.nop, Place.code)
        machine.run(3)
        #expect(machine.delivered == [1])
        #expect(machine.stackItems(3) == [Place.code + 1, UInt32(Sel.code0), 0x102])
        #expect(machine.processor[.eax] & 0xE000 == 0x4000)
        #expect(machine.processor.eflags & 0x100 == 0)
        #expect(machine.records(.delivery).first?.detail == UInt32(DeliverySource.trap.rawValue))
    }

    @Test("no single-step trap after INT n") func stepOverInt() {
        let machine = machine()
        machine.processor.eflags = 0x102
        machine.write(Code.int(0x40), Place.code)
        machine.run(2)
        #expect(machine.delivered == [0x40])
        #expect(machine.stackItem(2) == 0x102)
    }

    @Test("record of a delivery") func record() throws {
        let machine = machine(ring: 3)
        machine.execute([0xF4])
        let record = try #require(machine.records(.delivery).first)
        #expect(record.vector == 13 && record.value == 0 && record.eip == Place.code)
        #expect(record.cs == Sel.code3 && record.newCS == Sel.code0)
        #expect(record.detail == UInt32(DeliverySource.fault.rawValue) | 3 << 8 | 1 << 16)
    }

    @Test("suppressed and stopped deliveries change nothing", arguments: [DeliveryVerdict.suppress, .stop])
    func verdicts(verdict: DeliveryVerdict) {
        let machine = machine()
        machine.processor.hooks = [.willDeliver, .didDeliver]
        machine.host.verdict = verdict
        machine.write(Code.int(0x40) + Code.nop, Place.code)
        let exit = machine.run(2)
        #expect(exit == (verdict == .stop ? .stopRequested : .deadline))
        #expect(machine.processor.eip == Place.code + (verdict == .stop ? 0 : 3))
        #expect(machine.processor[.esp] == Place.stack0)
        #expect(machine.delivered.isEmpty && machine.host.didDeliver.isEmpty)
        #expect(machine.processor.depth == 0)
    }
}
