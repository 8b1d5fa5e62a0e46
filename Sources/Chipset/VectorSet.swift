/// A set of the 256 vectors, read as eight doublewords like IRR, ISR and TMR (SDM Vol. 3A 10.8.4).
public struct VectorSet: Sendable, Equatable {
    private var low: UInt64 = 0
    private var lowMiddle: UInt64 = 0
    private var highMiddle: UInt64 = 0
    private var high: UInt64 = 0

    /// The empty set.
    public init() {}

    /// The highest vector in the set, or nil.
    public var highest: UInt8? {
        if high != 0 { return 255 - UInt8(high.leadingZeroBitCount) }
        if highMiddle != 0 { return 191 - UInt8(highMiddle.leadingZeroBitCount) }
        if lowMiddle != 0 { return 127 - UInt8(lowMiddle.leadingZeroBitCount) }
        return low != 0 ? 63 - UInt8(low.leadingZeroBitCount) : nil
    }

    /// Membership of a vector.
    public subscript(vector: UInt8) -> Bool {
        get { quarter(vector >> 6) >> UInt64(vector & 63) & 1 != 0 }
        set {
            let bit = UInt64(1) << UInt64(vector & 63)
            let bits = quarter(vector >> 6)
            setQuarter(vector >> 6, newValue ? bits | bit : bits & ~bit)
        }
    }

    /// Doubleword 0...7: vectors `32 * index` to `32 * index + 31`.
    public func doubleword(_ index: UInt8) -> UInt32 {
        UInt32(truncatingIfNeeded: quarter(index >> 1 & 3) >> (index & 1 != 0 ? 32 : 0))
    }

    private func quarter(_ index: UInt8) -> UInt64 {
        switch index {
        case 0: low
        case 1: lowMiddle
        case 2: highMiddle
        default: high
        }
    }

    private mutating func setQuarter(_ index: UInt8, _ bits: UInt64) {
        switch index {
        case 0: low = bits
        case 1: lowMiddle = bits
        case 2: highMiddle = bits
        default: high = bits
        }
    }
}
