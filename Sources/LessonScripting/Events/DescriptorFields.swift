import IA32
import LuaHost

/// The fields of an 8-byte descriptor or gate, for a script.
struct DescriptorFields {
    let raw: UInt64

    var access: UInt8 { UInt8(truncatingIfNeeded: raw >> 40) }
    var isPresent: Bool { access & 0x80 != 0 }
    var privilege: UInt8 { access >> 5 & 3 }
    var isSystem: Bool { access & 0x10 == 0 }
    var selector: UInt16 { UInt16(truncatingIfNeeded: raw >> 16) }
    var gateOffset: UInt32 { UInt32(truncatingIfNeeded: raw & 0xFFFF | raw >> 32 & 0xFFFF_0000) }
    var base: UInt32 { UInt32(truncatingIfNeeded: raw >> 16 & 0xFF_FFFF | raw >> 32 & 0xFF00_0000) }
    var limit: UInt32 {
        let value = UInt32(truncatingIfNeeded: raw & 0xFFFF | raw >> 32 & 0xF_0000)
        return raw >> 55 & 1 != 0 ? value << 12 | 0xFFF : value
    }

    /// System descriptor types (SDM Vol. 3A 3.5, Table 3-2 "System-Segment and Gate-Descriptor Types").
    var type: String {
        guard isSystem else {
            if access & 8 != 0 { return access & 4 != 0 ? "conforming code" : "code" }
            return access & 4 != 0 ? "expand-down data" : "data"
        }
        switch access & 0xF {
        case 1: return "tss16"
        case 2: return "ldt"
        case 3: return "tss16 busy"
        case 4: return "call16"
        case 5: return "task"
        case 6: return "interrupt16"
        case 7: return "trap16"
        case 9: return "tss32"
        case 11: return "tss32 busy"
        case 12: return "call32"
        case 14: return "interrupt32"
        case 15: return "trap32"
        default: return "reserved"
        }
    }

    var isTaskGate: Bool { access & 0x1F == 5 }

    /// As a gate of the IDT.
    var gateTable: LuaTable {
        LuaTable(fields: [
            "raw": .integer(Int64(bitPattern: raw)), "access": .integer(Int64(access)), "type": .string(type),
            "selector": .integer(Int64(selector)), "offset": .integer(Int64(gateOffset)),
            "dpl": .integer(Int64(privilege)), "present": .boolean(isPresent),
        ])
    }

    /// As a descriptor of the GDT or LDT.
    var segmentTable: LuaTable {
        var fields: [String: LuaValue] = [
            "raw": .integer(Int64(bitPattern: raw)), "access": .integer(Int64(access)), "type": .string(type),
            "base": .integer(Int64(base)), "limit": .integer(Int64(limit)), "dpl": .integer(Int64(privilege)),
            "present": .boolean(isPresent), "big": .boolean(raw >> 54 & 1 != 0),
        ]
        if isSystem && access & 0x5 == 1 { fields["busy"] = .boolean(access & 2 != 0) }
        return LuaTable(fields: fields)
    }
}
