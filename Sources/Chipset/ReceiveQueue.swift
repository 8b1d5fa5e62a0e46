/// The receiver of a 16550: one byte, or sixteen with the FIFO on.
struct ReceiveQueue: Sendable, Equatable {
    static let capacity = 16
    private var low: UInt64 = 0  // the oldest byte lowest
    private var high: UInt64 = 0
    private(set) var count = 0

    mutating func append(_ byte: UInt8) {
        if count < 8 {
            low |= UInt64(byte) << UInt64(8 * count)
        } else {
            high |= UInt64(byte) << UInt64(8 * (count - 8))
        }
        count += 1
    }

    mutating func take() -> UInt8 {
        guard count > 0 else { return 0 }
        let byte = UInt8(truncatingIfNeeded: low)
        low = low >> 8 | high << 56
        high >>= 8
        count -= 1
        return byte
    }

    mutating func removeAll() { self = ReceiveQueue() }
}
