/// An instruction's address and its line.
struct LineRow {
    var address: UInt32 = 0
    var file = 0
    var line = 1
    var isEnd = false
}

/// Runs the line number programs of a .debug_line section, versions 2 to 4. DWARF 3, 6.2 "Line Number Information".
struct LineProgram {
    private(set) var rows: [LineRow] = []
    private(set) var files: [String] = []
    private var row = LineRow()
    private var unitFiles: [Int] = []
    private var header = Header()

    private struct Header {
        var minimumLength: UInt32 = 1
        var lineBase = 0
        var lineRange = 1
        var opcodeBase = 13
        var operandCounts: [UInt8] = []
    }

    mutating func run(_ section: ByteReader) {
        var section = section
        while !section.atEnd && !section.isExhausted {
            let length = Int(section.double())
            let start = section.offset
            var unit = section
            section.skip(length)
            guard !section.isExhausted else { return }
            runUnit(&unit, end: start + length)
        }
    }

    private mutating func runUnit(_ reader: inout ByteReader, end: Int) {
        let version = reader.word()
        guard (2...4).contains(version) else { return }
        let headerLength = Int(reader.double())
        let start = reader.offset + headerLength
        header = Header()
        header.minimumLength = UInt32(reader.byte())
        if version == 4 { reader.skip(1) }
        reader.skip(1)
        header.lineBase = Int(Int8(bitPattern: reader.byte()))
        header.lineRange = max(Int(reader.byte()), 1)
        header.opcodeBase = max(Int(reader.byte()), 1)
        header.operandCounts = (1..<header.opcodeBase).map { _ in reader.byte() }
        readFiles(&reader)
        reader.skip(start - reader.offset)
        row = LineRow(file: file(1))
        while reader.offset < end && !reader.isExhausted { execute(&reader) }
    }

    private mutating func readFiles(_ reader: inout ByteReader) {
        var folders = [""]
        while !reader.isExhausted {
            let folder = reader.text()
            if folder.isEmpty { break }
            folders.append(folder)
        }
        unitFiles = []
        while !reader.isExhausted {
            let name = reader.text()
            if name.isEmpty { break }
            let folder = Int(truncatingIfNeeded: reader.unsignedLEB())
            _ = (reader.unsignedLEB(), reader.unsignedLEB())
            let prefix = folders.indices.contains(folder) && folder > 0 ? folders[folder] + "/" : ""
            unitFiles.append(add(prefix + name))
        }
    }

    /// Names are given as the sources were: relative to the work folder.
    private mutating func add(_ path: String) -> Int {
        var name = Substring(path)
        for prefix in ["/files/", "./"] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        if let known = files.firstIndex(of: String(name)) { return known }
        files.append(String(name))
        return files.count - 1
    }

    private mutating func file(_ number: Int) -> Int {
        unitFiles.indices.contains(number - 1) ? unitFiles[number - 1] : add("?")
    }

    private mutating func execute(_ reader: inout ByteReader) {
        let opcode = Int(reader.byte())
        if opcode >= header.opcodeBase {
            let adjusted = opcode - header.opcodeBase
            advance(UInt64(adjusted / header.lineRange))
            row.line &+= header.lineBase + adjusted % header.lineRange
            rows.append(row)
            return
        }
        switch opcode {
        case 0: extended(&reader)
        case 1: rows.append(row)
        case 2: advance(reader.unsignedLEB())
        case 3: row.line = row.line &+ Int(truncatingIfNeeded: reader.signedLEB())
        case 4: row.file = file(Int(truncatingIfNeeded: reader.unsignedLEB()))
        case 8: advance(UInt64((255 - header.opcodeBase) / header.lineRange))
        case 9: row.address &+= UInt32(reader.word())
        default:
            for _ in 0..<header.operandCounts[opcode - 1] { _ = reader.unsignedLEB() }
        }
    }

    private mutating func advance(_ steps: UInt64) {
        row.address &+= UInt32(truncatingIfNeeded: steps) &* header.minimumLength
    }

    private mutating func extended(_ reader: inout ByteReader) {
        let length = Int(truncatingIfNeeded: reader.unsignedLEB())
        let end = reader.offset &+ length
        switch reader.byte() {
        case 1:
            row.isEnd = true
            rows.append(row)
            row = LineRow(file: file(1))
        case 2: row.address = reader.double()
        default: break
        }
        reader.skip(end &- reader.offset)
    }
}
