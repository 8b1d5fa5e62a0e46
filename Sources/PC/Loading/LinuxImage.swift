/// A bzImage (The Linux/x86 Boot Protocol, "The Real-Mode Kernel Header").
struct LinuxImage {
    /// Where a bzImage's protected-mode part is loaded.
    static let loadAddress: UInt32 = 0x10_0000
    private static let headerStart = 0x1F1

    /// The setup header, from offset 1F1h on.
    let header: ArraySlice<UInt8>
    /// The protected-mode part.
    let kernel: ArraySlice<UInt8>
    /// 32-bit entry point.
    let entry: UInt32
    /// Most bytes of command line, without the zero that ends it.
    let commandLineLimit: Int
    /// Highest address that the end of the initial RAM disk may have, exclusive.
    let initialDiskEnd: UInt64
    /// Physical memory that the kernel uses before it can look at the memory map.
    let workspace: Range<UInt64>

    static func isLinux(_ image: ImageReader) -> Bool {
        image.word(0x1FE) == 0xAA55 && image.double(0x202) == 0x5372_6448
    }

    init(_ image: ImageReader) throws(LoadError) {
        guard LinuxImage.isLinux(image) else { throw .notLinux }
        guard let version = image.word(0x206), let flags = image.byte(0x211), let sectors = image.byte(0x1F1),
            let jump = image.byte(0x201), let start = image.double(0x214)
        else { throw .truncated("the Linux setup header") }
        guard version >= 0x0202 else {
            let shown = "\(version >> 8).\(version & 0xFF < 10 ? "0" : "")\(version & 0xFF)"
            throw .unsupportedLinux("its boot protocol is \(shown), at least 2.02 is needed")
        }
        guard flags & 1 != 0 else { throw .unsupportedLinux("it is a zImage, which loads below 1 MiB") }
        // The short jump at 200h leads over the header.
        let end = max(0x202 + Int(jump), 0x22C)
        guard end <= 0x290, let header = image.slice(UInt64(LinuxImage.headerStart), UInt64(end - 0x1F1)) else {
            throw .truncated("the Linux setup header")
        }
        let setupBytes = UInt64(sectors == 0 ? 4 : sectors) * 512 + 512
        guard UInt64(image.count) > setupBytes, let kernel = image.slice(setupBytes, UInt64(image.count) - setupBytes)
        else { throw .truncated("the real-mode part of the Linux kernel") }
        self.header = header
        self.kernel = kernel
        entry = start
        commandLineLimit = version >= 0x0206 ? Int(image.double(0x238) ?? 255) : 255
        initialDiskEnd = version >= 0x0203 ? UInt64(image.double(0x22C) ?? 0x37FF_FFFF) + 1 : 0x3800_0000
        workspace = LinuxImage.workspace(image, version, kernel.count)
    }

    /// From protocol 2.10 on a kernel moves to its preferred address and needs `init_size` bytes there.
    private static func workspace(_ image: ImageReader, _ version: UInt16, _ count: Int) -> Range<UInt64> {
        let loaded = UInt64(loadAddress)..<UInt64(loadAddress) + UInt64(count)
        guard version >= 0x020A, let low = image.double(0x258), let size = image.double(0x260) else { return loaded }
        let start = max(UInt64(low), loaded.lowerBound)
        return loaded.lowerBound..<max(start + UInt64(size), loaded.upperBound)
    }
}
