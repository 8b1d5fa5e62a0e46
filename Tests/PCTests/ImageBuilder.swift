/// Builds ELF files and multiboot headers for the loader's tests.
struct ImageBuilder {
    struct Segment {
        var type: UInt32 = 1
        var bytes: [UInt8] = []
        var virtual: UInt32 = 0x10_0000
        var physical: UInt32 = 0x10_0000
        var fileSize: UInt32?
        var memorySize: UInt32?
        var offset: UInt32?
    }

    var segments: [Segment] = []
    var entry: UInt32 = 0x10_0000
    var headerSize: UInt16 = 32

    static func words(_ words: [UInt32]) -> [UInt8] { words.flatMap(Guest.bytes) }

    static func half(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

    /// A multiboot header with a right checksum.
    static func multiboot(_ flags: UInt32 = 0, _ fields: [UInt32] = []) -> [UInt8] {
        words([0x1BAD_B002, flags, 0 &- 0x1BAD_B002 &- flags] + fields)
    }

    /// The file: header, program headers, then the segments' bytes.
    var file: [UInt8] {
        var data = UInt32(52 + segments.count * Int(headerSize))
        var headers: [UInt8] = []
        var contents: [UInt8] = []
        for segment in segments {
            let size = segment.fileSize ?? UInt32(segment.bytes.count)
            headers += ImageBuilder.words([
                segment.type, segment.offset ?? data, segment.virtual, segment.physical, size,
                segment.memorySize ?? size, 7, 1,
            ])
            headers += [UInt8](repeating: 0, count: max(Int(headerSize) - 32, 0))
            contents += segment.bytes
            data += UInt32(segment.bytes.count)
        }
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        header += ImageBuilder.half(2) + ImageBuilder.half(3) + ImageBuilder.words([1, entry, 52, 0, 0])
        for value in [52, headerSize, UInt16(segments.count), 40, 0, 0] { header += ImageBuilder.half(value) }
        return header + headers + contents
    }

    /// A multiboot kernel of one segment at 1 MiB with `code` after its header.
    static func kernel(_ code: [UInt8], flags: UInt32 = 0) -> [UInt8] {
        var builder = ImageBuilder()
        builder.segments = [Segment(bytes: multiboot(flags) + code)]
        builder.entry = 0x10_000C
        return builder.file
    }
}
