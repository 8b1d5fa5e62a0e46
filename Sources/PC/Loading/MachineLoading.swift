import IA32

extension Machine {
    /// Loads a multiboot-1 kernel with its command line and modules, and leaves the processor at its entry
    /// (Multiboot Specification 3.2 "Machine state"). The machine should be new.
    public func load(
        multiboot image: [UInt8], commandLine: String = "", modules: [BootModule] = []
    ) throws(LoadError) {
        let reader = ImageReader(image)
        let header = try MultibootHeader(reader)
        let plan = try Machine.plan(reader, header)
        try plan.validate(memoryBytes: memory.byteCount)
        let textSize = modules.reduce(commandLine.utf8.count) { $0 + $1.commandLine.utf8.count }
        guard textSize <= BootInformation.textLimit else { throw .textTooLong(textSize) }

        let placed = try place(modules, above: plan.end)
        let information = BootInformation(
            commandLine: commandLine, modules: placed.ranges, memoryBytes: memory.byteCount)
        let size = UInt64(information.bytes(at: 0).count)
        let address = try room(for: size, plan, above: placed.end)
        try enterFlatMode(plan)
        for (module, range) in zip(modules, placed.ranges) {
            memory.write(module.bytes, at: PhysicalAddress(UInt64(range.start)))
        }
        memory.write(information.bytes(at: address), at: PhysicalAddress(UInt64(address)))
        writeFirmwareTables(beside: plan)
        processor[.eax] = BootInformation.loaderMagic
        processor[.ebx] = address
    }

    /// Loads an ELF32 executable at its physical addresses and leaves the processor in flat protected mode at its
    /// entry.
    public func load(executable image: [UInt8]) throws(LoadError) {
        let plan = try ELFImage(ImageReader(image)).plan
        try plan.validate(memoryBytes: memory.byteCount)
        try enterFlatMode(plan)
    }

    /// Loads bytes at a physical address and leaves the processor in flat protected mode at `entry`.
    public func load(flat image: [UInt8], at address: UInt32, entry: UInt32) throws(LoadError) {
        guard !image.isEmpty else { throw .nothingToLoad }
        let piece = LoadPlan.Piece(bytes: image[...], physical: address, memorySize: UInt64(image.count))
        let plan = LoadPlan(pieces: [piece], entry: entry)
        try plan.validate(memoryBytes: memory.byteCount)
        try enterFlatMode(plan)
    }

    /// Loads bytes at segment:offset and leaves the processor in real-address mode there; SP is FFFEh.
    public func load(realMode image: [UInt8], segment: UInt16, offset: UInt16) throws(LoadError) {
        guard !image.isEmpty else { throw .nothingToLoad }
        let address = UInt32(segment) << 4 + UInt32(offset)
        let piece = LoadPlan.Piece(bytes: image[...], physical: address, memorySize: UInt64(image.count))
        let plan = LoadPlan(pieces: [piece], entry: address)
        try plan.validate(memoryBytes: memory.byteCount)
        guard !isRunning else { throw .insideHook }
        processor.reset()
        plan.write(to: memory)
        for name in [SegmentName.es, .cs, .ss, .ds, .fs, .gs] {
            // Access byte of a present, accessed, writable data or readable code segment.
            processor.setSegment(
                name, selector: segment, base: UInt32(segment) << 4, limit: 0xFFFF,
                attributes: name == .cs ? 0x9B : 0x93)
        }
        processor.eip = UInt32(offset)
        processor[.esp] = 0xFFFE
    }

    /// The header's address fields, where they are in use, count more than the ELF headers.
    private static func plan(_ image: ImageReader, _ header: MultibootHeader) throws(LoadError) -> LoadPlan {
        if let plan = try header.plan(image) { return plan }
        return try ELFImage(image).plan
    }

    func enterFlatMode(_ plan: LoadPlan) throws(LoadError) {
        guard !isRunning else { throw .insideHook }
        processor.reset()
        plan.write(to: memory)
        processor.cr0 = CR0.protectionEnable | CR0.extensionType
        processor.loadFlatSegments()
        for register in GeneralRegister.allCases { processor[register] = 0 }
        processor.eip = plan.entry
    }

    /// Modules follow the kernel, above 1 MiB, each on a page boundary.
    private func place(
        _ modules: [BootModule], above kernelEnd: UInt64
    ) throws(LoadError) -> (ranges: [(start: UInt32, end: UInt32, commandLine: String)], end: UInt64) {
        var ranges: [(start: UInt32, end: UInt32, commandLine: String)] = []
        var next = max(kernelEnd, 0x10_0000)
        for module in modules {
            let start = (next + 0xFFF) & ~0xFFF
            next = start + UInt64(module.bytes.count)
            guard next <= UInt64(memory.byteCount) else { throw .noRoom("module \(ranges.count + 1)") }
            ranges.append((UInt32(start), UInt32(next), module.commandLine))
        }
        return (ranges, next)
    }

    /// A place for the boot information: in conventional memory if the kernel leaves room, else above all else.
    private func room(for size: UInt64, _ plan: LoadPlan, above end: UInt64) throws(LoadError) -> UInt32 {
        for start in stride(from: UInt64(0x9000), to: 0x9F000, by: 0x1000)
        where start + size <= min(0x9FC00, UInt64(memory.byteCount)) && plan.isFree(start, size) {
            return UInt32(start)
        }
        let start = (max(end, 0x10_0000) + 0xFFF) & ~0xFFF
        guard start + size <= UInt64(memory.byteCount) else { throw .noRoom("the boot information") }
        return UInt32(start)
    }
}
