// PAE paging (SDM Vol. 3A 4.4 "PAE Paging"): four PDPTE registers, then two levels of eight-byte entries.

/// Bits of the eight-byte entries; the low nine are those of `PageEntry` (SDM Vol. 3A 4.4.2, Tables 4-8 to 4-11).
enum ExtendedEntry {
    /// Bits 12-35: the processor has 36 address lines (MAXPHYADDR, SDM Vol. 3A 4.1.4).
    static let address: UInt64 = 0xF_FFFF_F000
    /// Bits 21-35 of an entry that maps 2 MiB.
    static let largeAddress: UInt64 = 0xF_FFE0_0000
    static let noExecute: UInt64 = 1 << 63
    /// Bits 1, 2, 5-8 and 36-63 of a PDPTE (Table 4-8).
    static let pointerReserved: UInt64 = 0xFFFF_FFF0_0000_01E6
    /// Bits 36-62 of the others.
    static let reserved: UInt64 = 0x7FFF_FFF0_0000_0000
    /// Bits 12-20 of an entry that maps 2 MiB; bit 12 because there is no PAT (Table 4-9).
    static let largeReserved: UInt64 = 0x1F_F000
    /// Bit 7 of a page-table entry, because there is no PAT (Table 4-11).
    static let tableReserved: UInt64 = 0x80
}

extension Core {
    /// Whether CR0.PG and CR4.PAE select PAE paging (SDM Vol. 3A 4.1.1 "Three Paging Modes").
    func usesExtendedPaging(_ cr0: UInt32, _ cr4: UInt32) -> Bool {
        cr0 & CR0.paging != 0 && cr4 & CR4.physicalAddressExtension != 0
    }

    private var isNoExecuteEnabled: Bool {
        s.pointee.modelSpecific.extendedFeatures & ExtendedFeature.noExecuteEnable != 0
    }

    /// The four PDPTEs behind a value of CR3. Throws #GP with EXT if a present one has a reserved bit set.
    ///
    /// SDM Vol. 3A 4.4.1 "PDPTE Registers".
    @inline(never) func readPagePointers(_ cr3: UInt32) throws(Fault) -> InlineArray<4, UInt64> {
        let pointers = pagePointers(at: cr3)
        for index in 0..<4 where pointers[index] & UInt64(PageEntry.present) != 0 {
            if pointers[index] & ExtendedEntry.pointerReserved != 0 { throw .protection(s.pointee.externalEvent) }
        }
        return pointers
    }

    private func pagePointers(at cr3: UInt32) -> InlineArray<4, UInt64> {
        var pointers = InlineArray<4, UInt64>(repeating: 0)
        for index in 0..<4 { pointers[index] = readPhysical((cr3 & ~31) &+ UInt32(index) * 8, UInt64.self) }
        return pointers
    }

    /// After a change from outside: loads the PDPTEs, if they are in use, without any check.
    func reloadPagePointers() {
        guard usesExtendedPaging(s.pointee.cr0, s.pointee.cr4) else { return }
        s.pointee.pagePointers = pagePointers(at: s.pointee.cr3)
    }

    /// A task switch that loaded CR3 loads the PDPTEs too (SDM Vol. 3A 4.4.1). Throws #GP in the new task.
    @inline(never) func loadTaskPagePointers() throws(Fault) {
        guard usesExtendedPaging(s.pointee.cr0, s.pointee.cr4) else { return }
        s.pointee.pagePointers = try readPagePointers(s.pointee.cr3)
    }

    /// The walk, then the rights, then A and D; answers a TLB entry's `frame`. Throws #PF.
    ///
    /// SDM Vol. 3A 4.4.2 "Linear-Address Translation with PAE Paging".
    @inline(never) func walkExtended(_ linear: UInt32, _ access: PageAccess) throws(Fault) -> UInt32 {
        // SDM Vol. 3A 4.7 "Page-Fault Exceptions": I/D only with PAE and NXE.
        let code = access.errorCode | (access.isFetch && isNoExecuteEnabled ? 0x10 : 0)
        let pointer = s.pointee.pagePointers[Int(linear >> 30)]
        guard pointer & UInt64(PageEntry.present) != 0 else { throw pageFault(linear, code) }
        let directoryAddress = pointer & ExtendedEntry.address | UInt64((linear >> 18) & 0xFF8)
        let directory = try readEntry(directoryAddress, linear, code, reserved: 0)
        if directory & UInt64(PageEntry.large) != 0 {
            if directory & ExtendedEntry.largeReserved != 0 { throw pageFault(linear, code | 9) }
            try checkExtended(linear, directory, directory, access, code)
            let low = touch(directoryAddress, directory, access.isWrite)
            let page = directory & ExtendedEntry.largeAddress | UInt64(linear & 0x1F_F000)
            return TLBEntry.packed(page) | tlbFlags(low, low) | executeFlag(directory) | TLBEntry.Flags.large
        }
        let tableAddress = directory & ExtendedEntry.address | UInt64((linear >> 9) & 0xFF8)
        let table = try readEntry(tableAddress, linear, code, reserved: ExtendedEntry.tableReserved)
        try checkExtended(linear, directory, table, access, code)
        if directory & UInt64(PageEntry.accessed) == 0 {
            writePhysical(directoryAddress, UInt32(truncatingIfNeeded: directory) | PageEntry.accessed)
        }
        let low = touch(tableAddress, table, access.isWrite)
        return TLBEntry.packed(table & ExtendedEntry.address)
            | tlbFlags(UInt32(truncatingIfNeeded: directory) & low, low) | executeFlag(directory | table)
    }

    /// An entry that is present and has no reserved bit set, else #PF.
    private func readEntry(
        _ address: UInt64, _ linear: UInt32, _ code: UInt32, reserved: UInt64
    ) throws(Fault) -> UInt64 {
        let entry = readPhysical(address, UInt64.self)
        guard entry & UInt64(PageEntry.present) != 0 else { throw pageFault(linear, code) }
        let disabled = isNoExecuteEnabled ? 0 : ExtendedEntry.noExecute
        guard entry & (ExtendedEntry.reserved | disabled | reserved) == 0 else { throw pageFault(linear, code | 9) }
        return entry
    }

    /// SDM Vol. 3A 4.6.1 "Determination of Access Rights": XD in any entry forbids the fetch.
    private func checkExtended(
        _ linear: UInt32, _ directory: UInt64, _ leaf: UInt64, _ access: PageAccess, _ code: UInt32
    ) throws(Fault) {
        try checkRights(linear, UInt32(truncatingIfNeeded: directory & leaf), access, code)
        if access.isFetch, (directory | leaf) & ExtendedEntry.noExecute != 0 { throw pageFault(linear, code | 1) }
    }

    /// Sets A, and D for a write, in the entry that maps the page; answers its low half.
    private func touch(_ address: UInt64, _ entry: UInt64, _ isWrite: Bool) -> UInt32 {
        let low = UInt32(truncatingIfNeeded: entry)
        let updated = low | PageEntry.accessed | (isWrite ? PageEntry.dirty : 0)
        if updated != low { writePhysical(address, updated) }
        return updated
    }

    private func executeFlag(_ entries: UInt64) -> UInt32 {
        entries & ExtendedEntry.noExecute != 0 ? TLBEntry.Flags.noExecute : 0
    }
}
