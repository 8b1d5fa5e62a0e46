import IA32
import Testing

/// Repeated string instructions: order, direction, widths, faults in the middle, and how they are counted.
@Suite struct ExecuteStringsTests {
    struct Row: Sendable {
        let program: [UInt8]
        let esi: UInt32
        let edi: UInt32
        let ecx: UInt32
        let flags: UInt32
        /// ESI, EDI, ECX afterwards.
        let after: [UInt32]
        let count: UInt64
    }

    static let rows: [Row] = [
        // rep movsb, and with a target one above the source: the first byte is repeated
        Row(
            program: [0xF3, 0xA4], esi: 0x18000, edi: 0x19000, ecx: 16, flags: 2, after: [0x18010, 0x19010, 0],
            count: 16),
        Row(
            program: [0xF3, 0xA4], esi: 0x18000, edi: 0x18001, ecx: 16, flags: 2, after: [0x18010, 0x18011, 0],
            count: 16),
        // over two page ends
        Row(
            program: [0xF3, 0xA5], esi: 0x18F00, edi: 0x1A002, ecx: 2048, flags: 2,
            after: [0x1AF00, 0x1C002, 0], count: 2048),
        // downwards
        Row(
            program: [0xF3, 0xA5], esi: 0x18010, edi: 0x19010, ecx: 4, flags: 0x402, after: [0x18000, 0x19000, 0],
            count: 4),
        Row(program: [0xF3, 0xAB], esi: 0, edi: 0x18FFE, ecx: 3, flags: 2, after: [0, 0x1900A, 0], count: 3),
        // a count of 0 does nothing and counts one
        Row(program: [0xF3, 0xAA], esi: 0, edi: 0x18000, ecx: 0, flags: 2, after: [0, 0x18000, 0], count: 1),
        // 16-bit addresses: CX counts, DI wraps, the upper halves stay
        Row(
            program: [0x67, 0xF3, 0xAA], esi: 0, edi: 0x5_FFFE, ecx: 0x7_0004, flags: 2,
            after: [0, 0x5_0002, 0x7_0000], count: 4),
        // repe cmpsb stops after the first difference, repne scasb after the first match (AL = 0)
        Row(
            program: [0xF3, 0xA6], esi: 0x18000, edi: 0x18100, ecx: 9, flags: 2, after: [0x18003, 0x18103, 6],
            count: 3),
        Row(program: [0xF2, 0xAE], esi: 0, edi: 0x18000, ecx: 9, flags: 2, after: [0, 0x18005, 4], count: 5),
    ]

    @Test(arguments: rows) func repeated(_ row: Row) {
        let machine = TestMachine()
        machine.write([1, 2, 3, 4, 0, 6, 7, 8], 0x18000)
        machine.write([1, 2, 9, 4], 0x18100)
        machine.write(row.program + [0xF4], Place.code)
        machine.processor[.esi] = row.esi
        machine.processor[.edi] = row.edi
        machine.processor[.ecx] = row.ecx
        machine.processor.eflags = row.flags
        let reference = Reference(machine, row)
        let start = machine.processor.instructionCount
        machine.processor.deadline = start + 100_000
        #expect(machine.processor.run() == .halted)
        #expect([machine.processor[.esi], machine.processor[.edi], machine.processor[.ecx]] == row.after)
        #expect(machine.processor.instructionCount - start == row.count + 1)
        #expect(machine.memory.bytes(at: PhysicalAddress(0), count: 0x2_0000) == reference.memory)
    }

    /// What MOVS and STOS leave in memory, element by element.
    struct Reference {
        var memory: [UInt8]

        init(_ machine: TestMachine, _ row: Row) {
            memory = machine.memory.bytes(at: PhysicalAddress(0), count: 0x2_0000)
            let opcode = row.program.last ?? 0
            guard [0xA4, 0xA5, 0xAA, 0xAB].contains(opcode) else { return }
            let mask: UInt32 = row.program[0] == 0x67 ? 0xFFFF : .max
            let size = opcode & 1 == 0 ? 1 : 4
            let step = row.flags & 0x400 == 0 ? size : -size
            for index in 0..<Int(row.ecx & mask) {
                let source = Int(row.esi & mask) + index * step
                let target = Int((row.edi &+ UInt32(bitPattern: Int32(index * step))) & mask)
                for byte in 0..<size { memory[target + byte] = opcode < 0xAA ? memory[source + byte] : 0 }
            }
        }
    }

    @Test func faultInTheMiddleLeavesTheRegistersThere() {
        let machine = PagingTests.machine([0xF3, 0xAB, 0xF4])
        machine.setPage(0x19000, 0)
        machine.processor[.edi] = 0x18FF0
        machine.processor[.ecx] = 10
        machine.processor.hooks = [.pageFault]
        PagingTests.run(machine)
        #expect(machine.host.pageFaults.first?.linear == LinearAddress(0x19000))
        #expect(machine.host.pageFaults.first?.eip == Place.code)
        #expect(machine.processor[.edi] == 0x19000)
        #expect(machine.processor[.ecx] == 6)
    }

    @Test func interruptBetweenIterations() {
        let machine = TestMachine()
        machine.setHandlers()
        machine.write([0xF3, 0xAA, 0xF4], Place.code)
        machine.processor[.edi] = 0x18000
        machine.processor[.ecx] = 1000
        machine.processor.deadline = machine.processor.instructionCount + 100
        #expect(machine.processor.run() == .deadline)
        #expect(machine.processor[.ecx] == 900)
        machine.processor.raiseNMI()
        machine.processor.hooks = [.didDeliver]
        machine.processor.deadline += 10
        _ = machine.processor.run()
        #expect(machine.host.didDeliver.first?.eip == Place.code, "the return address is the instruction itself")
    }
}
