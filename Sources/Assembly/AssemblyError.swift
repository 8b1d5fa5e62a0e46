/// One message about a source.
public struct AssemblyDiagnostic: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Name of the source, when known.
    public let file: String?
    /// Line in it, from 1, when known.
    public let line: Int?
    /// What is wrong.
    public let message: String

    /// A message, with a place if there is one.
    public init(_ message: String, file: String? = nil, line: Int? = nil) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// "file:line: message".
    public var description: String {
        guard let file else { return message }
        return line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
    }
}

/// Why there is no image. `description` is what to print.
public enum AssemblyError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The source is wrong.
    case diagnostics([AssemblyDiagnostic])
    /// Assembling took too long or made too much.
    case limit(String)
    /// NASM or ld is not installed.
    case toolMissing(String)
    /// The host failed: no confinement, disk full.
    case host(String)

    /// One diagnostic a line.
    public var description: String {
        switch self {
        case .diagnostics(let list): list.map(\.description).joined(separator: "\n")
        case .limit(let text), .host(let text): text
        case .toolMissing(let tool): "\(tool) is not installed (Debian packages: nasm, binutils)"
        }
    }
}
