import FoundationEssentials

/// A linked program with its symbols and line numbers.
public struct AssembledImage: Sendable, Codable, Equatable {
    /// ELF32 executable for IA-32.
    public let elf: [UInt8]
    /// Names and addresses.
    public let symbols: SymbolTable
    /// Addresses and source lines.
    public let lines: LineTable

    /// Reads the tables of an executable; what is missing or damaged is left out.
    public init(elf: [UInt8]) {
        let file = ELFFile(elf)
        self.elf = elf
        symbols = SymbolTable(file)
        lines = LineTable(file)
    }

    /// From the executable alone; the tables are read again.
    public init(from decoder: any Decoder) throws {
        self.init(elf: Array(try decoder.singleValueContainer().decode(Data.self)))
    }

    /// The executable alone.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(elf))
    }

    /// Equal executables have equal tables.
    public static func == (left: AssembledImage, right: AssembledImage) -> Bool { left.elf == right.elf }
}
