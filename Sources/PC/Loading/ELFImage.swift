/// The parts of an ELF file that a loader needs (Tool Interface Standard, "ELF Specification", version 1.2).
struct ELFImage {
    /// One PT_LOAD program header.
    struct Segment {
        var bytes: ArraySlice<UInt8>
        var virtual: UInt32
        var physical: UInt32
        var memorySize: UInt32

        func holds(_ address: UInt32) -> Bool { address >= virtual && address - virtual < memorySize }
    }

    let segments: [Segment]
    let entry: UInt32

    static func isELF(_ image: ImageReader) -> Bool { image.double(0) == 0x464C_457F }

    init(_ image: ImageReader) throws(LoadError) {
        guard ELFImage.isELF(image) else { throw .notELF }
        guard image.count >= 52 else { throw .truncated("the ELF header") }
        if let kind = image.byte(4), kind != 1 { throw .wrongClass(kind) }
        if let order = image.byte(5), order != 1 { throw .wrongByteOrder(order) }
        if let type = image.word(16), type != 2 { throw .notExecutable(type) }
        if let machine = image.word(18), machine != 3 { throw .wrongMachine(machine) }
        if let version = image.double(20), version != 1 { throw .wrongVersion(version) }
        guard let entry = image.double(24), let table = image.double(28), let size = image.word(42),
            let count = image.word(44)
        else { throw .truncated("the ELF header") }
        guard count > 0, table > 0 else { throw .noProgramHeaders }
        guard size >= 32 else { throw .badProgramHeaderSize(size) }
        var segments: [Segment] = []
        for index in 0..<Int(count) {
            let header = Int(table) + index * Int(size)
            if let segment = try ELFImage.segment(image, at: header, index) { segments.append(segment) }
        }
        guard !segments.isEmpty else { throw .noLoadableSegment }
        self.segments = segments
        self.entry = entry
    }

    private static func segment(_ image: ImageReader, at header: Int, _ index: Int) throws(LoadError) -> Segment? {
        guard let type = image.double(header), let offset = image.double(header + 4),
            let virtual = image.double(header + 8), let physical = image.double(header + 12),
            let fileSize = image.double(header + 16), let memorySize = image.double(header + 20),
            image.double(header + 28) != nil
        else { throw .truncated("ELF program header \(index)") }
        guard type == 1, memorySize > 0 else { return nil }
        guard fileSize <= memorySize else { throw .segmentLargerInFile(index) }
        guard let bytes = image.slice(UInt64(offset), UInt64(fileSize)) else { throw .segmentOutsideFile(index) }
        return Segment(bytes: bytes, virtual: virtual, physical: physical, memorySize: memorySize)
    }

    /// The segments at their physical addresses. An entry that is a virtual address is translated by its segment.
    var plan: LoadPlan {
        let pieces = segments.map {
            LoadPlan.Piece(bytes: $0.bytes, physical: $0.physical, memorySize: UInt64($0.memorySize))
        }
        let home = segments.first { $0.holds(entry) }
        let physicalEntry = home.map { entry - $0.virtual &+ $0.physical } ?? entry
        return LoadPlan(pieces: pieces, entry: physicalEntry)
    }
}
