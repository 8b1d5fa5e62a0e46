/// Little-endian fields of a byte array; outside it everything reads as zero and `isExhausted` is set.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var offset: Int
    let end: Int
    private(set) var isExhausted = false

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        offset = min(max(range.lowerBound, 0), bytes.count)
        end = min(max(range.upperBound, offset), bytes.count)
    }

    var atEnd: Bool { offset >= end }

    mutating func byte() -> UInt8 {
        guard offset < end else {
            isExhausted = true
            return 0
        }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func word() -> UInt16 { UInt16(byte()) | UInt16(byte()) << 8 }
    mutating func double() -> UInt32 { UInt32(word()) | UInt32(word()) << 16 }

    mutating func skip(_ count: Int) {
        guard count >= 0, count <= end - offset else {
            isExhausted = true
            offset = end
            return
        }
        offset += count
    }

    /// Text up to a zero byte.
    mutating func text() -> String {
        let start = offset
        while offset < end, bytes[offset] != 0 { offset += 1 }
        defer { skip(1) }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// DWARF 3, 7.6 "Variable Length Data".
    mutating func unsignedLEB() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            if shift < 64 { value |= UInt64(next & 0x7F) << shift }
            shift += 7
            if next & 0x80 == 0 { return value }
        }
    }

    /// DWARF 3, 7.6 "Variable Length Data".
    mutating func signedLEB() -> Int64 {
        var value: Int64 = 0
        var shift: Int64 = 0
        while true {
            let next = byte()
            if shift < 64 { value |= Int64(next & 0x7F) << shift }
            shift += 7
            guard next & 0x80 == 0 else { continue }
            return next & 0x40 != 0 && shift < 64 ? value | (-1 << shift) : value
        }
    }
}
