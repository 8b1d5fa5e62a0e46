/// Bits of the x87 status word (SDM Vol. 1 8.1.3 "x87 FPU Status Register").
package enum StatusWord {
    package static let invalid: UInt16 = 0x01
    package static let denormal: UInt16 = 0x02
    package static let zeroDivide: UInt16 = 0x04
    package static let overflow: UInt16 = 0x08
    package static let underflow: UInt16 = 0x10
    package static let precision: UInt16 = 0x20
    package static let stackFault: UInt16 = 0x40
    package static let summary: UInt16 = 0x80
    package static let c0: UInt16 = 0x100
    package static let c1: UInt16 = 0x200
    package static let c2: UInt16 = 0x400
    package static let top: UInt16 = 0x3800
    package static let c3: UInt16 = 0x4000
    package static let busy: UInt16 = 0x8000
    package static let exceptions: UInt16 = 0x3F
    package static let conditions: UInt16 = c0 | c1 | c2 | c3
    /// Exceptions that are found before the operation; unmasked ones leave the operands alone (SDM Vol. 1 8.5).
    static let before: UInt16 = invalid | denormal | zeroDivide
}

/// The rounding control field (SDM Vol. 1 4.8.4 "Rounding").
package enum RoundingMode: UInt8, Sendable, CaseIterable { case nearest, down, up, towardZero }

/// A finite nonzero result before rounding.
struct UnroundedReal {
    var isNegative: Bool
    /// Biased as in the extended format, without bounds.
    var exponent: Int
    /// Bit 127 set; bits that were lost are or-ed into bit 0.
    var significand: UInt128

    init(isNegative: Bool, exponent: Int, significand: UInt128) {
        let shift = significand.leadingZeroBitCount
        self.isNegative = isNegative
        self.exponent = exponent - shift
        self.significand = significand << UInt128(shift)
    }
}

/// What a result is rounded to; exponents are biased as in the extended format.
struct RealFormat {
    var precision: Int
    var minimumExponent: Int
    var maximumExponent: Int
    /// Unmasked overflow and underflow deliver a result with its exponent moved instead of none (SDM Vol. 1 8.5.4, 8.5.5).
    var hasBiasedResult: Bool

    static let single = RealFormat(
        precision: 24, minimumExponent: 16257, maximumExponent: 16510, hasBiasedResult: false)
    static let double = RealFormat(
        precision: 53, minimumExponent: 15361, maximumExponent: 17406, hasBiasedResult: false)
    static func extended(precision: Int) -> RealFormat {
        RealFormat(precision: precision, minimumExponent: 1, maximumExponent: 0x7FFE, hasBiasedResult: true)
    }
    static let extended = RealFormat.extended(precision: 64)
}

/// Arithmetic under a control word; gathers the exceptions of one operation.
///
/// An operation whose unmasked #I, #D or #Z forbids a result answers something that must not be stored: see `isBlocked`.
package struct RealArithmetic: Sendable {
    package let rounding: RoundingMode
    /// Bits of the significand that basic arithmetic keeps: 24, 53 or 64.
    package let precision: Int
    /// Exceptions that are masked, as in the status word.
    package let masks: UInt16
    /// Exceptions raised so far.
    package var flags: UInt16 = 0
    /// The magnitude was rounded up: C1.
    package var isRoundedUp = false

    /// Reads the control word (SDM Vol. 1 8.1.5 "x87 FPU Control Word").
    package init(control: UInt16) {
        rounding = RoundingMode(rawValue: UInt8(control >> 10 & 3)) ?? .nearest
        masks = control & StatusWord.exceptions
        switch control >> 8 & 3 {
        case 0: precision = 24
        case 2: precision = 53
        default: precision = 64
        }
    }

    /// An unmasked exception forbids any result.
    package var isBlocked: Bool { flags & ~masks & StatusWord.before != 0 }

    mutating func invalid() -> ExtendedReal {
        flags |= StatusWord.invalid
        return .indefinite
    }

    // MARK: NaN and denormal operands

    /// The result if an operand is a NaN or unsupported (SDM Vol. 1 4.8.3.5, Table 4-7 "Rules for Handling NaNs").
    mutating func propagate(_ a: RealOperand, _ b: RealOperand) -> ExtendedReal? {
        if a.isNumber, b.isNumber { return nil }
        if a.kind == .unsupported || b.kind == .unsupported { return invalid() }
        if a.kind == .signalingNaN || b.kind == .signalingNaN { flags |= StatusWord.invalid }
        guard a.isNaN, b.isNaN else { return a.isNaN ? a.quieted : b.quieted }
        if a.kind != b.kind { return a.kind == .quietNaN ? a.quieted : b.quieted }
        if a.significand != b.significand { return a.significand > b.significand ? a.quieted : b.quieted }
        return a.isNegative ? b.quieted : a.quieted
    }

    mutating func propagate(_ a: RealOperand) -> ExtendedReal? {
        if a.isNumber { return nil }
        if a.kind == .unsupported { return invalid() }
        if a.kind == .signalingNaN { flags |= StatusWord.invalid }
        return a.quieted
    }

    /// Raises #D for denormal operands; false if that forbids the operation.
    mutating func admit(_ a: RealOperand, _ b: RealOperand) -> Bool {
        if a.isDenormal || b.isDenormal { flags |= StatusWord.denormal }
        return !isBlocked
    }
    mutating func admit(_ a: RealOperand) -> Bool { admit(a, a) }

    // MARK: Rounding

    private func roundsUp(_ kept: UInt128, _ rest: UInt128, half: UInt128, unit: UInt128, _ isNegative: Bool) -> Bool {
        switch rounding {
        case .nearest: rest > half || rest == half && kept & unit != 0
        case .down: isNegative && rest != 0
        case .up: !isNegative && rest != 0
        case .towardZero: false
        }
    }

    /// Keeps the upper `precision` bits; a carry out of bit 127 moves to `exponent`.
    private func cut(_ value: UnroundedReal, precision: Int) -> (value: UnroundedReal, isInexact: Bool, isUp: Bool) {
        let unit = UInt128(1) << UInt128(128 - precision)
        let rest = value.significand & (unit - 1)
        let kept = value.significand - rest
        var result = value
        result.significand = kept
        let isUp = roundsUp(kept, rest, half: unit >> 1, unit: unit, value.isNegative)
        if isUp {
            let (sum, carry) = kept.addingReportingOverflow(unit)
            result.significand = carry ? 1 << 127 : sum
            if carry { result.exponent += 1 }
        }
        return (result, rest != 0, isUp)
    }

    /// Rounds to the extended format with a given precision.
    mutating func round(_ value: UnroundedReal, precision: Int = 64) -> ExtendedReal {
        let format = RealFormat.extended(precision: precision)
        guard let result = round(value, to: format) else { return .indefinite }
        let sign: UInt16 = value.isNegative ? 0x8000 : 0
        let significand = UInt64(truncatingIfNeeded: result.significand >> 64)
        return ExtendedReal(signExponent: sign | UInt16(result.exponent), significand: significand)
    }

    /// The rounded result with bit 127 clear and exponent 0 if denormal, exponent `maximum + 1` if infinite; nil if there is
    /// none because of an unmasked exception.
    mutating func round(_ value: UnroundedReal, to format: RealFormat) -> UnroundedReal? {
        let (rounded, isInexact, isUp) = cut(value, precision: format.precision)
        if rounded.exponent > format.maximumExponent { return overflow(rounded, isInexact, isUp, format) }
        if rounded.exponent < format.minimumExponent { return underflow(value, rounded, isInexact, isUp, format) }
        note(isInexact, isUp)
        return rounded
    }

    private mutating func note(_ isInexact: Bool, _ isUp: Bool) {
        if isInexact { flags |= StatusWord.precision }
        isRoundedUp = isUp
    }

    /// SDM Vol. 1 8.5.4 "Numeric Overflow Exception (#O)", Table 4-10 "Masked Responses to Numeric Overflow".
    private mutating func overflow(
        _ rounded: UnroundedReal, _ isInexact: Bool, _ isUp: Bool, _ format: RealFormat
    ) -> UnroundedReal? {
        flags |= StatusWord.overflow
        var result = rounded
        if masks & StatusWord.overflow == 0 {
            guard format.hasBiasedResult else { return nil }
            note(isInexact, isUp)
            result.exponent -= 24576
            if result.exponent <= format.maximumExponent { return result }
        }
        let isMassive = masks & StatusWord.overflow == 0
        let isInfinite =
            switch rounding {
            case _ where isMassive: true
            case .nearest: true
            case .down: rounded.isNegative
            case .up: !rounded.isNegative
            case .towardZero: false
            }
        note(true, isInfinite)
        result.exponent = isInfinite ? format.maximumExponent + 1 : format.maximumExponent
        let unit = UInt128(1) << UInt128(128 - format.precision)
        result.significand = isInfinite ? 1 << 127 : 0 &- unit
        return result
    }

    /// SDM Vol. 1 8.5.5 "Numeric Underflow Exception (#U)": tininess is detected after rounding.
    private mutating func underflow(
        _ value: UnroundedReal, _ rounded: UnroundedReal, _ isInexact: Bool, _ isUp: Bool, _ format: RealFormat
    ) -> UnroundedReal? {
        var result = rounded
        if masks & StatusWord.underflow == 0 {
            flags |= StatusWord.underflow
            guard format.hasBiasedResult else { return nil }
            result.exponent += 24576
            if result.exponent >= format.minimumExponent {
                note(isInexact, isUp)
                return result
            }
            // FSCALE far below the range.
            note(true, false)
            result.exponent = 0
            result.significand = 0
            return result
        }
        let shift = min(format.minimumExponent - value.exponent, 127)
        var shifted = value
        shifted.significand >>= UInt128(shift)
        if shifted.significand << UInt128(shift) != value.significand { shifted.significand |= 1 }
        let (denormal, isCut, isCutUp) = cut(shifted, precision: format.precision)
        if isCut { flags |= StatusWord.underflow }
        note(isCut, isCutUp)
        result.significand = denormal.significand
        result.exponent = denormal.significand >> 127 != 0 ? format.minimumExponent : 0
        return result
    }
}
