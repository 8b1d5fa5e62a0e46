/// One entry of the page tables as a walk met it.
public struct PageEntryView: Sendable, Equatable {
    /// Physical address.
    public let address: UInt64
    /// Four bytes, or eight with PAE.
    public let value: UInt64

    /// An entry with its address.
    public init(address: UInt64, value: UInt64) {
        self.address = address
        self.value = value
    }
}

/// What a walk of the page tables finds, without touching anything.
public struct PageWalkResult: Sendable, Equatable {
    /// The page-directory-pointer-table entry, as the processor loaded it. nil without PAE paging.
    public let pointerEntry: PageEntryView?
    /// The page-directory entry; nil with paging off, or if the pointer entry is not present.
    public let directoryEntry: PageEntryView?
    /// The page-table entry; nil for a 2 or 4 MiB page or an absent table.
    public let tableEntry: PageEntryView?
    /// Where the linear address leads; nil if an entry is not present.
    public let physical: PhysicalAddress?
}

extension Processor {
    /// Walks the page tables for an address, ignoring rights, reserved bits and the TLB. No side effects.
    public func translate(_ linear: LinearAddress) -> PageWalkResult {
        guard core.s.pointee.cr0 & CR0.paging != 0 else {
            return PageWalkResult(
                pointerEntry: nil, directoryEntry: nil, tableEntry: nil, physical: PhysicalAddress(linear.value))
        }
        let isExtended = core.s.pointee.cr4 & CR4.physicalAddressExtension != 0
        return isExtended ? walkExtended(linear.value) : walk(linear.value)
    }

    /// SDM Vol. 3A 4.3 "32-Bit Paging".
    private func walk(_ address: UInt32) -> PageWalkResult {
        let directory = entry32((core.s.pointee.cr3 & 0xFFFF_F000) | ((address >> 20) & 0xFFC))
        let hasLargePages = core.s.pointee.cr4 & CR4.pageSizeExtensions != 0
        var table: PageEntryView?
        var physical: UInt64?
        if directory.isPresent, directory.isLarge, hasLargePages {
            physical = directory.value & 0xFFC0_0000 | UInt64(address & 0x3F_FFFF)
        } else if directory.isPresent {
            let entry = entry32(UInt32(directory.value & 0xFFFF_F000) | ((address >> 10) & 0xFFC))
            if entry.isPresent { physical = entry.value & 0xFFFF_F000 | UInt64(address & 0xFFF) }
            table = entry
        }
        return PageWalkResult(
            pointerEntry: nil, directoryEntry: directory, tableEntry: table,
            physical: physical.map(PhysicalAddress.init))
    }

    /// SDM Vol. 3A 4.4.2 "Linear-Address Translation with PAE Paging".
    private func walkExtended(_ address: UInt32) -> PageWalkResult {
        let index = Int(address >> 30)
        let pointer = PageEntryView(
            address: UInt64(core.s.pointee.cr3 & ~31) + UInt64(index) * 8, value: core.s.pointee.pagePointers[index])
        var directory: PageEntryView?
        var table: PageEntryView?
        var physical: UInt64?
        if pointer.isPresent {
            let entry = entry64(pointer.value & ExtendedEntry.address | UInt64((address >> 18) & 0xFF8))
            directory = entry
            if entry.isPresent, entry.isLarge {
                physical = entry.value & ExtendedEntry.largeAddress | UInt64(address & 0x1F_FFFF)
            } else if entry.isPresent {
                let last = entry64(entry.value & ExtendedEntry.address | UInt64((address >> 9) & 0xFF8))
                if last.isPresent { physical = last.value & ExtendedEntry.address | UInt64(address & 0xFFF) }
                table = last
            }
        }
        return PageWalkResult(
            pointerEntry: pointer, directoryEntry: directory, tableEntry: table,
            physical: physical.map(PhysicalAddress.init))
    }

    private func entry32(_ address: UInt32) -> PageEntryView {
        PageEntryView(address: UInt64(address), value: UInt64(memory.readDouble(at: PhysicalAddress(address))))
    }

    private func entry64(_ address: UInt64) -> PageEntryView {
        let low = UInt64(memory.readDouble(at: PhysicalAddress(address)))
        let high = UInt64(memory.readDouble(at: PhysicalAddress(address &+ 4)))
        return PageEntryView(address: address, value: high << 32 | low)
    }

    /// Reads linear memory as a debugger would: no rights, no faults, no side effects. nil if a page is not mapped.
    public func readLinear(_ linear: LinearAddress, count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var address = linear.value
        while bytes.count < count {
            guard let physical = translate(LinearAddress(address)).physical else { return nil }
            let chunk = min(count - bytes.count, Int(0x1000 - (address & 0xFFF)))
            bytes += memory.bytes(at: physical, count: chunk)
            address &+= UInt32(chunk)
        }
        return bytes
    }

    /// Writes linear memory as a debugger would; false, with nothing written, if a page is not mapped.
    public func writeLinear(_ bytes: [UInt8], at linear: LinearAddress) -> Bool {
        guard readLinear(linear, count: bytes.count) != nil else { return false }
        for (index, byte) in bytes.enumerated() {
            let address = LinearAddress(linear.value &+ UInt32(index))
            if let physical = translate(address).physical { memory.write(byte: byte, at: physical) }
        }
        return true
    }
}

extension PageEntryView {
    fileprivate var isPresent: Bool { value & UInt64(PageEntry.present) != 0 }
    fileprivate var isLarge: Bool { value & UInt64(PageEntry.large) != 0 }
}
