/// The zero page that a Linux kernel finds at ESI (The Linux/x86 Boot Protocol, "The Zero Page").
struct LinuxParameters {
    static let byteCount = 4096

    let image: LinuxImage
    let commandLineAddress: UInt32
    let initialDisk: Range<UInt32>
    let memoryBytes: Int

    var bytes: [UInt8] {
        var page = [UInt8](repeating: 0, count: LinuxParameters.byteCount)
        func put(_ value: UInt64, at offset: Int, bytes: Int) {
            for index in 0..<bytes { page[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
        }
        page.replaceSubrange(0x1F1..<0x1F1 + image.header.count, with: image.header)
        let extended = UInt64(max(memoryBytes - 0x10_0000, 0) >> 10)
        put(min(extended, 0xFFFF), at: 0x02, bytes: 2)
        put(extended, at: 0x1E0, bytes: 4)
        // Video: mode 3, 80 columns, 25 rows, 16 lines a character, a VGA.
        for (offset, value) in [(0x06, 3), (0x07, 80), (0x0A, 3), (0x0E, 25), (0x0F, 1), (0x10, 16)] as [(Int, UInt8)] {
            page[offset] = value
        }
        put(0xFFFF, at: 0x1FA, bytes: 2)  // vid_mode: normal
        page[0x210] = 0xFF  // type_of_loader: none that has a number
        page[0x211] |= 0x01
        put(UInt64(initialDisk.lowerBound), at: 0x218, bytes: 4)
        put(UInt64(initialDisk.count), at: 0x21C, bytes: 4)
        put(UInt64(commandLineAddress), at: 0x228, bytes: 4)
        let regions = MemoryRegion.map(memoryBytes: memoryBytes)
        page[0x1E8] = UInt8(regions.count)
        for (index, region) in regions.enumerated() {
            put(region.base, at: 0x2D0 + 20 * index, bytes: 8)
            put(region.length, at: 0x2D8 + 20 * index, bytes: 8)
            put(UInt64(region.type), at: 0x2E0 + 20 * index, bytes: 4)
        }
        return page
    }
}
