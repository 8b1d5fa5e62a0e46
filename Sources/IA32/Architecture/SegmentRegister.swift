/// A segment register: selector and hidden part, with the bounds that the fast path compares against.
///
/// 32 bytes; keep the layout: `readEnd` and `writeEnd` are read by every memory operation.
struct SegmentRegister {
    /// One past the last offset that a plain read may touch; 0 sends every access to the slow, exact check.
    var readEnd: UInt64
    /// The same for writes.
    var writeEnd: UInt64
    var base: UInt32
    /// Limit in bytes, G applied.
    var limit: UInt32
    var selector: UInt16
    /// Access byte in bits 0-7; G, D/B, L, AVL in bits 8-11.
    var attributes: UInt16
    /// 1 if the hidden part holds a usable descriptor; 0 after a null selector was loaded.
    var isUsable: UInt8
    var padding: UInt8 = 0
    var padding2: UInt16 = 0

    init(selector: UInt16, base: UInt32, limit: UInt32, attributes: UInt16, isUsable: Bool = true) {
        self.selector = selector
        self.base = base
        self.limit = limit
        self.attributes = attributes
        self.isUsable = isUsable ? 1 : 0
        readEnd = 0
        writeEnd = 0
        computeBounds()
    }

    init(selector: UInt16, descriptor: Descriptor) {
        self.init(
            selector: selector, base: descriptor.base, limit: descriptor.limit,
            attributes: descriptor.attributes)
    }

    /// A null selector in DS, ES, FS, GS or LDTR: every access faults (SDM Vol. 3A 3.4.2).
    static func null(_ selector: UInt16) -> SegmentRegister {
        SegmentRegister(selector: selector, base: 0, limit: 0, attributes: 0, isUsable: false)
    }

    /// Real-address mode: base is selector * 16, limit and rights stay (SDM Vol. 3A 20.1.1).
    static func real(_ selector: UInt16) -> SegmentRegister {
        SegmentRegister(selector: selector, base: UInt32(selector) << 4, limit: 0xFFFF, attributes: 0x93)
    }

    var isPresent: Bool { attributes & 0x80 != 0 }
    var dpl: UInt8 { UInt8(truncatingIfNeeded: (attributes >> 5) & 3) }
    var type: UInt8 { UInt8(truncatingIfNeeded: attributes & 0xF) }
    var isCodeOrData: Bool { attributes & 0x10 != 0 }
    var isCode: Bool { attributes & 0x18 == 0x18 }
    var isConforming: Bool { attributes & 0x1C == 0x1C }
    var isExpandDown: Bool { attributes & 0x1C == 0x14 }
    var isReadable: Bool { isUsable != 0 && isCodeOrData && (!isCode || attributes & 2 != 0) }
    var isWritable: Bool { isUsable != 0 && isCodeOrData && !isCode && attributes & 2 != 0 }
    /// D/B: 32-bit default size, 32-bit stack, or 4 GiB upper bound of an expand-down segment.
    var is32Bit: Bool { attributes & 0x400 != 0 }

    /// Refreshes the fast bounds after any change of the fields above.
    mutating func computeBounds() {
        // A 4 GiB segment has no end that a 32-bit offset can cross: addresses wrap.
        let end: UInt64 = limit == .max ? 1 << 33 : UInt64(limit) + 1
        readEnd = isReadable && !isExpandDown ? end : 0
        writeEnd = isWritable && !isExpandDown ? end : 0
    }
}
