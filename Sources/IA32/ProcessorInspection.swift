/// What a walk of the page tables finds, without touching anything.
public struct PageWalkResult: Sendable, Equatable {
    /// Physical address of the page-directory entry, and the entry. nil with paging off.
    public let directoryEntry: (address: UInt32, value: UInt32)?
    /// The page-table entry; nil for a 4 MiB page or an absent table.
    public let tableEntry: (address: UInt32, value: UInt32)?
    /// Where the linear address leads; nil if an entry is not present.
    public let physical: PhysicalAddress?

    public static func == (a: PageWalkResult, b: PageWalkResult) -> Bool {
        a.physical == b.physical && a.directoryEntry?.value == b.directoryEntry?.value
            && a.tableEntry?.value == b.tableEntry?.value && a.directoryEntry?.address == b.directoryEntry?.address
            && a.tableEntry?.address == b.tableEntry?.address
    }
}

extension Processor {
    /// Walks the page tables for an address, ignoring rights and the TLB. No side effects.
    public func translate(_ linear: LinearAddress) -> PageWalkResult {
        let address = linear.value
        guard core.s.pointee.cr0 & CR0.paging != 0 else {
            return PageWalkResult(directoryEntry: nil, tableEntry: nil, physical: PhysicalAddress(address))
        }
        let directoryAddress = (core.s.pointee.cr3 & 0xFFFF_F000) | ((address >> 20) & 0xFFC)
        let directory = memory.readDouble(at: PhysicalAddress(directoryAddress))
        let first = (directoryAddress, directory)
        guard directory & PageEntry.present != 0 else {
            return PageWalkResult(directoryEntry: first, tableEntry: nil, physical: nil)
        }
        if directory & PageEntry.large != 0, core.s.pointee.cr4 & CR4.pageSizeExtensions != 0 {
            let physical = (directory & 0xFFC0_0000) | (address & 0x3F_FFFF)
            return PageWalkResult(directoryEntry: first, tableEntry: nil, physical: PhysicalAddress(physical))
        }
        let tableAddress = (directory & 0xFFFF_F000) | ((address >> 10) & 0xFFC)
        let table = memory.readDouble(at: PhysicalAddress(tableAddress))
        let isPresent = table & PageEntry.present != 0
        let physical = (table & 0xFFFF_F000) | (address & 0xFFF)
        return PageWalkResult(
            directoryEntry: first, tableEntry: (tableAddress, table),
            physical: isPresent ? PhysicalAddress(physical) : nil)
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
