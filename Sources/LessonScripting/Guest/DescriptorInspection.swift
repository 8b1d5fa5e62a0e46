import IA32
import LuaHost

/// Looks at descriptor tables, TSSs and page tables without side effects.
struct DescriptorInspection {
    let processor: Processor

    init(_ processor: Processor) { self.processor = processor }

    /// Gate `vector` of the IDT; nil beyond its limit or when it is not mapped.
    func gate(_ vector: UInt8) -> DescriptorFields? {
        let table = processor.idtr
        guard UInt32(vector) * 8 + 7 <= UInt32(table.limit) else { return nil }
        return read(table.base &+ UInt32(vector) * 8)
    }

    /// The descriptor of a selector, in the GDT or the LDT.
    func descriptor(_ selector: UInt16) -> DescriptorFields? {
        let offset = UInt32(selector & 0xFFF8)
        if selector & 4 != 0 {
            let table = processor.segment(.ldtr)
            return offset + 7 <= table.limit && !table.isNull ? read(table.base &+ offset) : nil
        }
        let table = processor.gdtr
        return offset + 7 <= UInt32(table.limit) ? read(table.base &+ offset) : nil
    }

    private func read(_ address: UInt32) -> DescriptorFields? {
        processor.readLinear(LinearAddress(address), count: 8).map { bytes in
            DescriptorFields(raw: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    private static let tssFields: [(name: String, offset: Int, bytes: Int)] = [
        ("backlink", 0x00, 2), ("esp0", 0x04, 4), ("ss0", 0x08, 2), ("esp1", 0x0C, 4), ("ss1", 0x10, 2),
        ("esp2", 0x14, 4), ("ss2", 0x18, 2), ("cr3", 0x1C, 4), ("eip", 0x20, 4), ("eflags", 0x24, 4), ("eax", 0x28, 4),
        ("ecx", 0x2C, 4), ("edx", 0x30, 4), ("ebx", 0x34, 4), ("esp", 0x38, 4), ("ebp", 0x3C, 4), ("esi", 0x40, 4),
        ("edi", 0x44, 4), ("es", 0x48, 2), ("cs", 0x4C, 2), ("ss", 0x50, 2), ("ds", 0x54, 2), ("fs", 0x58, 2),
        ("gs", 0x5C, 2), ("ldt", 0x60, 2), ("debug_trap", 0x64, 2), ("io_map", 0x66, 2),
    ]

    /// The fields of a 32-bit TSS (SDM Vol. 3A 7.2.1 "Task-State Segment (TSS)"); nil when it is not mapped.
    func taskState(at address: UInt32) -> LuaTable? {
        guard let bytes = processor.readLinear(LinearAddress(address), count: 0x68) else { return nil }
        var table = LuaTable(fields: ["address": .integer(Int64(address))])
        for field in DescriptorInspection.tssFields {
            let slice = bytes[field.offset..<field.offset + field.bytes]
            table.fields[field.name] = .integer(slice.reversed().reduce(0) { $0 << 8 | Int64($1) })
        }
        return table
    }

    /// What the page tables say about a linear address (SDM Vol. 3A 4.3 "32-Bit Paging", 4.4 "PAE Paging").
    func walk(_ address: UInt32) -> LuaTable {
        let result = processor.translate(LinearAddress(address))
        var fields: [String: LuaValue] = ["present": .boolean(result.physical != nil)]
        if let physical = result.physical { fields["physical"] = .integer(Int64(clamping: physical.value)) }
        var rights: UInt64 = 0x6
        if let entry = result.pointerEntry {
            fields["pdpte"] = .integer(Int64(bitPattern: entry.value))
            fields["pdpte_address"] = .integer(Int64(bitPattern: entry.address))
        }
        if let entry = result.directoryEntry {
            fields["pde"] = .integer(Int64(bitPattern: entry.value))
            fields["pde_address"] = .integer(Int64(bitPattern: entry.address))
            fields["large"] = .boolean(entry.value & 0x81 == 0x81)
            rights &= entry.value
        }
        if let entry = result.tableEntry {
            fields["pte"] = .integer(Int64(bitPattern: entry.value))
            fields["pte_address"] = .integer(Int64(bitPattern: entry.address))
            rights &= entry.value
        }
        if let last = result.tableEntry ?? result.directoryEntry {
            fields["accessed"] = .boolean(last.value & 0x20 != 0)
            fields["dirty"] = .boolean(last.value & 0x40 != 0)
        }
        fields["writable"] = .boolean(result.physical != nil && rights & 2 != 0)
        fields["user"] = .boolean(result.physical != nil && rights & 4 != 0)
        return LuaTable(fields: fields)
    }
}
