// LAR, LSL, VERR, VERW: what a program may learn of a selector without a fault
// (SDM Vol. 3A 5.10 "Pointer Validation").

extension Core {
    /// LAR: type, S, DPL, P in bits 8-15, AVL, L, D/B, G in bits 20-23; nil if ZF is to be 0. Throws #UD in real mode, #PF.
    func accessRights(_ selector: UInt16) throws(Fault) -> UInt32? {
        // SDM Vol. 2A "LAR", Table "Segment and Gate Types".
        guard let entry = try visibleDescriptor(selector, systemTypes: 0b0001_1010_0011_1110) else { return nil }
        return entry.high & 0x00F0_FF00
    }

    /// LSL: the limit in bytes; nil if ZF is to be 0. Throws #UD in real mode, #PF.
    func segmentLimit(_ selector: UInt16) throws(Fault) -> UInt32? {
        // SDM Vol. 2A "LSL", Table "Segment and Gate Descriptor Types": LDT and TSS, no gates.
        try visibleDescriptor(selector, systemTypes: 0b0000_1010_0000_1110)?.limit
    }

    /// VERR, VERW: whether the segment could be loaded into DS and read or written. Throws #UD in real mode, #PF.
    func verify(_ selector: UInt16, forWrite: Bool) throws(Fault) -> Bool {
        // SDM Vol. 2B "VERR/VERW": system descriptors answer no; presence is not looked at.
        guard let entry = try visibleDescriptor(selector, systemTypes: 0) else { return false }
        return forWrite ? entry.isWritableData : entry.isReadable
    }

    /// Throws #UD in real-address mode, where LAR, LSL, VERR, VERW, ARPL, LLDT, LTR, SLDT and STR are not recognised.
    func requireProtectedMode() throws(Fault) {
        guard isProtected, !isVirtual8086 else { throw .invalidOpcode }
    }

    /// The descriptor if it exists, has an allowed type (bit n of `systemTypes` for system type n; code and data always)
    /// and is visible at CPL and RPL.
    private func visibleDescriptor(_ value: UInt16, systemTypes: UInt32) throws(Fault) -> Descriptor? {
        try requireProtectedMode()
        let selector = Selector(value)
        guard !selector.isNull, let (entry, _) = try descriptor(selector) else { return nil }
        guard entry.isCodeOrData || systemTypes & (1 << UInt32(entry.type)) != 0 else { return nil }
        return isAccessible(entry, selector) ? entry : nil
    }
}
