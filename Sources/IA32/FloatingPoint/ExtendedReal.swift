/// A number in the double extended-precision format, bit for bit (SDM Vol. 1 4.2.2 "Floating-Point Data Types").
package struct ExtendedReal: Hashable, Sendable {
    /// J bit and fraction.
    package var significand: UInt64
    /// Sign in bit 15, biased exponent below.
    package var signExponent: UInt16

    package init(signExponent: UInt16, significand: UInt64) {
        self.significand = significand
        self.signExponent = signExponent
    }

    package var isNegative: Bool { signExponent & 0x8000 != 0 }
    package var exponent: UInt16 { signExponent & 0x7FFF }

    package static let bias = 16383
    package static let zero = ExtendedReal(signExponent: 0, significand: 0)
    package static let one = ExtendedReal(signExponent: 0x3FFF, significand: 1 << 63)
    /// The QNaN floating-point indefinite (SDM Vol. 1 4.8.3.7).
    package static let indefinite = ExtendedReal(signExponent: 0xFFFF, significand: 0xC000_0000_0000_0000)

    package static func zero(_ isNegative: Bool) -> ExtendedReal {
        ExtendedReal(signExponent: isNegative ? 0x8000 : 0, significand: 0)
    }
    package static func infinity(_ isNegative: Bool) -> ExtendedReal {
        ExtendedReal(signExponent: isNegative ? 0xFFFF : 0x7FFF, significand: 1 << 63)
    }

    /// Exactly this integer.
    package init(_ value: Int64) {
        guard value != 0 else {
            self = .zero
            return
        }
        let magnitude = value.magnitude
        let shift = magnitude.leadingZeroBitCount
        significand = magnitude << UInt64(shift)
        signExponent = UInt16(ExtendedReal.bias + 63 - shift) | (value < 0 ? 0x8000 : 0)
    }
}

/// A source operand, taken apart.
package struct RealOperand: Sendable {
    package enum Kind: UInt8, Sendable {
        case zero, finite, infinity, quietNaN, signalingNaN
        /// Unnormal, pseudo-infinity, pseudo-NaN (SDM Vol. 1 8.2.2 "Unsupported Double Extended-Precision Encodings").
        case unsupported
    }

    package var kind: Kind
    package var isNegative: Bool
    /// Raises #D; a pseudo-denormal does too.
    package var isDenormal = false
    /// Biased; below 1 for normalized denormals.
    package var exponent: Int
    /// With the J bit set if finite; as it stands for NaNs.
    package var significand: UInt64

    package init(_ value: ExtendedReal) {
        isNegative = value.isNegative
        exponent = Int(value.exponent)
        significand = value.significand
        let hasIntegerBit = significand >> 63 != 0
        switch value.exponent {
        case 0x7FFF:
            if !hasIntegerBit {
                kind = .unsupported
            } else if significand << 1 == 0 {
                kind = .infinity
            } else {
                kind = significand & 1 << 62 != 0 ? .quietNaN : .signalingNaN
            }
        case 0:
            kind = significand == 0 ? .zero : .finite
            guard significand != 0 else { return }
            isDenormal = true
            exponent = 1 - significand.leadingZeroBitCount
            significand <<= UInt64(significand.leadingZeroBitCount)
        default: kind = hasIntegerBit ? .finite : .unsupported
        }
    }

    /// A single-precision number.
    package init(single bits: UInt32) {
        self.init(
            isNegative: bits >> 31 != 0, exponent: Int(bits >> 23 & 0xFF), fraction: UInt64(bits & 0x7F_FFFF) << 40,
            topExponent: 0xFF)
    }

    /// A double-precision number.
    package init(double bits: UInt64) {
        self.init(
            isNegative: bits >> 63 != 0, exponent: Int(bits >> 52 & 0x7FF), fraction: (bits & (1 << 52 - 1)) << 11,
            topExponent: 0x7FF)
    }

    private init(isNegative: Bool, exponent: Int, fraction: UInt64, topExponent: Int) {
        self.isNegative = isNegative
        significand = fraction | 1 << 63
        self.exponent = exponent - topExponent / 2 + ExtendedReal.bias
        kind = .finite
        if exponent == topExponent {
            self.exponent = 0x7FFF
            kind = fraction == 0 ? .infinity : fraction & 1 << 62 != 0 ? .quietNaN : .signalingNaN
        } else if exponent == 0, fraction == 0 {
            self.exponent = 0
            significand = 0
            kind = .zero
        } else if exponent == 0 {
            isDenormal = true
            self.exponent += 1 - fraction.leadingZeroBitCount
            significand = fraction << UInt64(fraction.leadingZeroBitCount)
        }
    }

    package var isNaN: Bool { kind == .quietNaN || kind == .signalingNaN }
    /// Neither NaN nor unsupported.
    package var isNumber: Bool { kind.rawValue <= Kind.infinity.rawValue }

    var negated: RealOperand {
        var copy = self
        copy.isNegative.toggle()
        return copy
    }

    /// The NaN with its quiet bit set.
    var quieted: ExtendedReal {
        ExtendedReal(signExponent: isNegative ? 0xFFFF : 0x7FFF, significand: significand | 3 << 62)
    }

    /// The number in the extended format; signaling NaNs stay so.
    package var value: ExtendedReal {
        switch kind {
        case .zero: return .zero(isNegative)
        case .finite where exponent < 1:
            let shift = UInt64(1 - exponent)
            return ExtendedReal(signExponent: isNegative ? 0x8000 : 0, significand: significand >> shift)
        default:
            return ExtendedReal(
                signExponent: UInt16(exponent) | (isNegative ? 0x8000 : 0), significand: significand)
        }
    }
}
