/// Sections of an ELF32 file. Layout: System V ABI, chapter 4 "Object Files".
struct ELFFile {
    struct Section {
        let name: String
        let type: UInt32
        let range: Range<Int>
        let link: Int
    }

    let bytes: [UInt8]
    let sections: [Section]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        sections = ELFFile.readSections(bytes)
    }

    func section(_ name: String) -> Section? { sections.first { $0.name == name } }

    func reader(_ section: Section) -> ByteReader { ByteReader(bytes, section.range) }

    /// Text in a string section.
    func text(in section: Int, at offset: Int) -> String {
        guard sections.indices.contains(section) else { return "" }
        let range = sections[section].range
        guard offset >= 0, offset < range.count else { return "" }
        var reader = ByteReader(bytes, range.lowerBound + offset..<range.upperBound)
        return reader.text()
    }

    private static func readSections(_ bytes: [UInt8]) -> [Section] {
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 1, 1]) else { return [] }
        var header = ByteReader(bytes, 32..<52)
        let table = Int(header.double())
        header.skip(10)
        let (size, count, nameSection) = (Int(header.word()), Int(header.word()), Int(header.word()))
        guard size >= 40, table > 0, table + size * count <= bytes.count else { return [] }
        let raw = (0..<count).map { index in
            var reader = ByteReader(bytes, table + index * size..<table + index * size + 40)
            return (0..<10).map { _ in Int(reader.double()) }
        }
        let names = nameSection < raw.count ? range(raw[nameSection], in: bytes) : 0..<0
        return raw.map { fields in
            var name = ByteReader(bytes, names.lowerBound + min(fields[0], names.count)..<names.upperBound)
            return Section(
                name: name.text(), type: UInt32(fields[1]), range: range(fields, in: bytes), link: fields[6])
        }
    }

    private static func range(_ fields: [Int], in bytes: [UInt8]) -> Range<Int> {
        let isEmpty = fields[1] == 8  // SHT_NOBITS
        guard !isEmpty, fields[4] <= bytes.count, fields[5] <= bytes.count - fields[4] else { return 0..<0 }
        return fields[4]..<fields[4] + fields[5]
    }
}
