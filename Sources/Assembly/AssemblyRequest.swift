/// What the assembler and the linker may use.
public struct AssemblyLimits: Hashable, Sendable, Codable {
    /// Largest object and executable, in bytes.
    public var outputBytes: Int
    /// Address space of each tool, in bytes.
    public var memoryBytes: Int
    /// Time on the clock for each tool, in seconds.
    public var wallSeconds: Double
    /// Processor time for each tool, in seconds.
    public var cpuSeconds: Int

    /// Limits with the usual values.
    public init(
        outputBytes: Int = 32 << 20, memoryBytes: Int = 512 << 20, wallSeconds: Double = 10, cpuSeconds: Int = 5
    ) {
        self.outputBytes = outputBytes
        self.memoryBytes = memoryBytes
        self.wallSeconds = wallSeconds
        self.cpuSeconds = cpuSeconds
    }
}

/// A constant for the preprocessor, as `-D name=value`.
public struct Definition: Hashable, Sendable, Codable {
    /// A NASM identifier.
    public var name: String
    /// Its text.
    public var value: String

    /// A constant.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What is to be built: `units` are assembled one by one (elf32) and linked in that order (elf_i386).
public struct AssemblyRequest: Hashable, Sendable, Codable {
    /// Sources to assemble and link.
    public var units: [SourceFile]
    /// Sources that are only reached by `%include "name"` and `incbin "name"`. Nothing else on the host can be read.
    public var includes: [SourceFile]
    /// Constants for every unit.
    public var defines: [Definition]
    /// Text of an ld script; nil links all sections together at `textAddress`.
    public var linkerScript: String?
    /// Address of the text section without a script.
    public var textAddress: UInt32
    /// Name of the entry symbol; nil: the script's, or the start of the text.
    public var entry: String?
    /// What the tools may use.
    public var limits: AssemblyLimits

    /// A request; only the units are necessary.
    public init(
        units: [SourceFile], includes: [SourceFile] = [], defines: [(name: String, value: String)] = [],
        linkerScript: String? = nil, textAddress: UInt32 = 0x0010_0000, entry: String? = nil,
        limits: AssemblyLimits = AssemblyLimits()
    ) {
        self.units = units
        self.includes = includes
        self.defines = defines.map { Definition($0.name, $0.value) }
        self.linkerScript = linkerScript
        self.textAddress = textAddress
        self.entry = entry
        self.limits = limits
    }

    /// Why the request cannot be carried out, before any tool is run.
    func validate() throws(AssemblyError) {
        guard !units.isEmpty else { throw .diagnostics([AssemblyDiagnostic("there is nothing to assemble")]) }
        var names: Set<String> = []
        for file in units + includes {
            guard SourceFile.isValidName(file.name) else {
                throw .diagnostics([AssemblyDiagnostic("\"\(file.name)\" is not a name that a source may have")])
            }
            guard names.insert(file.name).inserted else {
                throw .diagnostics([AssemblyDiagnostic("two sources are named \"\(file.name)\"")])
            }
        }
        let words = defines.map(\.name) + (entry.map { [$0] } ?? [])
        for word in words where !isSymbol(word) {
            throw .diagnostics([AssemblyDiagnostic("\"\(word)\" is not a symbol's name")])
        }
    }

    private func isSymbol(_ word: String) -> Bool {
        guard let first = word.first, first.isLetter || first == "_" else { return false }
        return word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "=") }
    }
}
