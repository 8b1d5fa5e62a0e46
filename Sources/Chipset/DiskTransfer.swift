/// A command's data on its way through the data port, a sector at a time.
struct DiskTransfer: Sendable {
    /// The sector that `bytes` is of.
    private(set) var number: UInt32 = 0
    /// Sectors left, this one included.
    private(set) var remaining: UInt32 = 1
    private(set) var isWrite = false
    private(set) var isIdentify = false
    private(set) var bytes: [UInt8]
    private var position = 0
    private var block = 1
    private var inBlock = 0

    /// Reads or writes `remaining` sectors from `number` on, with an interrupt for each `block` of them.
    init(number: UInt32, remaining: UInt32, block: Int, isWrite: Bool) {
        self.number = number
        self.remaining = remaining
        self.block = block
        self.isWrite = isWrite
        bytes = [UInt8](repeating: 0, count: 512)
    }

    /// Data that is not from a sector of the disk.
    init(sector: [UInt8]) {
        bytes = sector
        isIdentify = true
    }

    var isSectorDone: Bool { position >= bytes.count }
    /// The sector is the first of a block.
    var isBlockStart: Bool { inBlock == 0 }

    /// The transfer of the following sector.
    var next: DiskTransfer {
        var next = self
        next.number += 1
        next.remaining -= 1
        next.position = 0
        next.inBlock = (inBlock + 1) % block
        return next
    }

    mutating func fill(_ sector: [UInt8]) { bytes = sector }

    mutating func nextWord() -> UInt16 {
        guard position + 1 < bytes.count else { return 0 }
        defer { position += 2 }
        return UInt16(bytes[position + 1]) << 8 | UInt16(bytes[position])
    }

    mutating func put(_ word: UInt16) {
        guard position + 1 < bytes.count else { return }
        bytes[position] = UInt8(word & 0xFF)
        bytes[position + 1] = UInt8(word >> 8)
        position += 2
    }
}
