import CConfinement
import Glibc

/// An open file descriptor that closes itself.
final class Descriptor {
    private(set) var number: Int32

    private init(_ number: Int32) { self.number = number }

    /// An anonymous file that holds `bytes`, positioned at its start.
    convenience init(memory bytes: [UInt8]) throws(ConfinementError) {
        let number = confinement_memory_file(bytes, bytes.count)
        guard number >= 0 else { throw .cannotStart(step: "standard input", code: errno) }
        self.init(number)
    }

    /// A pipe: the end to read and the end to write.
    static func pipe() throws(ConfinementError) -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard confinement_pipe(&ends) == 0 else { throw .cannotStart(step: "pipe", code: errno) }
        return (Descriptor(ends[0]), Descriptor(ends[1]))
    }

    /// Gives the number away: someone else closes it.
    func handOver() -> Int32 {
        defer { number = -1 }
        return number
    }

    func close() {
        if number >= 0 { _ = Glibc.close(number) }
        number = -1
    }

    deinit { close() }
}
