/// A line of a source.
public struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Name of the source.
    public let file: String
    /// Line, from 1.
    public let line: Int

    /// A place.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// "file:line".
    public var description: String { "\(file):\(line)" }
}

/// Which line each instruction came from.
public struct LineTable: Sendable {
    private var rows: [LineRow] = []
    private var files: [String] = []

    init(_ file: ELFFile) {
        guard let section = file.section(".debug_line") else { return }
        var program = LineProgram()
        program.run(file.reader(section))
        files = program.files
        rows = program.rows.sorted { ($0.address, $0.isEnd ? 0 : 1) < ($1.address, $1.isEnd ? 0 : 1) }
    }

    /// The line of the instruction that starts at an address; nil when none does.
    public func location(of address: UInt32) -> SourceLocation? {
        guard let row = row(atOrBelow: address), row.address == address, !row.isEnd else { return nil }
        return place(row)
    }

    /// The line of the instruction that starts at or before an address, in the same sequence of code.
    public func nearest(to address: UInt32) -> SourceLocation? {
        guard let row = row(atOrBelow: address), !row.isEnd else { return nil }
        return place(row)
    }

    /// Addresses of the instructions of a line, ascending.
    public func addresses(file: String, line: Int) -> [UInt32] {
        guard let index = files.firstIndex(of: file) else { return [] }
        return rows.filter { $0.file == index && $0.line == line && !$0.isEnd }.map(\.address)
    }

    private func row(atOrBelow address: UInt32) -> LineRow? {
        let after = partition(rows.count) { rows[$0].address > address }
        return after > 0 ? rows[after - 1] : nil
    }

    private func place(_ row: LineRow) -> SourceLocation {
        SourceLocation(file: files[row.file], line: row.line)
    }
}
