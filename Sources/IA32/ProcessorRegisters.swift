/// A segment register as it stands: selector and hidden part (SDM Vol. 3A 3.4.3 "Segment Registers").
public struct SegmentView: Sendable, Equatable {
    public let selector: UInt16
    public let base: UInt32
    /// Limit in bytes, G applied.
    public let limit: UInt32
    /// Access byte in bits 0-7; G, D/B, L, AVL in bits 8-11.
    public let attributes: UInt16
    /// Loaded with a null selector: every access faults.
    public let isNull: Bool
}

extension Processor {
    /// A general register.
    public subscript(_ register: GeneralRegister) -> UInt32 {
        get { core.read32(register.rawValue) }
        set { core.write32(register.rawValue, newValue) }
    }

    /// EIP of the next instruction, or inside a host callback of the one that is executing.
    public var eip: UInt32 {
        get {
            core.s.pointee.operation == core.s.pointee.blockEnd ? core.s.pointee.eip : core.operationEIP
        }
        set {
            core.s.pointee.eip = newValue
            core.s.pointee.operation = core.s.pointee.blockEnd
        }
    }

    /// All of EFLAGS; writing ignores undefined bits.
    public var eflags: UInt32 {
        get { core.eflags }
        set { core.setEFLAGS(newValue, mask: EFLAGS.defined) }
    }

    public var cpl: UInt8 { core.s.pointee.cpl }

    /// CR0. Writing sets it raw, without checks, and drops what was derived from the old value.
    public var cr0: UInt32 {
        get { core.s.pointee.cr0 }
        set {
            core.s.pointee.cr0 = newValue
            core.reloadPagePointers()
            core.flushTLB(includingGlobal: true)
        }
    }
    public var cr2: UInt32 {
        get { core.s.pointee.cr2 }
        set { core.s.pointee.cr2 = newValue }
    }
    /// CR3. Writing flushes the TLB as MOV to CR3 does.
    public var cr3: UInt32 {
        get { core.s.pointee.cr3 }
        set {
            core.s.pointee.cr3 = newValue
            core.reloadPagePointers()
            core.flushTLB()
        }
    }
    public var cr4: UInt32 {
        get { core.s.pointee.cr4 }
        set {
            core.s.pointee.cr4 = newValue
            core.refreshBreakpoints()
            core.reloadPagePointers()
            core.flushTLB(includingGlobal: true)
        }
    }
    /// A model-specific register by number; nil if it does not exist or cannot be read.
    public func modelSpecificRegister(_ number: UInt32) -> UInt64? {
        number == MSR.timeStampCounter ? core.timeStamp(core.instructionCount) : core.modelSpecificValue(number)
    }
    /// A debug register, 0 to 7.
    public func debugRegister(_ number: Int) -> UInt32 { core.s.pointee.dr[number & 7] }

    public func segment(_ name: SegmentName) -> SegmentView {
        let register = core.segment(name).pointee
        return SegmentView(
            selector: register.selector, base: register.base, limit: register.limit,
            attributes: register.attributes, isNull: register.isUsable == 0)
    }

    /// Sets a segment register's visible and hidden part without any check, for loaders and tests. CS also sets CPL
    /// to the DPL of its attributes in protected mode.
    public func setSegment(_ name: SegmentName, selector: UInt16, base: UInt32, limit: UInt32, attributes: UInt16) {
        let register = SegmentRegister(selector: selector, base: base, limit: limit, attributes: attributes)
        core.setSegment(name, register)
        if name == .cs { core.setCPL(core.isProtected ? register.dpl : 0) }
    }

    /// Flat 4 GiB ring-0 segments: CS 08h, the others 10h; the state multiboot loaders promise.
    public func loadFlatSegments() {
        setSegment(.cs, selector: 0x08, base: 0, limit: .max, attributes: 0xC9B)
        for name in [SegmentName.es, .ss, .ds, .fs, .gs] {
            setSegment(name, selector: 0x10, base: 0, limit: .max, attributes: 0xC93)
        }
    }

    public var gdtr: (base: UInt32, limit: UInt16) {
        get { (core.s.pointee.gdtBase, UInt16(truncatingIfNeeded: core.s.pointee.gdtLimit)) }
        set {
            core.s.pointee.gdtBase = newValue.base
            core.s.pointee.gdtLimit = UInt32(newValue.limit)
        }
    }
    public var idtr: (base: UInt32, limit: UInt16) {
        get { (core.s.pointee.idtBase, UInt16(truncatingIfNeeded: core.s.pointee.idtLimit)) }
        set {
            core.s.pointee.idtBase = newValue.base
            core.s.pointee.idtLimit = UInt32(newValue.limit)
        }
    }
}
