// GDT, LDT and IDT entries in memory. Implicit accesses are supervisor accesses (SDM Vol. 3A 4.6 "Access Rights").

extension Core {
    /// The entry that a selector names, with its linear address; nil outside the table's limit or without an LDT.
    /// Throws #PF.
    func descriptor(_ selector: Selector) throws(Fault) -> (entry: Descriptor, address: UInt32)? {
        guard let address = descriptorAddress(selector) else { return nil }
        let low = try readLinear(address, UInt32.self, user: false)
        let high = try readLinear(address &+ 4, UInt32.self, user: false)
        return (Descriptor(low: low, high: high), address)
    }

    /// Where the entry lies; nil if its last byte is outside the limit (SDM Vol. 3A 3.5.1).
    func descriptorAddress(_ selector: Selector) -> UInt32? {
        if selector.isLocal {
            let table = segment(.ldtr).pointee
            guard table.isUsable != 0, selector.offset + 7 <= table.limit else { return nil }
            return table.base &+ selector.offset
        }
        guard selector.offset + 7 <= s.pointee.gdtLimit else { return nil }
        return s.pointee.gdtBase &+ selector.offset
    }

    /// Sets the accessed bit of a code or data descriptor if it is clear (SDM Vol. 3A 3.4.5.1). Throws #PF.
    func setAccessed(_ entry: Descriptor, at address: UInt32) throws(Fault) {
        guard entry.high & 0x100 == 0 else { return }
        let byte = UInt8(truncatingIfNeeded: entry.high >> 8) | 1
        try writeLinear(address &+ 5, byte, user: false)
    }

    /// Sets or clears the busy bit (bit 1 of the type) of a TSS descriptor (SDM Vol. 3A 7.2.2). Throws #PF.
    func setBusy(_ isBusy: Bool, at address: UInt32) throws(Fault) {
        let access = try readLinear(address &+ 5, UInt8.self, user: false)
        try writeLinear(address &+ 5, isBusy ? access | 2 : access & ~2, user: false)
    }
}
