/// The register file of a VGA in a text mode (IBM PS/2 Hardware Interface Technical Reference, "Video Subsystem").
///
/// Ports 3C0h to 3DFh. Text memory is RAM at B8000h; the adapter only says what of it shows and where the cursor is.
public struct VideoAdapter: Sendable, Equatable {
    /// CRT controller index, port 3D4h.
    public private(set) var crtIndex: UInt8 = 0
    /// CRT controller registers 0...18h.
    public private(set) var crt: [UInt8] = [
        0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0x00, 0x4F, 0x0D, 0x0E, 0x00, 0x00, 0x00, 0x00,
        0x9C, 0x8E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF,
    ]

    private var sequencerIndex: UInt8 = 0
    private var sequencer: [UInt8] = [0x03, 0x00, 0x03, 0x00, 0x02]
    private var graphicsIndex: UInt8 = 0
    private var graphics: [UInt8] = [0, 0, 0, 0, 0, 0x10, 0x0E, 0, 0xFF]
    private var attributeIndex: UInt8 = 0x20
    private var attribute: [UInt8] = [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3A, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F,
        0x0C, 0x00, 0x0F, 0x08, 0x00,
    ]
    private var attributeWantsData = false
    private var miscellaneous: UInt8 = 0x67
    private var paletteMask: UInt8 = 0xFF
    private var palette = [UInt8](repeating: 0, count: 768)
    private var paletteRead = 0
    private var paletteWrite = 0

    /// Mode 3: 80 columns, 25 rows, colour.
    public init() {}

    /// Characters in a row, 1...256.
    public var columns: Int { Int(crt[1]) + 1 }
    /// Scan lines of a character, 1...32.
    public var characterHeight: Int { Int(crt[9] & 0x1F) + 1 }
    /// Rows on the screen, at least 1.
    public var rows: Int {
        let last = Int(crt[0x12]) | Int(crt[7] & 0x02) << 7 | Int(crt[7] & 0x40) << 3
        return max((last + 1) / characterHeight, 1)
    }
    /// Character cell, from B8000h, in the upper left corner.
    public var startCell: Int { Int(crt[0x0C]) << 8 | Int(crt[0x0D]) }
    /// Character cell of the cursor, from B8000h.
    public var cursorCell: Int { Int(crt[0x0E]) << 8 | Int(crt[0x0F]) }
    /// The cursor is on: bit 5 of Cursor Start is clear and it has a scan line.
    public var isCursorVisible: Bool { crt[0x0A] & 0x20 == 0 && crt[0x0A] & 0x1F <= crt[0x0B] & 0x1F }

    /// Reads port `3C0h + offset`; 3B0h to 3BFh, the monochrome ones, are not there. `tick` counts half lines.
    public mutating func read(_ offset: UInt16, at tick: UInt64) -> UInt8 {
        switch offset {
        case 0x00: return attributeIndex
        case 0x01: return register(attribute, attributeIndex & 0x1F)
        case 0x02: return 0x10  // input status 0: a display is attached
        case 0x04: return sequencerIndex
        case 0x05: return register(sequencer, sequencerIndex)
        case 0x06: return paletteMask
        case 0x07: return 0
        case 0x08: return UInt8(truncatingIfNeeded: paletteWrite / 3)
        case 0x09:
            defer { paletteRead = (paletteRead + 1) % 768 }
            return palette[paletteRead]
        case 0x0C: return miscellaneous
        case 0x0E: return graphicsIndex
        case 0x0F: return register(graphics, graphicsIndex)
        case 0x14: return crtIndex
        case 0x15: return register(crt, crtIndex)
        case 0x1A:
            attributeWantsData = false
            return VideoAdapter.retrace(at: tick)
        default: return 0xFF
        }
    }

    /// Writes port `3C0h + offset`.
    public mutating func write(_ offset: UInt16, _ value: UInt8) {
        switch offset {
        case 0x00: writeAttribute(value)
        case 0x02: miscellaneous = value
        case 0x04: sequencerIndex = value
        case 0x05: VideoAdapter.set(&sequencer, sequencerIndex, value)
        case 0x06: paletteMask = value
        case 0x07: paletteRead = Int(value) * 3
        case 0x08: paletteWrite = Int(value) * 3
        case 0x09:
            palette[paletteWrite] = value & 0x3F
            paletteWrite = (paletteWrite + 1) % 768
        case 0x0E: graphicsIndex = value
        case 0x0F: VideoAdapter.set(&graphics, graphicsIndex, value)
        case 0x14: crtIndex = value
        case 0x15: writeCRT(value)
        default: break
        }
    }

    /// Lines of a 70 Hz frame of 449 lines, two ticks each: bit 0 not displaying, bit 3 vertical retrace.
    private static func retrace(at tick: UInt64) -> UInt8 {
        let inFrame = tick % 898
        if inFrame >= 800 { return (824..<828).contains(inFrame) ? 0x09 : 0x01 }
        return inFrame & 1 != 0 ? 0x01 : 0x00
    }

    /// Half lines a second.
    public static let frequency: UInt64 = 62_938

    private mutating func writeAttribute(_ value: UInt8) {
        if attributeWantsData {
            VideoAdapter.set(&attribute, attributeIndex & 0x1F, value)
        } else {
            attributeIndex = value & 0x3F
        }
        attributeWantsData.toggle()
    }

    /// Bit 7 of register 11h protects registers 0 to 7, but for bit 4 of register 7.
    private mutating func writeCRT(_ value: UInt8) {
        guard crt[0x11] & 0x80 != 0, crtIndex < 8 else { return VideoAdapter.set(&crt, crtIndex, value) }
        if crtIndex == 7 { crt[7] = crt[7] & ~0x10 | value & 0x10 }
    }

    private func register(_ bank: [UInt8], _ index: UInt8) -> UInt8 {
        Int(index) < bank.count ? bank[Int(index)] : 0
    }

    private static func set(_ bank: inout [UInt8], _ index: UInt8, _ value: UInt8) {
        if Int(index) < bank.count { bank[Int(index)] = value }
    }
}
