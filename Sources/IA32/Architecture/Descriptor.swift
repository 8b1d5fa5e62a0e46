/// One eight-byte entry of the GDT, LDT or IDT (SDM Vol. 3A 3.4.5 "Segment Descriptors").
struct Descriptor {
    /// Bytes 0 to 3.
    var low: UInt32
    /// Bytes 4 to 7.
    var high: UInt32

    var base: UInt32 { (low >> 16) | ((high & 0xFF) << 16) | (high & 0xFF00_0000) }
    /// The limit in bytes, G applied (SDM Vol. 3A 3.4.5, "Segment limit field").
    var limit: UInt32 {
        let raw = (low & 0xFFFF) | (high & 0xF_0000)
        return isGranular ? (raw << 12) | 0xFFF : raw
    }
    /// Access byte in bits 0-7, the nibble G, D/B, L, AVL in bits 8-11.
    var attributes: UInt16 { UInt16(truncatingIfNeeded: ((high >> 8) & 0xFF) | ((high >> 12) & 0xF00)) }
    var access: UInt8 { UInt8(truncatingIfNeeded: high >> 8) }
    var isPresent: Bool { high & 0x8000 != 0 }
    var dpl: UInt8 { UInt8(truncatingIfNeeded: (high >> 13) & 3) }
    /// S = 1: code or data; S = 0: system (SDM Vol. 3A 3.5 "System Descriptor Types").
    var isCodeOrData: Bool { high & 0x1000 != 0 }
    /// The four type bits.
    var type: UInt8 { UInt8(truncatingIfNeeded: (high >> 8) & 0xF) }
    var isCode: Bool { high & 0x1800 == 0x1800 }
    var isData: Bool { high & 0x1800 == 0x1000 }
    var isConforming: Bool { high & 0x1C00 == 0x1C00 }
    var isReadable: Bool { isData || high & 0x0200 != 0 }
    var isWritableData: Bool { isData && high & 0x0200 != 0 }
    var isGranular: Bool { high & 0x80_0000 != 0 }
    /// D (code) or B (data, TSS: unused).
    var is32Bit: Bool { high & 0x40_0000 != 0 }

    /// Gates: the selector, the 32-bit offset and the parameter count (SDM Vol. 3A 5.8.3, 6.11).
    var gateSelector: UInt16 { UInt16(truncatingIfNeeded: low >> 16) }
    var gateOffset: UInt32 { (low & 0xFFFF) | (high & 0xFFFF_0000) }
    var gateParameterCount: UInt32 { high & 0x1F }
}

/// Types of system descriptors (SDM Vol. 3A 3.5, Table 3-2).
enum SystemType {
    static let availableTSS16: UInt8 = 0x1
    static let ldt: UInt8 = 0x2
    static let busyTSS16: UInt8 = 0x3
    static let callGate16: UInt8 = 0x4
    static let taskGate: UInt8 = 0x5
    static let interruptGate16: UInt8 = 0x6
    static let trapGate16: UInt8 = 0x7
    static let availableTSS32: UInt8 = 0x9
    static let busyTSS32: UInt8 = 0xB
    static let callGate32: UInt8 = 0xC
    static let interruptGate32: UInt8 = 0xE
    static let trapGate32: UInt8 = 0xF
}

/// The visible part of a segment register (SDM Vol. 3A 3.4.2 "Segment Selectors").
struct Selector: Equatable {
    var value: UInt16

    init(_ value: UInt16) { self.value = value }

    var rpl: UInt8 { UInt8(truncatingIfNeeded: value & 3) }
    var isLocal: Bool { value & 4 != 0 }
    /// Byte offset of the entry in its table.
    var offset: UInt32 { UInt32(value & 0xFFF8) }
    /// Index 0 of the GDT, any RPL.
    var isNull: Bool { value & 0xFFFC == 0 }
    /// The selector as an error code: RPL cleared (SDM Vol. 3A 6.13 "Error Code").
    var errorCode: UInt32 { UInt32(value & 0xFFFC) }
}
