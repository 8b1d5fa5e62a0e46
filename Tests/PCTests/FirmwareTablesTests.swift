import IA32
import PC
import Testing

/// What a kernel without firmware finds: the BIOS data area and the MP tables.
struct FirmwareTablesTests {
    private func booted() throws -> Machine {
        let machine = try Machine()
        try machine.load(multiboot: ImageBuilder.kernel(Guest.halt))
        return machine
    }

    private func sum(_ machine: Machine, _ address: UInt64, _ count: Int) -> UInt8 {
        machine.memory.bytes(at: PhysicalAddress(address), count: count).reduce(0, &+)
    }

    @Test func biosDataArea() throws {
        let memory = try booted().memory
        #expect(memory.readWord(at: PhysicalAddress(0x40E)) == 0x9FC0)
        #expect(memory.readWord(at: PhysicalAddress(0x413)) == 639)
    }

    @Test func floatingPointerAndTable() throws {
        let machine = try booted()
        let found = stride(from: UInt64(0xF0000), to: 0x10_0000, by: 16).filter {
            machine.memory.bytes(at: PhysicalAddress($0), count: 4) == Array("_MP_".utf8)
        }
        let pointer = try #require(found.first)
        #expect(found.count == 1)
        #expect(sum(machine, pointer, 16) == 0)
        let table = UInt64(machine.memory.readDouble(at: PhysicalAddress(pointer + 4)))
        #expect(machine.memory.bytes(at: PhysicalAddress(table), count: 4) == Array("PCMP".utf8))
        let length = Int(machine.memory.readWord(at: PhysicalAddress(table + 4)))
        #expect(sum(machine, table, length) == 0)
        #expect(machine.memory.readDouble(at: PhysicalAddress(table + 36)) == 0xFEE0_0000)
    }

    /// Walks the entries as a kernel does.
    @Test func entries() throws {
        let machine = try booted()
        let table: UInt64 = 0xF0110
        let length = UInt64(machine.memory.readWord(at: PhysicalAddress(table + 4)))
        var kinds: [UInt8: Int] = [:]
        var lines: [UInt8: UInt8] = [:]
        var place = table + 44
        while place < table + length {
            let entry = machine.memory.bytes(at: PhysicalAddress(place), count: 8)
            kinds[entry[0], default: 0] += 1
            if entry[0] == 3 && entry[1] == 0 { lines[entry[5]] = entry[7] }
            place += entry[0] == 0 ? 20 : 8
        }
        #expect(place == table + length)
        #expect(kinds == [0: 1, 1: 1, 2: 1, 3: 16, 4: 2])
        #expect(kinds.values.reduce(0, +) == Int(machine.memory.readWord(at: PhysicalAddress(table + 34))))
        #expect(lines[0] == 2 && lines[2] == nil && lines[14] == 14 && lines.count == 15)
    }

    @Test func aKernelThatLiesThereIsLeftAlone() throws {
        var builder = ImageBuilder()
        builder.segments = [
            .init(bytes: ImageBuilder.multiboot() + Guest.halt),
            .init(bytes: [UInt8](repeating: 0x5A, count: 4096), virtual: 0xF0000, physical: 0xF0000),
        ]
        builder.entry = 0x10_000C
        let machine = try Machine()
        try machine.load(multiboot: builder.file)
        #expect(machine.memory.bytes(at: PhysicalAddress(0xF0000), count: 4096).allSatisfy { $0 == 0x5A })
    }
}
