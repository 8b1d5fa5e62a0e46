// LGDT, LIDT, LLDT, LTR (SDM Vol. 3A 2.8.1 "Loading and Storing System Registers").

extension Core {
    /// LGDT; for 16-bit operands the caller has masked the base to 24 bits. Throws #GP(0) unless CPL is 0.
    func loadGlobalTable(base: UInt32, limit: UInt16) throws(Fault) {
        try requireSupervisor()
        s.pointee.gdtBase = base
        s.pointee.gdtLimit = UInt32(limit)
    }

    /// LIDT; as `loadGlobalTable`.
    func loadInterruptTable(base: UInt32, limit: UInt16) throws(Fault) {
        try requireSupervisor()
        s.pointee.idtBase = base
        s.pointee.idtLimit = UInt32(limit)
    }

    /// LLDT (SDM Vol. 2A "LLDT"). Throws #UD in real mode, #GP, #NP, #PF.
    func loadLocalDescriptorTable(_ value: UInt16) throws(Fault) {
        try requireProtectedMode()
        try requireSupervisor()
        let selector = Selector(value)
        // A null selector makes every reference to the LDT invalid.
        if selector.isNull { return setSegment(.ldtr, .null(value)) }
        let (entry, _) = try systemDescriptor(selector)
        guard entry.type == SystemType.ldt else { throw .protection(selector.errorCode) }
        guard entry.isPresent else { throw .notPresent(selector.errorCode) }
        setSegment(.ldtr, SegmentRegister(selector: value, descriptor: entry))
    }

    /// LTR: marks the TSS busy, switches no task (SDM Vol. 2A "LTR", Vol. 3A 7.2.4). Throws as LLDT.
    func loadTaskRegister(_ value: UInt16) throws(Fault) {
        try requireProtectedMode()
        try requireSupervisor()
        let selector = Selector(value)
        if selector.isNull { throw .protection(0) }
        let (entry, address) = try systemDescriptor(selector)
        guard entry.type == SystemType.availableTSS32 || entry.type == SystemType.availableTSS16 else {
            throw .protection(selector.errorCode)
        }
        guard entry.isPresent else { throw .notPresent(selector.errorCode) }
        try setBusy(true, at: address)
        let busy = Descriptor(low: entry.low, high: entry.high | 0x200)
        setSegment(.tr, SegmentRegister(selector: value, descriptor: busy))
    }

    /// A system descriptor, which must be in the GDT: TI set, or outside the limit, or code or data is #GP(selector)
    /// (SDM Vol. 2A "LLDT", "LTR"; Vol. 3A 7.2.2 "TSS Descriptor").
    private func systemDescriptor(_ selector: Selector) throws(Fault) -> (entry: Descriptor, address: UInt32) {
        guard !selector.isLocal, let found = try descriptor(selector), !found.entry.isCodeOrData else {
            throw .protection(selector.errorCode)
        }
        return found
    }
}
