// The transcendental functions, from series in 128-bit arithmetic: the error before the final rounding is below 2^-110
// relative (SDM Vol. 1 8.3.10 "Transcendental Instruction Accuracy" asks for less than one unit in the last place).
// Arguments of the trigonometric functions are reduced by the 66-bit value of pi that the processors use (8.3.8).

extension RealArithmetic {
    /// Rounds an irrational value, always to 64 bits and inexactly.
    private mutating func round(_ value: WideReal) -> ExtendedReal {
        var unrounded = UnroundedReal(
            isNegative: value.isNegative, exponent: value.exponent + ExtendedReal.bias, significand: value.significand)
        unrounded.significand |= 1
        return round(unrounded)
    }

    /// The result is undefined: processors answer the operand, inexact.
    private mutating func outsideDomain(_ a: RealOperand) -> ExtendedReal {
        flags |= StatusWord.precision
        return a.value
    }

    // MARK: Exponential and logarithm

    /// F2XM1: 2^a - 1 for a in -1 to 1; other finite arguments are left as they are.
    package mutating func exponentialMinusOne(_ a: RealOperand) -> ExtendedReal {
        if let nan = propagate(a) { return nan }
        guard admit(a) else { return .indefinite }
        switch a.kind {
        case .zero: return .zero(a.isNegative)
        case .infinity: return a.isNegative ? ExtendedReal(-1) : .infinity(false)
        default: break
        }
        if a.exponent >= ExtendedReal.bias {
            guard a.exponent == ExtendedReal.bias, a.significand == 1 << 63 else { return outsideDomain(a) }
            flags |= StatusWord.precision
            return a.isNegative ? ExtendedReal(signExponent: 0xBFFE, significand: 1 << 63) : .one
        }
        // e^t - 1 of a quarter of the argument, then (e^t - 1)(e^t + 1) twice.
        let argument = (WideReal(a) * .ln2).scaled(by: -2)
        var series = WideReal.one
        for term in (2...24).reversed() { series = .one + (argument * series).divided(by: UInt64(term)) }
        var result = argument * series
        for _ in 0..<2 { result = result * (result + WideReal(2)) }
        return round(result)
    }

    /// 2 artanh(z) / ln 2 for |z| below 0.18.
    private static func logarithm(artanh z: WideReal) -> WideReal {
        let square = z * z
        var series = WideReal.one.divided(by: 53)
        for term in (0..<26).reversed() { series = WideReal.one.divided(by: UInt64(2 * term + 1)) + square * series }
        return (z * series * .log2e).scaled(by: 1)
    }

    /// log2 of a positive number.
    private static func logarithm(_ value: WideReal) -> WideReal {
        var fraction = value
        fraction.exponent = 0
        // To the interval around 1 from sqrt(1/2) to sqrt(2).
        if fraction.significand > 0xB504_F333_F9DE_6484_0000_0000_0000_0000 { fraction.exponent = -1 }
        let power = WideReal(value.exponent - fraction.exponent)
        let difference = fraction - .one
        if difference.isZero { return power }
        return power + logarithm(artanh: difference / (fraction + .one))
    }

    /// FYL2X: y log2(x) (SDM Vol. 2A "FYL2X", Table of results).
    package mutating func multiplyLogarithm(_ y: RealOperand, _ x: RealOperand) -> ExtendedReal {
        if let nan = propagate(x, y) { return nan }
        let isOne = x.kind == .finite && x.exponent == ExtendedReal.bias && x.significand == 1 << 63
        if x.isNegative, x.kind != .zero { return invalid() }
        switch (x.kind, y.kind) {
        case (.zero, .zero), (.infinity, .zero): return invalid()
        case (.zero, .finite):
            flags |= StatusWord.zeroDivide
            return .infinity(!y.isNegative)
        case (.finite, .infinity) where isOne: return invalid()
        default: break
        }
        guard admit(x, y) else { return .indefinite }
        let isLogarithmNegative = x.kind == .zero || x.kind == .finite && x.exponent < ExtendedReal.bias
        let isNegative = y.isNegative != isLogarithmNegative
        if x.kind != .finite || y.kind == .infinity { return .infinity(isNegative) }
        if y.kind == .zero || isOne { return .zero(isNegative) }
        if x.significand == 1 << 63 { return multiplyExactly(y, x.exponent - ExtendedReal.bias) }
        return round(WideReal(y) * RealArithmetic.logarithm(WideReal(x)))
    }

    /// The logarithm is an integer: the product may be exact, but #P, and #U if tiny, are raised all the same.
    private mutating func multiplyExactly(_ y: RealOperand, _ logarithm: Int) -> ExtendedReal {
        let factor = UInt128(logarithm.magnitude)
        flags |= StatusWord.precision
        let result = round(
            UnroundedReal(
                isNegative: y.isNegative != (logarithm < 0), exponent: y.exponent + 64,
                significand: UInt128(y.significand) * factor))
        if result.exponent == 0 { flags |= StatusWord.underflow }
        return result
    }

    /// FYL2XP1: y log2(x + 1), exact to the last bits for small x.
    package mutating func multiplyLogarithmPlusOne(_ y: RealOperand, _ x: RealOperand) -> ExtendedReal {
        if let nan = propagate(x, y) { return nan }
        if x.kind == .infinity, x.isNegative { return invalid() }
        switch (x.kind, y.kind) {
        case (.zero, .infinity), (.infinity, .zero): return invalid()
        default: break
        }
        guard admit(x, y) else { return .indefinite }
        let isNegative = x.isNegative != y.isNegative
        if x.kind == .infinity || y.kind == .infinity { return .infinity(isNegative) }
        if x.kind == .zero || y.kind == .zero { return .zero(isNegative) }
        if x.isNegative, x.exponent >= ExtendedReal.bias { return outsideDomain(x) }
        let argument = WideReal(x)
        guard x.exponent < ExtendedReal.bias - 2 else {
            return round(WideReal(y) * RealArithmetic.logarithm(argument + .one))
        }
        return round(WideReal(y) * RealArithmetic.logarithm(artanh: argument / (argument + WideReal(2))))
    }

    // MARK: Arctangent

    /// atan(n / 8) for n from 1 to 8.
    private static let arctangents: InlineArray<8, WideReal> = [
        WideReal(exponent: -4, significand: 0xFEAD_D4D5_617B_6E32_C897_989F_3E88_8EF8),
        WideReal(exponent: -3, significand: 0xFADB_AFC9_6406_EB15_6DC7_9EF5_F7A2_17E6),
        WideReal(exponent: -2, significand: 0xB7B0_CA0F_26F7_8473_8AA3_2122_DCFE_4483),
        WideReal(exponent: -2, significand: 0xED63_382B_0DDA_7B45_6FE4_45EC_BC3A_8D03),
        WideReal(exponent: -1, significand: 0x8F00_5D5E_F7F5_9F9B_5C83_5E16_65C4_3748),
        WideReal(exponent: -1, significand: 0xA4BC_7D19_34F7_0924_19A8_7F2A_457D_AC9F),
        WideReal(exponent: -1, significand: 0xB805_3E2B_C231_9E73_CB2D_A552_10A4_443D),
        WideReal(exponent: -1, significand: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1),
    ]

    /// atan of a number from 0 to 1.
    private static func arctangent(_ value: WideReal) -> WideReal {
        // The nearest eighth.
        let sixteenths = value.exponent < -5 ? 0 : Int(value.significand >> UInt128(123 - value.exponent))
        let eighth = (sixteenths + 1) / 2
        var rest = value
        if eighth != 0 {
            let center = WideReal(eighth).scaled(by: -3)
            rest = (value - center) / (.one + value * center)
        }
        let square = rest * rest
        var series = WideReal.one.divided(by: 35)
        for term in (0..<17).reversed() { series = WideReal.one.divided(by: UInt64(2 * term + 1)) - square * series }
        let small = rest * series
        return eighth == 0 ? small : arctangents[eighth - 1] + small
    }

    /// FPATAN: the angle of the point (x, y) (SDM Vol. 2A "FPATAN", Table of results).
    package mutating func arctangent(_ y: RealOperand, _ x: RealOperand) -> ExtendedReal {
        if let nan = propagate(x, y) { return nan }
        guard admit(x, y) else { return .indefinite }
        let isYZero = y.kind == .zero || y.kind == .finite && x.kind == .infinity
        if isYZero {
            guard x.isNegative else { return .zero(y.isNegative) }
            return round(signed(.pi, y))
        }
        if x.kind == .zero || y.kind == .infinity && x.kind == .finite { return round(signed(.halfPi, y)) }
        if y.kind == .infinity {
            let quarter = WideReal.halfPi.scaled(by: -1)
            return round(signed(x.isNegative ? .pi - quarter : quarter, y))
        }
        let (height, width) = (WideReal(y).magnitude, WideReal(x).magnitude)
        let isSteep = (height - width).isNegative == false && !(height - width).isZero
        var angle = RealArithmetic.arctangent(isSteep ? width / height : height / width)
        if isSteep { angle = .halfPi - angle }
        if x.isNegative { angle = .pi - angle }
        return round(signed(angle, y))
    }

    private func signed(_ angle: WideReal, _ y: RealOperand) -> WideReal { y.isNegative ? -angle : angle }

    // MARK: Sine, cosine, tangent

    /// The argument less a multiple of half of the processors' pi, to at most a quarter of it, and that multiple.
    private static func reduce(_ a: RealOperand) -> (rest: WideReal, quadrant: Int) {
        // 66 bits of pi, in units of 2^-66; half of it in units of 2^-67.
        let halfPi: UInt128 = 0xC_90FD_AA22_168C_234C
        let steps = a.exponent - ExtendedReal.bias + 4
        guard steps >= 0 else { return (WideReal(a).magnitude, 0) }
        var rest = UInt128(a.significand)
        var quadrant = 0
        for _ in 0..<steps {
            rest <<= 1
            quadrant = quadrant << 1 & 3
            if rest >= halfPi {
                rest -= halfPi
                quadrant |= 1
            }
        }
        let isPast = rest << 1 > halfPi
        if isPast { rest = halfPi - rest }
        // The rest is in units of 2^-67.
        return (
            WideReal(isNegative: isPast, exponent: 60, significand: rest), isPast ? (quadrant + 1) & 3 : quadrant
        )
    }

    /// Sine and cosine of a finite nonzero number below 2^63.
    private static func sineAndCosine(_ a: RealOperand) -> (sine: WideReal, cosine: WideReal) {
        let (rest, quadrant) = reduce(a)
        let square = rest * rest
        var sine = WideReal.one
        var cosine = WideReal.one
        for term in (1...17).reversed() {
            let even = UInt64(2 * term)
            sine = .one - (square * sine).divided(by: even * (even + 1))
            cosine = .one - (square * cosine).divided(by: even * (even - 1))
        }
        sine = sine * rest
        let pair: (sine: WideReal, cosine: WideReal) =
            switch quadrant {
            case 0: (sine, cosine)
            case 1: (cosine, -sine)
            case 2: (-sine, -cosine)
            default: (-cosine, sine)
            }
        return (a.isNegative ? -pair.sine : pair.sine, pair.cosine)
    }

    /// C2 of the trigonometric instructions: the argument is not below 2^63 (SDM Vol. 1 8.1.3.2).
    package static func isOutOfRange(_ a: RealOperand) -> Bool {
        a.kind == .finite && a.exponent >= ExtendedReal.bias + 63
    }

    /// What each of FSIN, FCOS, FPTAN answers for operands that need no computation.
    private mutating func special(_ a: RealOperand, zero: ExtendedReal) -> ExtendedReal? {
        if let nan = propagate(a) { return nan }
        if a.kind == .infinity { return invalid() }
        guard admit(a) else { return .indefinite }
        return a.kind == .zero ? zero : nil
    }

    package mutating func sine(_ a: RealOperand) -> ExtendedReal {
        special(a, zero: .zero(a.isNegative)) ?? round(RealArithmetic.sineAndCosine(a).sine)
    }

    package mutating func cosine(_ a: RealOperand) -> ExtendedReal {
        special(a, zero: .one) ?? round(RealArithmetic.sineAndCosine(a).cosine)
    }

    package mutating func tangent(_ a: RealOperand) -> ExtendedReal {
        if let result = special(a, zero: .zero(a.isNegative)) { return result }
        let (sine, cosine) = RealArithmetic.sineAndCosine(a)
        return round(sine / cosine)
    }
}
