import IA32

extension Machine {
    private static let parameters: UInt32 = 0x9_0000
    private static let descriptors: UInt32 = 0x9_1000
    private static let commandLine: UInt32 = 0x9_2000
    private static let commandLineRoom = 0x8000

    /// True if an image has the header of a Linux kernel.
    public static func isLinux(_ image: [UInt8]) -> Bool { LinuxImage.isLinux(ImageReader(image)) }

    /// Loads a Linux bzImage with its command line and initial RAM disk, and leaves the processor at its 32-bit entry
    /// (The Linux/x86 Boot Protocol, "32-bit Boot Protocol"). The machine should be new.
    public func load(linux image: [UInt8], commandLine: String = "", initialDisk: [UInt8] = []) throws(LoadError) {
        let linux = try LinuxImage(ImageReader(image))
        let text = Array(commandLine.utf8)
        let limit = min(linux.commandLineLimit, Machine.commandLineRoom - 1)
        guard text.count <= limit else { throw .commandLineTooLong(text.count, limit: limit) }
        guard linux.workspace.upperBound <= UInt64(memory.byteCount) else {
            throw .outsideMemory(
                "the Linux kernel with what it needs to start", address: linux.workspace.lowerBound,
                end: linux.workspace.upperBound, memory: memory.byteCount)
        }
        let piece = LoadPlan.Piece(
            bytes: linux.kernel, physical: LinuxImage.loadAddress, memorySize: UInt64(linux.kernel.count))
        let plan = LoadPlan(pieces: [piece], entry: linux.entry)
        try plan.validate(memoryBytes: memory.byteCount)
        let disk = try place(initialDisk, linux)
        try enterFlatMode(plan)
        memory.write(initialDisk, at: PhysicalAddress(UInt64(disk.lowerBound)))
        let page = LinuxParameters(
            image: linux, commandLineAddress: Machine.commandLine, initialDisk: disk, memoryBytes: memory.byteCount)
        memory.write(page.bytes, at: PhysicalAddress(UInt64(Machine.parameters)))
        memory.write(text + [0], at: PhysicalAddress(UInt64(Machine.commandLine)))
        writeFirmwareTables(beside: plan)
        enterLinux()
    }

    /// As high as the kernel allows, on a page boundary.
    private func place(_ disk: [UInt8], _ linux: LinuxImage) throws(LoadError) -> Range<UInt32> {
        guard !disk.isEmpty else { return 0..<0 }
        let end = min(UInt64(memory.byteCount), linux.initialDiskEnd)
        let size = UInt64(disk.count)
        guard size <= end, (end - size) & ~0xFFF >= linux.workspace.upperBound else {
            throw .noRoom("the initial RAM disk of \(disk.count) bytes")
        }
        let start = UInt32((end - size) & ~0xFFF)
        return start..<start + UInt32(size)
    }

    /// CS 10h and the others 18h, flat, with a table that has them; ESI is the zero page, IF is 0.
    private func enterLinux() {
        let table: [UInt64] = [0, 0, 0x00CF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF]
        for (index, descriptor) in table.enumerated() {
            let address = UInt64(Machine.descriptors) + UInt64(8 * index)
            memory.write(double: UInt32(truncatingIfNeeded: descriptor), at: PhysicalAddress(address))
            memory.write(double: UInt32(descriptor >> 32), at: PhysicalAddress(address + 4))
        }
        processor.gdtr = (Machine.descriptors, 31)
        processor.setSegment(.cs, selector: 0x10, base: 0, limit: .max, attributes: 0xC9B)
        for name in [SegmentName.es, .ss, .ds, .fs, .gs] {
            processor.setSegment(name, selector: 0x18, base: 0, limit: .max, attributes: 0xC93)
        }
        processor[.esi] = Machine.parameters
        processor[.esp] = Machine.parameters
    }
}
