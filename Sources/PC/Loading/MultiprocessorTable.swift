/// The configuration tables of the MultiProcessor Specification, version 1.4 (Intel order number 242016).
struct MultiprocessorTable {
    /// Where the floating pointer lies; the table follows it.
    static let address: UInt32 = 0xF0100
    /// CPUID signature of a Pentium Pro, and its FPU and APIC feature bits.
    private static let signature: UInt32 = 0x619
    private static let features: UInt32 = 0x201

    /// Number of processors; their local APICs are numbered from 0, the I/O APIC comes after them.
    let processors: UInt8

    /// The floating pointer structure and the configuration table (4.1, 4.2), as they lie at `address`.
    var bytes: [UInt8] {
        var pointer = Array("_MP_".utf8) + MultiprocessorTable.bytes(MultiprocessorTable.address + 16)
        // Length in paragraphs, revision 1.4, checksum, feature bytes: a table is present, virtual-wire mode.
        pointer += [1, 4, 0, 0, 0, 0, 0, 0]
        pointer[10] = MultiprocessorTable.checksum(pointer)
        return pointer + table
    }

    private var table: [UInt8] {
        let entries = self.entries
        let body = entries.flatMap { $0 }
        var header = Array("PCMP".utf8) + MultiprocessorTable.half(UInt16(44 + body.count)) + [4, 0]
        header += Array("TRAPLAB PC          ".utf8)
        header += MultiprocessorTable.bytes(0) + [0, 0] + MultiprocessorTable.half(UInt16(entries.count))
        header += MultiprocessorTable.bytes(0xFEE0_0000) + [0, 0, 0, 0]
        header[7] = MultiprocessorTable.checksum(header + body)
        return header + body
    }

    /// 4.3.1 to 4.3.5: processors, bus 0 (ISA), the I/O APIC, its inputs, LINT0 and LINT1 of every processor.
    private var entries: [[UInt8]] {
        var entries: [[UInt8]] = (0..<processors).map { number in
            [0, number, 0x14, number == 0 ? 3 : 1] + MultiprocessorTable.bytes(MultiprocessorTable.signature)
                + MultiprocessorTable.bytes(MultiprocessorTable.features) + [UInt8](repeating: 0, count: 8)
        }
        entries.append([1, 0] + Array("ISA   ".utf8))
        entries.append([2, processors, 0x11, 1] + MultiprocessorTable.bytes(0xFEC0_0000))
        entries.append([3, 3, 0, 0, 0, 0, processors, 0])  // the 8259s, as ExtINT, on input 0
        for line in 0...15 as ClosedRange<UInt8> where line != 2 {
            entries.append([3, 0, 0, 0, 0, line, processors, line == 0 ? 2 : line])
        }
        entries.append([4, 3, 0, 0, 0, 0, 0xFF, 0])
        entries.append([4, 1, 0, 0, 0, 0, 0xFF, 1])
        return entries
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    private static func half(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

    /// The byte that makes all of them add up to 0.
    private static func checksum(_ bytes: [UInt8]) -> UInt8 { 0 &- bytes.reduce(0, &+) }
}
