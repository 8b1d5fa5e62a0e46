/// A disk's sectors of 512 bytes: an image that is never written and an overlay that takes the writes.
public struct DiskImage: Sendable {
    /// Bytes of a sector.
    public static let sectorBytes = 512
    /// Largest image, in bytes: what 28 bits of a sector number reach.
    public static let limit = 512 << 28

    private let image: [UInt8]
    private var overlay: [UInt32: [UInt8]] = [:]

    /// A disk of at least one sector; the last one is filled up with zeros. Nil for no bytes, or more than `limit`.
    public init?(_ image: [UInt8]) {
        guard !image.isEmpty, image.count <= DiskImage.limit else { return nil }
        self.image = image
    }

    /// Number of sectors.
    public var sectorCount: UInt32 { UInt32((image.count + 511) / 512) }

    /// Sectors that were written.
    public var writtenCount: Int { overlay.count }

    /// A sector's 512 bytes; zeros beyond the end.
    public subscript(sector: UInt32) -> [UInt8] {
        get {
            if let written = overlay[sector] { return written }
            let start = Int(sector) * 512
            guard start < image.count else { return [UInt8](repeating: 0, count: 512) }
            let bytes = image[start..<min(start + 512, image.count)]
            return Array(bytes) + [UInt8](repeating: 0, count: 512 - bytes.count)
        }
        set {
            guard sector < sectorCount, newValue.count == 512 else { return }
            overlay[sector] = newValue
        }
    }

    /// Cylinders, heads and sectors a track of the default translation (ATA-3, annex C).
    public var geometry: (cylinders: UInt32, heads: UInt32, sectors: UInt32) {
        (min(max(sectorCount / (16 * 63), 1), 16_383), 16, 63)
    }
}
