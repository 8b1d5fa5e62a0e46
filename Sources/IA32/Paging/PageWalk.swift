/// What a linear access is for, as far as paging cares (SDM Vol. 3A 4.6 "Access Rights").
struct PageAccess {
    var isWrite: Bool
    /// CPL 3 and not an implicit supervisor access (descriptor tables, TSS, inner stack).
    var isUser: Bool
    /// An instruction fetch: a page with XD refuses it.
    var isFetch = false

    /// The error code of a #PF, without P, RSVD and I/D (SDM Vol. 3A 4.7 "Page-Fault Exceptions").
    var errorCode: UInt32 { (isWrite ? 2 : 0) | (isUser ? 4 : 0) }
}

/// Bits of page-directory and page-table entries (SDM Vol. 3A 4.3, Tables 4-4 to 4-6).
enum PageEntry {
    static let present: UInt32 = 1
    static let writable: UInt32 = 2
    static let user: UInt32 = 4
    static let accessed: UInt32 = 0x20
    static let dirty: UInt32 = 0x40
    static let large: UInt32 = 0x80
    static let global: UInt32 = 0x100
    /// Bits 13-21 of a 4 MiB entry, reserved without PSE-36.
    static let largeReserved: UInt32 = 0x003F_E000
}

extension Core {
    /// Linear to physical through the TLB and, on a miss or a lack of rights, the page tables.
    ///
    /// Throws #PF with the address in `faultAddress`. Sets A and D (SDM Vol. 3A 4.8 "Accessed and Dirty Flags").
    func translate(_ linear: UInt32, _ access: PageAccess) throws(Fault) -> UInt64 {
        let entry = tlbEntry(linear)
        if entry.pointee.linearPage != linear & 0xFFFF_F000 || !permits(entry.pointee.frame, access) {
            entry.pointee = try fill(linear, access)
            noteFilled(linear)
        }
        establishTags(entry, isWrite: access.isWrite)
        return entry.pointee.page | UInt64(linear & 0xFFF)
    }

    private func permits(_ frame: UInt32, _ access: PageAccess) -> Bool {
        if access.isUser, frame & TLBEntry.Flags.user == 0 { return false }
        if access.isFetch, frame & TLBEntry.Flags.noExecute != 0 { return false }
        guard access.isWrite else { return true }
        if frame & TLBEntry.Flags.dirty == 0 { return false }
        return frame & TLBEntry.Flags.writable != 0
            || (!access.isUser && s.pointee.cr0 & CR0.writeProtect == 0)
    }

    /// A fresh entry from the page tables, or the identity when paging is off.
    private func fill(_ linear: UInt32, _ access: PageAccess) throws(Fault) -> TLBEntry {
        var entry = TLBEntry()
        entry.linearPage = linear & 0xFFFF_F000
        guard s.pointee.cr0 & CR0.paging != 0 else {
            entry.frame = entry.linearPage | TLBEntry.Flags.writable | TLBEntry.Flags.user | TLBEntry.Flags.dirty
            return entry
        }
        let isExtended = s.pointee.cr4 & CR4.physicalAddressExtension != 0
        entry.frame = isExtended ? try walkExtended(linear, access) : try walk(linear, access)
        return entry
    }

    /// SDM Vol. 3A 4.3 "32-Bit Paging": the walk, then the rights, then A and D.
    private func walk(_ linear: UInt32, _ access: PageAccess) throws(Fault) -> UInt32 {
        let directoryAddress = (s.pointee.cr3 & 0xFFFF_F000) | ((linear >> 20) & 0xFFC)
        let directoryEntry = readPhysical(directoryAddress, UInt32.self)
        guard directoryEntry & PageEntry.present != 0 else { throw pageFault(linear, access.errorCode) }
        if directoryEntry & PageEntry.large != 0, s.pointee.cr4 & CR4.pageSizeExtensions != 0 {
            if directoryEntry & PageEntry.largeReserved != 0 { throw pageFault(linear, access.errorCode | 9) }
            try checkRights(linear, directoryEntry, access, access.errorCode)
            let updated = directoryEntry | PageEntry.accessed | (access.isWrite ? PageEntry.dirty : 0)
            if updated != directoryEntry { writePhysical(directoryAddress, updated) }
            return (directoryEntry & 0xFFC0_0000) | (linear & 0x003F_F000) | tlbFlags(updated, updated)
                | TLBEntry.Flags.large
        }
        let tableAddress = (directoryEntry & 0xFFFF_F000) | ((linear >> 10) & 0xFFC)
        let tableEntry = readPhysical(tableAddress, UInt32.self)
        guard tableEntry & PageEntry.present != 0 else { throw pageFault(linear, access.errorCode) }
        try checkRights(linear, directoryEntry & tableEntry, access, access.errorCode)
        if directoryEntry & PageEntry.accessed == 0 {
            writePhysical(directoryAddress, directoryEntry | PageEntry.accessed)
        }
        let updated = tableEntry | PageEntry.accessed | (access.isWrite ? PageEntry.dirty : 0)
        if updated != tableEntry { writePhysical(tableAddress, updated) }
        return (tableEntry & 0xFFFF_F000) | tlbFlags(directoryEntry & tableEntry, updated)
    }

    func tlbFlags(_ rights: UInt32, _ leaf: UInt32) -> UInt32 {
        (rights & PageEntry.writable != 0 ? TLBEntry.Flags.writable : 0)
            | (rights & PageEntry.user != 0 ? TLBEntry.Flags.user : 0)
            | (leaf & PageEntry.dirty != 0 ? TLBEntry.Flags.dirty : 0)
            | (leaf & PageEntry.global != 0 && s.pointee.cr4 & CR4.pageGlobalEnable != 0
                ? TLBEntry.Flags.global : 0)
    }

    /// SDM Vol. 3A 4.6.1 "Determination of Access Rights".
    func checkRights(_ linear: UInt32, _ rights: UInt32, _ access: PageAccess, _ code: UInt32) throws(Fault) {
        if access.isUser, rights & PageEntry.user == 0 { throw pageFault(linear, code | 1) }
        guard access.isWrite, rights & PageEntry.writable == 0 else { return }
        if access.isUser || s.pointee.cr0 & CR0.writeProtect != 0 { throw pageFault(linear, code | 1) }
    }

    /// The fault also drops the page's translation (SDM Vol. 3A 4.10.4.1 "Operations that Invalidate TLBs").
    func pageFault(_ linear: UInt32, _ code: UInt32) -> Fault {
        s.pointee.faultAddress = linear
        let entry = tlbEntry(linear)
        if entry.pointee.linearPage == linear & 0xFFFF_F000 { entry.pointee = TLBEntry() }
        return .page(code)
    }

    /// Lets later accesses of the kinds that the entry permits take the fast path, if the page is plain RAM.
    private func establishTags(_ entry: TLBPointer, isWrite: Bool) {
        let frame = entry.pointee.frame
        let page = entry.pointee.linearPage
        guard s.pointee.memory.contains(entry.pointee.page, 4096) else { return }
        if s.pointee.dataBreakpoints != 0, isBreakpointPage(page) { return }
        let index = Int(entry.pointee.page >> 12)
        let isUser = frame & TLBEntry.Flags.user != 0 && !isAlignmentMasked
        entry.pointee.addend = s.pointee.memory.host(frame & 0xFFFF_F000).value &- UInt(page)
        entry.pointee.readTagSupervisor = page
        entry.pointee.readTagUser = isUser ? page : TLBEntry.noTag
        if isWrite { s.pointee.memory.pageFlags[index] |= PageFlags.dirty }
        let isPlain = s.pointee.memory.pageFlags[index] == PageFlags.dirty && !s.pointee.isWatching
        let isWritable = frame & TLBEntry.Flags.writable != 0
        let isOpen = isPlain && frame & TLBEntry.Flags.dirty != 0
        let supervisorMay = isOpen && (isWritable || s.pointee.cr0 & CR0.writeProtect == 0)
        entry.pointee.writeTagSupervisor = supervisorMay ? page : TLBEntry.noTag
        entry.pointee.writeTagUser = isOpen && isWritable && isUser ? page : TLBEntry.noTag
    }

    /// MOV to CR3, a task switch, a change of CR0.PG, CR4.PSE...: drops every entry that is not global.
    func flushTLB(includingGlobal: Bool = false) {
        let kept = includingGlobal || s.pointee.cr4 & CR4.pageGlobalEnable == 0 ? 0 : TLBEntry.Flags.global
        for word in 0..<TLBEntry.count / 64 where s.pointee.filledEntries[word] != 0 {
            s.pointee.filledEntries[word] = flushEntries(of: word, unless: kept)
        }
        changeTranslationEpoch()
    }

    /// Empties the filled entries of 64 that have none of the flags; answers which of them stay.
    private func flushEntries(of word: Int, unless kept: UInt32) -> UInt64 {
        var filled = s.pointee.filledEntries[word]
        var staying: UInt64 = 0
        while filled != 0 {
            let entry = s.pointee.tlb + (word * 64 + filled.trailingZeroBitCount)
            if entry.pointee.frame & kept != 0 {
                staying |= filled & (0 &- filled)
            } else {
                entry.pointee = TLBEntry()
            }
            filled &= filled &- 1
        }
        return staying
    }

    /// Records that the entry of an address is in use.
    private func noteFilled(_ linear: UInt32) {
        let index = Int((linear >> 12) & UInt32(TLBEntry.count - 1))
        s.pointee.filledEntries[index >> 6] |= 1 << UInt64(index & 63)
    }

    /// INVLPG, global or not; a piece of a 2 or 4 MiB page takes its siblings along (SDM Vol. 3A 4.10.4.1).
    func invalidatePage(_ linear: UInt32) {
        let entry = tlbEntry(linear)
        if entry.pointee.linearPage == linear & 0xFFFF_F000 {
            if entry.pointee.frame & TLBEntry.Flags.large != 0 { invalidateLargePage(linear) }
            entry.pointee = TLBEntry()
        } else if s.pointee.cr4 & (CR4.pageSizeExtensions | CR4.physicalAddressExtension) != 0 {
            invalidateLargePage(linear)
        }
        changeTranslationEpoch()
    }

    private func invalidateLargePage(_ linear: UInt32) {
        let shift: UInt32 = s.pointee.cr4 & CR4.physicalAddressExtension != 0 ? 21 : 22
        for index in 0..<TLBEntry.count {
            let entry = s.pointee.tlb[index]
            if entry.frame & TLBEntry.Flags.large != 0, entry.linearPage >> shift == linear >> shift {
                s.pointee.tlb[index] = TLBEntry()
            }
        }
    }

    /// Makes every access take the slow path once; the translations stay. Never visible to a guest.
    func dropTags() {
        for index in 0..<TLBEntry.count { s.pointee.tlb[index].dropTags() }
    }
}
