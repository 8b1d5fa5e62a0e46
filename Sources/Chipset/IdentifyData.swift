/// The 256 words of IDENTIFY DEVICE (ATA-3, table 11).
struct IdentifyData {
    private var words = [UInt16](repeating: 0, count: 256)

    init(_ disk: DiskImage, multiple: UInt8) {
        let (cylinders, heads, sectors) = disk.geometry
        let shown = min(cylinders * heads * sectors, disk.sectorCount)
        words[0] = 0x0040  // fixed
        for place in [1, 54] { words[place] = UInt16(cylinders) }
        for place in [3, 55] { words[place] = UInt16(heads) }
        for place in [6, 56] { words[place] = UInt16(sectors) }
        put("TRAPLAB0001", at: 10, count: 10)
        put("1.0", at: 23, count: 4)
        put("TrapLab disk", at: 27, count: 20)
        words[47] = 0x8010  // up to 16 sectors a block
        words[49] = 0x0200  // LBA
        words[51] = 0x0200  // PIO timing
        words[53] = 0x0001  // words 54 to 58 are valid
        put(shown, at: 57)
        if multiple > 0 { words[59] = 0x0100 | UInt16(multiple) }
        put(disk.sectorCount, at: 60)
        words[80] = 0x000E  // ATA-1 to ATA-3
        words[82] = 0x0000
        words[83] = 0x4000
        words[84] = 0x4000
        words[87] = 0x4000
    }

    var bytes: [UInt8] { words.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }

    private mutating func put(_ value: UInt32, at place: Int) {
        words[place] = UInt16(truncatingIfNeeded: value)
        words[place + 1] = UInt16(truncatingIfNeeded: value >> 16)
    }

    /// Two characters a word, the first in the high byte, filled up with spaces.
    private mutating func put(_ text: String, at place: Int, count: Int) {
        let bytes = Array(text.utf8)
        for index in 0..<count {
            let high = 2 * index < bytes.count ? bytes[2 * index] : 0x20
            let low = 2 * index + 1 < bytes.count ? bytes[2 * index + 1] : 0x20
            words[place + index] = UInt16(high) << 8 | UInt16(low)
        }
    }
}
