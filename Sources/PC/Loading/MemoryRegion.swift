/// A range of physical addresses as firmware reports it (ACPI Specification 15 "System Address Map Interfaces").
struct MemoryRegion {
    var base: UInt64
    var length: UInt64
    /// 1 usable, 2 reserved.
    var type: UInt32

    /// Start of the extended BIOS data area, the last KiB below 640 KiB.
    static let extendedData: UInt64 = 0x9FC00

    /// The map of a machine with `memoryBytes` of RAM.
    static func map(memoryBytes: Int) -> [MemoryRegion] {
        let size = UInt64(memoryBytes)
        var regions = [MemoryRegion(base: 0, length: min(size, extendedData), type: 1)]
        func add(_ base: UInt64, to end: UInt64, _ type: UInt32) {
            guard size > base else { return }
            regions.append(MemoryRegion(base: base, length: min(size, end) - base, type: type))
        }
        add(extendedData, to: 0xA0000, 2)
        add(0xF0000, to: 0x10_0000, 2)
        add(0x10_0000, to: .max, 1)
        return regions
    }
}
