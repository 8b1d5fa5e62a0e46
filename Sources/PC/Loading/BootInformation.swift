/// A file handed to a multiboot kernel.
public struct BootModule: Sendable, Equatable {
    /// Contents of the file.
    public var bytes: [UInt8]
    /// Text the kernel finds with it.
    public var commandLine: String

    /// Makes a module.
    public init(bytes: [UInt8], commandLine: String = "") {
        self.bytes = bytes
        self.commandLine = commandLine
    }
}

/// The information structure that a kernel finds at EBX (Multiboot Specification 3.3 "Boot information format").
struct BootInformation {
    /// The value of EAX.
    static let loaderMagic: UInt32 = 0x2BAD_B002
    static let textLimit = 65_536
    private static let loaderName = "TrapLab"
    private static let fixedSize = 120
    /// mem_*, cmdline, mods_*, mmap_*, boot_loader_name.
    private static let flags: UInt32 = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9

    let commandLine: String
    /// Physical start and end of each module, and its command line.
    let modules: [(start: UInt32, end: UInt32, commandLine: String)]
    let memoryBytes: Int

    private var regions: [MemoryRegion] { MemoryRegion.map(memoryBytes: memoryBytes) }

    /// The structure with everything it points to, as it lies at physical address `address`.
    func bytes(at address: UInt32) -> [UInt8] {
        let mapSize = regions.count * 24
        let mapStart = BootInformation.fixedSize
        let moduleStart = mapStart + mapSize
        var block = [UInt8](repeating: 0, count: moduleStart + modules.count * 16)
        func place(_ value: UInt32, at offset: Int) {
            for index in 0..<4 { block[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
        }
        func append(_ text: String) -> UInt32 {
            let start = address + UInt32(block.count)
            block += Array(text.utf8) + [0]
            return start
        }
        place(BootInformation.flags, at: 0)
        place(UInt32(min(memoryBytes, 0x9FC00) >> 10), at: 4)
        place(UInt32(max(memoryBytes - 0x10_0000, 0) >> 10), at: 8)
        place(append(commandLine), at: 16)
        place(UInt32(modules.count), at: 20)
        place(address + UInt32(moduleStart), at: 24)
        place(UInt32(mapSize), at: 44)
        place(address + UInt32(mapStart), at: 48)
        place(append(BootInformation.loaderName), at: 64)
        for (index, region) in regions.enumerated() {
            let entry = mapStart + index * 24
            let words = [
                20, UInt32(region.base), UInt32(region.base >> 32), UInt32(region.length),
                UInt32(region.length >> 32), region.type,
            ]
            for (word, value) in words.enumerated() { place(value, at: entry + 4 * word) }
        }
        for (index, module) in modules.enumerated() {
            let entry = moduleStart + index * 16
            place(module.start, at: entry)
            place(module.end, at: entry + 4)
            place(append(module.commandLine), at: entry + 8)
        }
        return block
    }
}
