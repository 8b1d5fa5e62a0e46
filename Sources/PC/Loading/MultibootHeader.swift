/// The header by which a kernel is recognised (Multiboot Specification, version 0.6.96, 3.1 "OS image format").
struct MultibootHeader {
    /// Offset in the file.
    let offset: Int
    let flags: UInt32
    private let fields: [UInt32]

    static let magic: UInt32 = 0x1BAD_B002
    private static let searchLimit = 8192
    private static let usesAddressFields: UInt32 = 1 << 16
    /// Bits 0 (modules on page boundaries) and 1 (memory information) are honoured, bit 2 (video mode) as a wish;
    /// other bits below 16 would be requirements that this loader does not know.
    private static let knownRequirements: UInt32 = 0b111

    /// Finds the header: aligned to four bytes, wholly in the first 8192 bytes, with a sum of zero.
    init(_ image: ImageReader) throws(LoadError) {
        let end = min(image.count, MultibootHeader.searchLimit) - 12
        for offset in stride(from: 0, through: max(end, -1), by: 4)
        where image.double(offset) == MultibootHeader.magic {
            guard let flags = image.double(offset + 4), let sum = image.double(offset + 8) else { continue }
            guard MultibootHeader.magic &+ flags &+ sum == 0 else { continue }
            self.offset = offset
            self.flags = flags
            fields = (0..<5).compactMap { image.double(offset + 12 + 4 * $0) }
            let unknown = flags & 0xFFFF & ~MultibootHeader.knownRequirements
            guard unknown == 0 else { throw .unsupportedMultibootFlags(unknown) }
            return
        }
        throw .notMultiboot
    }

    /// What the address fields say to load, if they are in use (flag bit 16).
    func plan(_ image: ImageReader) throws(LoadError) -> LoadPlan? {
        guard flags & MultibootHeader.usesAddressFields != 0 else { return nil }
        guard fields.count == 5 else { throw .truncated("the address fields of the multiboot header") }
        let (header, load, loadEnd, bssEnd, entry) = (fields[0], fields[1], fields[2], fields[3], fields[4])
        guard load <= header else { throw .badAddressFields("load_addr is above header_addr") }
        guard UInt64(header - load) <= UInt64(offset) else {
            throw .badAddressFields("the image would begin before the file")
        }
        let start = UInt64(offset) - UInt64(header - load)
        guard loadEnd == 0 || loadEnd >= load else { throw .badAddressFields("load_end_addr is below load_addr") }
        let size = loadEnd == 0 ? UInt64(image.count) - start : UInt64(loadEnd - load)
        guard let bytes = image.slice(start, size) else { throw .truncated("the part that load_end_addr names") }
        let end = bssEnd == 0 ? UInt64(load) + size : UInt64(bssEnd)
        guard end >= UInt64(load) + size else { throw .badAddressFields("bss_end_addr is below load_end_addr") }
        let piece = LoadPlan.Piece(bytes: bytes, physical: load, memorySize: end - UInt64(load))
        return LoadPlan(pieces: [piece], entry: entry)
    }
}
