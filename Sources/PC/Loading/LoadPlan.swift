import IA32

/// What goes where, checked completely before the first byte is written.
struct LoadPlan {
    /// Bytes for a physical address, followed by zeros up to `memorySize`.
    struct Piece {
        var bytes: ArraySlice<UInt8>
        var physical: UInt32
        var memorySize: UInt64

        var end: UInt64 { UInt64(physical) + memorySize }
    }

    var pieces: [Piece]
    var entry: UInt32

    /// The first physical address above every piece.
    var end: UInt64 { pieces.map(\.end).max() ?? 0 }

    /// Checks that everything lies in guest memory of `memoryBytes`.
    func validate(memoryBytes: Int) throws(LoadError) {
        for piece in pieces where piece.end > UInt64(memoryBytes) {
            throw .outsideMemory("the image", address: UInt64(piece.physical), end: piece.end, memory: memoryBytes)
        }
        // Overlapping segments could otherwise make a small file ask for any amount of work.
        let total = pieces.reduce(0) { $0 + $1.memorySize }
        guard total <= UInt64(memoryBytes) else { throw .segmentsLargerThanMemory(total) }
        guard pieces.contains(where: { UInt64(entry) >= UInt64($0.physical) && UInt64(entry) < $0.end }) else {
            throw .entryOutsideImage(entry)
        }
    }

    /// True if `range` of physical addresses is free of every piece.
    func isFree(_ start: UInt64, _ size: UInt64) -> Bool {
        !pieces.contains { UInt64($0.physical) < start + size && start < $0.end }
    }

    func write(to memory: PhysicalMemory) {
        for piece in pieces {
            memory.write(Array(piece.bytes), at: PhysicalAddress(UInt64(piece.physical)))
            var zeroed = UInt64(piece.physical) + UInt64(piece.bytes.count)
            while zeroed < piece.end {
                let count = min(piece.end - zeroed, 1 << 20)
                memory.write([UInt8](repeating: 0, count: Int(count)), at: PhysicalAddress(zeroed))
                zeroed += count
            }
        }
    }
}
