// Loading ES, SS, DS, FS and GS: MOV, POP, LDS and its kin (SDM Vol. 2B "MOV", Vol. 3A 5.6 "Privilege Level Checking
// When Accessing Data Segments").

extension Core {
    /// Loads a data or stack segment register. Throws #GP, #NP, #SS with the selector, #PF for the tables.
    func loadSegment(_ number: UInt8, _ selector: UInt16) throws(Fault) {
        guard !usesRealSegments else { return loadRealSegment(number, selector) }
        let value =
            number == SegmentName.ss.rawValue
            ? try stackSegment(Selector(selector)) : try dataSegment(Selector(selector))
        replaceSegment(number, value)
    }

    /// Real-address mode: the base follows the selector, the access byte becomes that of writable data; the limit and
    /// the D/B bit stay as they were (SDM Vol. 3A 9.9.2 "Switching Back to Real-Address Mode", 20.1.1).
    func loadRealSegment(_ number: UInt8, _ selector: UInt16) {
        if isVirtual8086 { return replaceSegment(number, .virtual8086(selector)) }
        let old = segment(number).pointee
        replaceSegment(
            number,
            SegmentRegister(
                selector: selector, base: UInt32(selector) << 4, limit: old.isUsable != 0 ? old.limit : 0xFFFF,
                attributes: (old.attributes & 0xF00) | 0x93))
    }

    private func replaceSegment(_ number: UInt8, _ value: SegmentRegister) {
        guard let name = SegmentName(rawValue: number) else { return }
        setSegment(name, value)
    }

    /// The checks for SS at the current CPL, in the manual's order.
    private func stackSegment(_ selector: Selector) throws(Fault) -> SegmentRegister {
        // SDM Vol. 3A 5.4.1 "Null Segment Selector Checking".
        if selector.isNull { throw .protection(0) }
        guard let (entry, address) = try descriptor(selector) else { throw .protection(selector.errorCode) }
        // SDM Vol. 3A 5.7 "Privilege Level Checking When Loading the SS Register".
        let cpl = s.pointee.cpl
        guard selector.rpl == cpl, entry.isWritableData, entry.dpl == cpl else {
            throw .protection(selector.errorCode)
        }
        guard entry.isPresent else { throw .stack(selector.errorCode) }
        return try loadedSegment(selector, entry, address)
    }

    /// The checks for DS, ES, FS and GS, in the manual's order.
    private func dataSegment(_ selector: Selector) throws(Fault) -> SegmentRegister {
        // SDM Vol. 3A 3.4.2 "Segment Selectors": a null selector may be loaded, not used.
        if selector.isNull { return .null(selector.value) }
        guard let (entry, address) = try descriptor(selector) else { throw .protection(selector.errorCode) }
        // SDM Vol. 3A 5.4 "Type Checking": data, or code that can be read.
        guard entry.isCodeOrData, entry.isReadable else { throw .protection(selector.errorCode) }
        // SDM Vol. 3A 5.6: conforming code is accessible from everywhere.
        guard isAccessible(entry, selector) else { throw .protection(selector.errorCode) }
        guard entry.isPresent else { throw .notPresent(selector.errorCode) }
        return try loadedSegment(selector, entry, address)
    }

    /// CPL and RPL do not exceed DPL, or the segment is conforming code (SDM Vol. 3A 5.6, 5.6.1).
    func isAccessible(_ entry: Descriptor, _ selector: Selector) -> Bool {
        entry.isConforming || (selector.rpl <= entry.dpl && s.pointee.cpl <= entry.dpl)
    }

    /// Sets the accessed bit in memory and answers the register that the descriptor makes. Throws #PF.
    func loadedSegment(
        _ selector: Selector, _ entry: Descriptor, _ address: UInt32
    ) throws(Fault) -> SegmentRegister {
        try setAccessed(entry, at: address)
        return SegmentRegister(
            selector: selector.value, descriptor: Descriptor(low: entry.low, high: entry.high | 0x100))
    }
}
