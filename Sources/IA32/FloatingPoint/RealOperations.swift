// Addition, multiplication, division, square root and comparison (SDM Vol. 1 8.3.5 "Basic Arithmetic Instructions").

extension RealArithmetic {
    package mutating func add(_ a: RealOperand, _ b: RealOperand) -> ExtendedReal {
        if let nan = propagate(a, b) { return nan }
        if a.kind == .infinity, b.kind == .infinity, a.isNegative != b.isNegative { return invalid() }
        guard admit(a, b) else { return .indefinite }
        if a.kind == .infinity { return .infinity(a.isNegative) }
        if b.kind == .infinity { return .infinity(b.isNegative) }
        guard a.kind == .finite, b.kind == .finite else { return addZero(a, b) }
        let (large, small) = a.exponent >= b.exponent ? (a, b) : (b, a)
        // One bit of room for the carry.
        let first = UInt128(large.significand) << 63
        let distance = UInt128(min(large.exponent - small.exponent, 127))
        let wide = UInt128(small.significand) << 63
        let shifted = wide >> distance
        let second = shifted | (shifted << distance == wide ? 0 : 1)
        if a.isNegative == b.isNegative {
            return round(
                UnroundedReal(isNegative: a.isNegative, exponent: large.exponent + 1, significand: first + second),
                precision: precision)
        }
        if first == second { return .zero(rounding == .down) }
        let isNegative = first > second ? large.isNegative : small.isNegative
        let difference = first > second ? first - second : second - first
        return round(
            UnroundedReal(isNegative: isNegative, exponent: large.exponent + 1, significand: difference),
            precision: precision)
    }

    /// At least one operand is zero. The sum of opposite zeros is +0, rounding down -0 (SDM Vol. 1 4.8.3.1).
    private mutating func addZero(_ a: RealOperand, _ b: RealOperand) -> ExtendedReal {
        if a.kind == .zero, b.kind == .zero {
            return .zero(a.isNegative == b.isNegative ? a.isNegative : rounding == .down)
        }
        return roundExact(a.kind == .zero ? b : a)
    }

    /// A finite operand rounded to the precision in force.
    private mutating func roundExact(_ a: RealOperand) -> ExtendedReal {
        round(
            UnroundedReal(isNegative: a.isNegative, exponent: a.exponent, significand: UInt128(a.significand) << 64),
            precision: precision)
    }

    package mutating func subtract(_ a: RealOperand, _ b: RealOperand) -> ExtendedReal {
        b.isNaN ? add(a, b) : add(a, b.negated)
    }

    package mutating func multiply(_ a: RealOperand, _ b: RealOperand) -> ExtendedReal {
        multiply(a, b, precision: precision)
    }

    mutating func multiply(_ a: RealOperand, _ b: RealOperand, precision: Int) -> ExtendedReal {
        if let nan = propagate(a, b) { return nan }
        if a.kind == .infinity && b.kind == .zero || a.kind == .zero && b.kind == .infinity { return invalid() }
        guard admit(a, b) else { return .indefinite }
        let isNegative = a.isNegative != b.isNegative
        if a.kind == .infinity || b.kind == .infinity { return .infinity(isNegative) }
        if a.kind == .zero || b.kind == .zero { return .zero(isNegative) }
        let product = a.significand.multipliedFullWidth(by: b.significand)
        return round(
            UnroundedReal(
                isNegative: isNegative, exponent: a.exponent + b.exponent - ExtendedReal.bias + 1,
                significand: UInt128(product.high) << 64 | UInt128(product.low)),
            precision: precision)
    }

    package mutating func divide(_ a: RealOperand, _ b: RealOperand) -> ExtendedReal {
        if let nan = propagate(a, b) { return nan }
        if a.kind == b.kind, a.kind != .finite { return invalid() }
        let isNegative = a.isNegative != b.isNegative
        // SDM Vol. 1 8.5.3 "Divide-By-Zero Exception (#Z)": the dividend is finite and not zero.
        if b.kind == .zero, a.kind == .finite {
            flags |= StatusWord.zeroDivide
            return .infinity(isNegative)
        }
        guard admit(a, b) else { return .indefinite }
        if a.kind == .infinity || b.kind == .zero { return .infinity(isNegative) }
        if b.kind == .infinity || a.kind == .zero { return .zero(isNegative) }
        var exponent = a.exponent - b.exponent + ExtendedReal.bias
        var dividend = (high: a.significand, low: UInt64(0))
        if a.significand >= b.significand {
            dividend = (high: a.significand >> 1, low: a.significand << 63)
        } else {
            exponent -= 1
        }
        let first = b.significand.dividingFullWidth(dividend)
        let second = b.significand.dividingFullWidth((high: first.remainder, low: 0))
        let low = second.quotient | (second.remainder != 0 ? 1 : 0)
        return round(
            UnroundedReal(
                isNegative: isNegative, exponent: exponent, significand: UInt128(first.quotient) << 64 | UInt128(low)),
            precision: precision)
    }

    package mutating func squareRoot(_ a: RealOperand) -> ExtendedReal {
        if let nan = propagate(a) { return nan }
        if a.kind == .zero { return .zero(a.isNegative) }
        if a.isNegative { return invalid() }
        guard admit(a) else { return .indefinite }
        if a.kind == .infinity { return .infinity(false) }
        // value = significand * 2^(scale - 63): an even power is taken out.
        let scale = a.exponent - ExtendedReal.bias
        let isOdd = scale & 1 != 0
        let (root, remainder) = RealArithmetic.squareRoot(UInt128(a.significand) << (isOdd ? 64 : 63))
        let low: UInt64 = (remainder > UInt128(root) ? 1 << 63 : 0) | (remainder != 0 ? 1 : 0)
        return round(
            UnroundedReal(
                isNegative: false, exponent: ExtendedReal.bias + (isOdd ? scale - 1 : scale) / 2,
                significand: UInt128(root) << 64 | UInt128(low)),
            precision: precision)
    }

    /// The integer square root of a number of at least 2^126, with the remainder.
    private static func squareRoot(_ value: UInt128) -> (root: UInt64, remainder: UInt128) {
        var root: UInt128 = 0
        var remainder = value
        var bit: UInt128 = 1 << 126
        while bit != 0 {
            if remainder >= root + bit {
                remainder -= root + bit
                root = root >> 1 + bit
            } else {
                root >>= 1
            }
            bit >>= 2
        }
        return (UInt64(truncatingIfNeeded: root), remainder)
    }

    /// C3, C2 and C0 of a comparison (SDM Vol. 2A "FCOM/FCOMP/FCOMPP"); `isQuiet` for the FUCOM family.
    package mutating func compare(_ a: RealOperand, _ b: RealOperand, isQuiet: Bool) -> UInt16 {
        guard a.isNumber, b.isNumber else {
            let isSilent = isQuiet && (a.isNumber || a.kind == .quietNaN) && (b.isNumber || b.kind == .quietNaN)
            if !isSilent { flags |= StatusWord.invalid }
            return StatusWord.c3 | StatusWord.c2 | StatusWord.c0
        }
        _ = admit(a, b)
        let (left, right) = (RealArithmetic.rank(a), RealArithmetic.rank(b))
        return left == right ? StatusWord.c3 : left < right ? StatusWord.c0 : 0
    }

    /// Orders numbers as their values.
    private static func rank(_ a: RealOperand) -> Int128 {
        if a.kind == .zero { return 0 }
        let magnitude = Int128(a.exponent + 64) << 64 | Int128(a.kind == .infinity ? 1 << 63 : a.significand)
        return a.isNegative ? -magnitude : magnitude
    }
}
