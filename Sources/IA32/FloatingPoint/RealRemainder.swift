// FPREM, FPREM1, FSCALE and FXTRACT (SDM Vol. 1 8.3.5 "Basic Arithmetic Instructions").

/// The quotient of a partial remainder as FPREM reports it.
package struct PartialQuotient: Sendable {
    /// The low three bits.
    package var bits: UInt8 = 0
    /// C2: the reduction must go on.
    package var isPartial = false
    /// Not for NaNs and invalid operands.
    package var isKnown = false

    package init() {}
}

extension RealArithmetic {
    /// FPREM, or FPREM1 with a quotient rounded to nearest. A distance of exponents of 64 or more is reduced by 32 to 63.
    package mutating func remainder(
        _ a: RealOperand, _ b: RealOperand, isNearest: Bool, quotient: inout PartialQuotient
    ) -> ExtendedReal {
        if let nan = propagate(a, b) { return nan }
        if a.kind == .infinity || b.kind == .zero { return invalid() }
        guard admit(a, b) else { return .indefinite }
        quotient.isKnown = true
        if a.kind == .zero { return .zero(a.isNegative) }
        if b.kind == .infinity { return a.value }
        let distance = a.exponent - b.exponent
        if distance < -1 || distance < 0 && !isNearest { return exact(a) }
        let isPartial = distance >= 64
        let steps = isPartial ? (distance & 31 | 32) : max(distance, 0)
        quotient.isPartial = isPartial
        var scale = a.exponent - steps
        var rest = UInt128(a.significand)
        var count: UInt64 = 0
        let divisor = UInt128(b.significand)
        if distance >= 0 {
            for step in 0...steps {
                count = count << 1 | (rest >= divisor ? 1 : 0)
                if rest >= divisor { rest -= divisor }
                if step < steps { rest <<= 1 }
            }
        }
        var isNegative = a.isNegative
        if isNearest, !isPartial {
            // Divisor in the scale of the rest.
            let whole = distance < 0 ? divisor << 1 : divisor
            if rest << 1 > whole || rest << 1 == whole && count & 1 != 0 {
                rest = whole - rest
                isNegative.toggle()
                count += 1
            }
            if distance < 0 { scale = a.exponent }
        }
        quotient.bits = isPartial ? 0 : UInt8(truncatingIfNeeded: count & 7)
        guard rest != 0 else { return .zero(a.isNegative) }
        return round(UnroundedReal(isNegative: isNegative, exponent: scale + 64, significand: rest))
    }

    /// The operand as a result of its own: an unmasked underflow is noticed.
    private mutating func exact(_ a: RealOperand) -> ExtendedReal {
        round(
            UnroundedReal(isNegative: a.isNegative, exponent: a.exponent, significand: UInt128(a.significand) << 64))
    }

    /// FSCALE: `a` times 2 to the integer part of `b`.
    package mutating func scale(_ a: RealOperand, by b: RealOperand) -> ExtendedReal {
        if let nan = propagate(a, b) { return nan }
        if b.kind == .infinity {
            if a.kind == (b.isNegative ? .infinity : .zero) { return invalid() }
            guard admit(a, b) else { return .indefinite }
            return b.isNegative ? .zero(a.isNegative) : .infinity(a.isNegative)
        }
        guard admit(a, b) else { return .indefinite }
        guard a.kind == .finite, b.kind == .finite else { return a.value }
        let distance = b.exponent - ExtendedReal.bias
        var power = 0
        if distance >= 0 {
            power = distance > 16 ? 1 << 17 : Int(b.significand >> UInt64(63 - distance))
            if b.isNegative { power = -power }
        }
        return round(
            UnroundedReal(
                isNegative: a.isNegative, exponent: a.exponent + power, significand: UInt128(a.significand) << 64))
    }

    /// FXTRACT: the unbiased exponent and the significand with exponent 0.
    package mutating func extract(_ a: RealOperand) -> (exponent: ExtendedReal, significand: ExtendedReal) {
        if let nan = propagate(a) { return (nan, nan) }
        if a.kind == .zero {
            flags |= StatusWord.zeroDivide
            return (.infinity(true), .zero(a.isNegative))
        }
        guard admit(a) else { return (.indefinite, .indefinite) }
        if a.kind == .infinity { return (.infinity(false), .infinity(a.isNegative)) }
        let significand = ExtendedReal(
            signExponent: a.isNegative ? 0xBFFF : 0x3FFF, significand: a.significand)
        return (ExtendedReal(Int64(a.exponent - ExtendedReal.bias)), significand)
    }
}
