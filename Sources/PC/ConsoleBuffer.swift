/// Where a byte of the guest's output came from.
public enum ConsoleSource: Sendable, Equatable {
    /// The transmit register of COM1.
    case serial
    /// Port E9h.
    case debugPort
}

/// Collects the guest's output into pieces worth passing on.
struct ConsoleBuffer {
    private static let limit = 4096
    private var source = ConsoleSource.serial
    private var bytes: [UInt8] = []

    /// A piece of output from one source.
    struct Piece {
        let source: ConsoleSource
        let bytes: [UInt8]
    }

    /// Adds a byte; returns the piece that has to be passed on before it, as a change of source does.
    mutating func append(_ byte: UInt8, from newSource: ConsoleSource) -> Piece? {
        let piece = newSource == source ? nil : take()
        source = newSource
        bytes.append(byte)
        return piece
    }

    /// True at the end of a line, or when enough was collected.
    var isReady: Bool { bytes.last == 0x0A || bytes.count >= ConsoleBuffer.limit }

    /// Empties the buffer.
    mutating func take() -> Piece? {
        guard !bytes.isEmpty else { return nil }
        defer { bytes.removeAll(keepingCapacity: true) }
        return Piece(source: source, bytes: bytes)
    }
}
