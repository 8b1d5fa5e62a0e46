// Conversions to what FST, FIST and FBSTP store, and FRNDINT (SDM Vol. 1 8.3.3 "Data Transfer Instructions").

extension RealArithmetic {
    /// The bits of a single-precision number; nil if an unmasked exception forbids the store.
    package mutating func single(_ a: RealOperand) -> UInt32? {
        convert(a, to: .single, topExponent: 0xFF).map { UInt32(truncatingIfNeeded: $0) }
    }

    /// The bits of a double-precision number; nil as for `single`.
    package mutating func double(_ a: RealOperand) -> UInt64? { convert(a, to: .double, topExponent: 0x7FF) }

    private mutating func convert(_ a: RealOperand, to format: RealFormat, topExponent: UInt64) -> UInt64? {
        let fractionBits = UInt64(format.precision - 1)
        let unused = 63 - fractionBits
        let sign: UInt64 = a.isNegative ? (topExponent + 1) << fractionBits : 0
        switch a.kind {
        case .zero: return sign
        case .infinity: return sign | topExponent << fractionBits
        case .quietNaN, .signalingNaN, .unsupported:
            let nan = propagate(a) ?? .indefinite
            if isBlocked { return nil }
            let nanSign: UInt64 = nan.isNegative ? (topExponent + 1) << fractionBits : 0
            return nanSign | topExponent << fractionBits | (nan.significand << 1) >> (unused + 1)
        case .finite:
            let wide = UnroundedReal(
                isNegative: a.isNegative, exponent: a.exponent, significand: UInt128(a.significand) << 64)
            guard let result = round(wide, to: format) else { return nil }
            let fraction = (UInt64(truncatingIfNeeded: result.significand >> 64) << 1) >> (unused + 1)
            guard result.exponent != 0 else { return sign | fraction }
            let exponent = UInt64(result.exponent - ExtendedReal.bias + Int(topExponent) / 2)
            return sign | exponent << fractionBits | fraction
        }
    }

    /// The magnitude of a finite number rounded to an integer; nil if 2^64 or more. Raises #P.
    private mutating func integerMagnitude(_ a: RealOperand) -> UInt64? {
        if a.kind == .zero { return 0 }
        let distance = ExtendedReal.bias + 63 - a.exponent
        if distance < 0 { return nil }
        if distance == 0 { return a.significand }
        // Bits below the binary point, those that far below it do not matter one by one.
        let wide = (UInt128(a.significand) << 64) >> UInt128(min(distance, 126))
        let isSticky = distance > 64
        let whole = UInt64(truncatingIfNeeded: wide >> 64)
        let rest = UInt64(truncatingIfNeeded: wide) | (isSticky ? 1 : 0)
        let isUp =
            switch rounding {
            case .nearest: rest > 1 << 63 || rest == 1 << 63 && whole & 1 != 0
            case .down: a.isNegative && rest != 0
            case .up: !a.isNegative && rest != 0
            case .towardZero: false
            }
        if rest != 0 { flags |= StatusWord.precision }
        isRoundedUp = isUp
        return isUp ? whole + 1 : whole
    }

    /// FRNDINT.
    package mutating func roundToInteger(_ a: RealOperand) -> ExtendedReal {
        if let nan = propagate(a) { return nan }
        guard admit(a) else { return .indefinite }
        guard a.kind == .finite, a.exponent < ExtendedReal.bias + 63 else { return a.value }
        guard let magnitude = integerMagnitude(a), magnitude != 0 else { return .zero(a.isNegative) }
        let shift = magnitude.leadingZeroBitCount
        let exponent = UInt16(ExtendedReal.bias + 63 - shift)
        return ExtendedReal(
            signExponent: exponent | (a.isNegative ? 0x8000 : 0), significand: magnitude << UInt64(shift))
    }

    /// A signed integer of 16, 32 or 64 bits; the integer indefinite if it does not fit, nil if #I is unmasked then.
    package mutating func integer(_ a: RealOperand, bits: Int) -> Int64? {
        let before = self
        if a.isNumber, a.kind != .infinity, let magnitude = integerMagnitude(a) {
            let limit = UInt64(1) << UInt64(bits - 1)
            if magnitude < limit { return a.isNegative ? -Int64(magnitude) : Int64(magnitude) }
            if magnitude == limit, a.isNegative { return Int64(truncatingIfNeeded: 0 &- limit) }
        }
        self = before
        _ = invalid()
        return isBlocked ? nil : Int64(truncatingIfNeeded: 0 &- UInt64(1) << UInt64(bits - 1))
    }

    /// The low eight bytes and the upper two of a packed BCD integer; nil as for `integer`.
    package mutating func packedDecimal(_ a: RealOperand) -> (low: UInt64, high: UInt16)? {
        let before = self
        if a.isNumber, a.kind != .infinity, var rest = integerMagnitude(a), rest <= 999_999_999_999_999_999 {
            var digits: UInt128 = 0
            for position in 0..<18 {
                digits |= UInt128(rest % 10) << UInt128(position * 4)
                rest /= 10
            }
            let sign: UInt16 = a.isNegative ? 0x8000 : 0
            return (UInt64(truncatingIfNeeded: digits), UInt16(truncatingIfNeeded: digits >> 64) | sign)
        }
        self = before
        _ = invalid()
        // The packed BCD indefinite (SDM Vol. 1 4.7, Table 4-4).
        return isBlocked ? nil : (0xC000_0000_0000_0000, 0xFFFF)
    }
}

extension ExtendedReal {
    /// A packed BCD integer; digits above 9 count as their value.
    package init(packedDecimal low: UInt64, high: UInt16) {
        var value: UInt64 = 0
        let digits = UInt128(high & 0xFF) << 64 | UInt128(low)
        for position in (0..<18).reversed() {
            value = value &* 10 &+ UInt64(truncatingIfNeeded: digits >> UInt128(position * 4)) & 0xF
        }
        let magnitude = ExtendedReal(Int64(truncatingIfNeeded: value))
        self.init(
            signExponent: magnitude.signExponent | high & 0x8000, significand: magnitude.significand)
    }
}
