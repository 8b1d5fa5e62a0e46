/// A finite number with a significand of 128 bits and an unbounded exponent: what the transcendental functions compute in.
///
/// Every operation truncates; its relative error is below 2^-125.
struct WideReal {
    var isNegative: Bool
    /// The value is significand * 2^(exponent - 127).
    var exponent: Int
    /// Bit 127 set, or 0 for zero.
    var significand: UInt128

    init(isNegative: Bool = false, exponent: Int, significand: UInt128) {
        let shift = significand.leadingZeroBitCount
        self.isNegative = isNegative
        self.exponent = significand == 0 ? 0 : exponent - shift
        self.significand = significand == 0 ? 0 : significand << UInt128(shift)
    }

    init(_ value: Int) {
        self.init(isNegative: value < 0, exponent: 127, significand: UInt128(value.magnitude))
    }

    /// A finite operand, exactly.
    init(_ operand: RealOperand) {
        self.init(
            isNegative: operand.isNegative, exponent: operand.exponent - ExtendedReal.bias,
            significand: UInt128(operand.significand) << 64)
    }

    static let one = WideReal(1)
    static let pi = WideReal(exponent: 1, significand: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1)
    static let halfPi = WideReal(exponent: 0, significand: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1)
    static let ln2 = WideReal(exponent: -1, significand: 0xB172_17F7_D1CF_79AB_C9E3_B398_03F2_F6AF)
    static let log2e = WideReal(exponent: 0, significand: 0xB8AA_3B29_5C17_F0BB_BE87_FED0_691D_3E89)

    var isZero: Bool { significand == 0 }
    var magnitude: WideReal {
        var copy = self
        copy.isNegative = false
        return copy
    }

    static prefix func - (a: WideReal) -> WideReal {
        var copy = a
        copy.isNegative.toggle()
        return copy
    }

    static func * (a: WideReal, b: WideReal) -> WideReal {
        let (aHigh, aLow) = (UInt64(truncatingIfNeeded: a.significand >> 64), UInt64(truncatingIfNeeded: a.significand))
        let (bHigh, bLow) = (UInt64(truncatingIfNeeded: b.significand >> 64), UInt64(truncatingIfNeeded: b.significand))
        let high = aHigh.multipliedFullWidth(by: bHigh)
        let first = aHigh.multipliedFullWidth(by: bLow)
        let second = aLow.multipliedFullWidth(by: bHigh)
        let low = aLow.multipliedFullWidth(by: bLow)
        let carry = (UInt128(first.low) + UInt128(second.low) + UInt128(low.high)) >> 64
        let product =
            UInt128(high.high) << 64 + UInt128(high.low) + UInt128(first.high) + UInt128(second.high) + carry
        return WideReal(
            isNegative: a.isNegative != b.isNegative, exponent: a.exponent + b.exponent + 1, significand: product)
    }

    static func + (a: WideReal, b: WideReal) -> WideReal {
        if a.isZero { return b }
        if b.isZero { return a }
        let isOrdered = a.exponent > b.exponent || a.exponent == b.exponent && a.significand >= b.significand
        let (large, small) = isOrdered ? (a, b) : (b, a)
        let shifted = small.significand >> UInt128(min(large.exponent - small.exponent, 128))
        if a.isNegative != b.isNegative {
            return WideReal(
                isNegative: large.isNegative, exponent: large.exponent, significand: large.significand - shifted)
        }
        let (sum, carry) = large.significand.addingReportingOverflow(shifted)
        guard carry else { return WideReal(isNegative: a.isNegative, exponent: large.exponent, significand: sum) }
        return WideReal(
            isNegative: a.isNegative, exponent: large.exponent + 1, significand: sum >> 1 | 1 << 127)
    }

    static func - (a: WideReal, b: WideReal) -> WideReal { a + -b }

    /// `b` is not zero.
    static func / (a: WideReal, b: WideReal) -> WideReal {
        if a.isZero { return a }
        var quotient: UInt128 = 0
        var rest = a.significand
        let isSmaller = rest < b.significand
        var isCarry = false
        if isSmaller {
            isCarry = rest >> 127 != 0
            rest <<= 1
        }
        for step in 0..<128 {
            quotient <<= 1
            if isCarry || rest >= b.significand {
                rest &-= b.significand
                quotient |= 1
            }
            guard step < 127 else { break }
            isCarry = rest >> 127 != 0
            rest <<= 1
        }
        return WideReal(
            isNegative: a.isNegative != b.isNegative, exponent: a.exponent - b.exponent - (isSmaller ? 1 : 0),
            significand: quotient)
    }

    /// Divides by a small positive integer.
    func divided(by divisor: UInt64) -> WideReal {
        let high = UInt64(truncatingIfNeeded: significand >> 64)
        let (first, firstRest) = high.quotientAndRemainder(dividingBy: divisor)
        let (second, secondRest) = divisor.dividingFullWidth((firstRest, UInt64(truncatingIfNeeded: significand)))
        let third = divisor.dividingFullWidth((secondRest, 0)).quotient
        let shift = first.leadingZeroBitCount
        let upper = UInt128(first) << 64 | UInt128(second)
        // `first` is 0 only for a significand of 0: divisors are far below 2^63.
        guard significand != 0, shift < 64 else { return self }
        let lower = shift == 0 ? 0 : third >> UInt64(64 - shift)
        return WideReal(
            isNegative: isNegative, exponent: exponent - shift,
            significand: upper << UInt128(shift) | UInt128(lower))
    }

    /// The integer power of two that this is multiplied by.
    func scaled(by power: Int) -> WideReal {
        var copy = self
        if !isZero { copy.exponent += power }
        return copy
    }
}
