// What the instructions do to the stack and the status word, apart from memory (SDM Vol. 1 8.3 "x87 FPU Instruction Set").

/// The operations of the `reg` field of D8, DA, DC and DE, comparisons aside.
enum BasicArithmetic: UInt8 {
    case add = 0
    case multiply = 1
    case subtract = 4
    case subtractReversed = 5
    case divide = 6
    case divideReversed = 7
}

extension FloatingPointState {
    // MARK: Basic arithmetic and comparison

    /// ST(i) becomes ST(i) op `source`.
    mutating func compute(_ kind: BasicArithmetic, _ i: Int, _ source: RealOperand) -> Bool {
        var work = arithmetic
        let target = operand(i)
        let result =
            switch kind {
            case .add: work.add(target, source)
            case .multiply: work.multiply(target, source)
            case .subtract: work.subtract(target, source)
            case .subtractReversed: work.subtract(source, target)
            case .divide: work.divide(target, source)
            case .divideReversed: work.divide(source, target)
            }
        guard accept(work) else { return false }
        self[i] = result
        return true
    }

    /// ST(0) op= an operand from memory.
    mutating func computeMemory(_ kind: BasicArithmetic, _ source: RealOperand) {
        if isEmpty(0) { return underflow(into: 0) }
        _ = compute(kind, 0, source)
    }

    /// ST(target) op= ST(source), then perhaps a pop.
    mutating func computeRegisters(_ kind: BasicArithmetic, _ target: Int, _ source: Int, pops: Bool = false) {
        if isEmpty(target) || isEmpty(source) { return underflow(into: target, pops: pops) }
        if compute(kind, target, operand(source)), pops { pop() }
    }

    /// The masked response to stack underflow is the indefinite in the destination.
    mutating func underflow(into i: Int, pops: Bool = false) {
        guard raiseStackFault() else { return }
        self[i] = .indefinite
        if pops { pop() }
    }

    /// Compares ST(0) with an operand, nil for an empty register. The conditions are set even if an unmasked exception
    /// keeps the stack from being popped.
    mutating func compare(with other: RealOperand?, isQuiet: Bool) -> (conditions: UInt16, mayPop: Bool) {
        guard let other, !isEmpty(0) else {
            return (StatusWord.c3 | StatusWord.c2 | StatusWord.c0, raiseStackFault())
        }
        var work = arithmetic
        let conditions = work.compare(operand(0), other, isQuiet: isQuiet)
        return (conditions, accept(work))
    }

    /// FCOM, FUCOM and those that pop.
    mutating func compareStatus(_ other: RealOperand?, isQuiet: Bool = false, pops: Int) {
        let (conditions, mayPop) = compare(with: other, isQuiet: isQuiet)
        setConditions(conditions, mask: StatusWord.c0 | StatusWord.c2 | StatusWord.c3)
        if mayPop { for _ in 0..<pops { pop() } }
    }

    /// A register as an operand; nil if it is empty.
    func source(_ i: Int) -> RealOperand? { isEmpty(i) ? nil : operand(i) }

    // MARK: Moves

    /// FLD from memory: `exceptions` are those of the conversion.
    mutating func load(_ value: ExtendedReal, from work: RealArithmetic? = nil) {
        guard isFull == false else {
            if raiseStackFault(isOverflow: true) { push(.indefinite) }
            return
        }
        let work = work ?? arithmetic
        _ = accept(work)
        // An unmasked #D does not keep the converted number from being loaded.
        if work.flags & ~work.masks & StatusWord.invalid == 0 { push(value) }
    }

    /// FLD of a single or double: a signaling NaN is #I, a denormal #D.
    mutating func load(converting source: RealOperand) {
        var work = arithmetic
        let nan = work.propagate(source)
        _ = nan == nil && work.admit(source)
        load(nan ?? source.value, from: work)
    }

    /// FLD ST(i).
    mutating func duplicate(_ i: Int) {
        if isFull && !isEmpty(i) { return load(.indefinite) }
        if isEmpty(i) {
            if raiseStackFault() { push(.indefinite) }
            return
        }
        load(self[i])
    }

    /// FXCH.
    mutating func exchange(_ i: Int) {
        if isEmpty(0) || isEmpty(i) {
            guard raiseStackFault() else { return }
            if isEmpty(0) { self[0] = .indefinite }
            if isEmpty(i) { self[i] = .indefinite }
        } else {
            setConditions(0, mask: StatusWord.c1)
        }
        let old = self[0]
        self[0] = self[i]
        self[i] = old
    }

    /// FST ST(i) and FSTP ST(i).
    mutating func store(into i: Int, pops: Bool) {
        if isEmpty(0) { return underflow(into: i, pops: pops) }
        setConditions(0, mask: StatusWord.c1)
        self[i] = self[0]
        if pops { pop() }
    }

    /// FCMOVcc: both registers must be in use whatever the condition.
    mutating func move(_ i: Int, if condition: Bool) {
        if isEmpty(0) || isEmpty(i) {
            if raiseStackFault() { self[0] = .indefinite }
            return
        }
        if condition { self[0] = self[i] }
    }

    // MARK: One operand

    /// FCHS and FABS: no exception but stack underflow.
    mutating func setSign(_ change: (UInt16) -> UInt16) {
        if isEmpty(0) { return underflow(into: 0) }
        setConditions(0, mask: StatusWord.c1)
        self[0].signExponent = change(self[0].signExponent)
    }

    /// FXAM (SDM Vol. 2A "FXAM", Table 3-42).
    mutating func examine() {
        let value = self[0]
        var conditions: UInt16 = value.isNegative ? StatusWord.c1 : 0
        if isEmpty(0) {
            conditions |= StatusWord.c3 | StatusWord.c0
        } else {
            let operand = RealOperand(value)
            switch operand.kind {
            case .unsupported: break
            case .quietNaN, .signalingNaN: conditions |= StatusWord.c0
            case .infinity: conditions |= StatusWord.c2 | StatusWord.c0
            case .zero: conditions |= StatusWord.c3
            case .finite: conditions |= operand.isDenormal ? StatusWord.c3 | StatusWord.c2 : StatusWord.c2
            }
        }
        setConditions(conditions)
    }

    /// An operation on ST(0) alone.
    mutating func replaceTop(_ operation: (inout RealArithmetic, RealOperand) -> ExtendedReal) {
        if isEmpty(0) { return underflow(into: 0) }
        var work = arithmetic
        let result = operation(&work, operand(0))
        if accept(work) { self[0] = result }
    }

    // MARK: Two operands

    /// FYL2X, FYL2XP1 and FPATAN: the result goes to ST(1), and ST(0) is popped.
    mutating func replacePair(_ operation: (inout RealArithmetic, RealOperand, RealOperand) -> ExtendedReal) {
        if isEmpty(0) || isEmpty(1) { return underflow(into: 1, pops: true) }
        var work = arithmetic
        let result = operation(&work, operand(1), operand(0))
        guard accept(work) else { return }
        self[1] = result
        pop()
    }

    /// FPREM and FPREM1: the quotient's low bits go to C0, C3 and C1.
    mutating func reduce(isNearest: Bool) {
        setConditions(0, mask: StatusWord.c2)
        if isEmpty(0) || isEmpty(1) { return underflow(into: 0) }
        var work = arithmetic
        var quotient = PartialQuotient()
        let result = work.remainder(operand(0), operand(1), isNearest: isNearest, quotient: &quotient)
        guard accept(work) else { return }
        self[0] = result
        guard quotient.isKnown else { return }
        let bits = quotient.bits
        setConditions(
            (bits & 4 != 0 ? StatusWord.c0 : 0) | (bits & 2 != 0 ? StatusWord.c3 : 0)
                | (bits & 1 != 0 ? StatusWord.c1 : 0) | (quotient.isPartial ? StatusWord.c2 : 0))
    }

    /// FSCALE.
    mutating func scale() {
        if isEmpty(0) || isEmpty(1) { return underflow(into: 0) }
        var work = arithmetic
        let result = work.scale(operand(0), by: operand(1))
        if accept(work) { self[0] = result }
    }

    // MARK: Two results

    /// Stack faults of the instructions that replace ST(0) and push; true if there was one.
    private mutating func faultsPushing() -> Bool {
        guard isEmpty(0) || isFull else { return false }
        if raiseStackFault(isOverflow: !isEmpty(0)) {
            self[0] = .indefinite
            push(.indefinite)
        }
        return true
    }

    /// FXTRACT.
    mutating func extract() {
        if faultsPushing() { return }
        var work = arithmetic
        let parts = work.extract(operand(0))
        guard accept(work) else { return }
        self[0] = parts.exponent
        push(parts.significand)
    }

    /// FPTAN and FSINCOS: the first result replaces ST(0), the second is pushed.
    mutating func replaceAndPush(
        _ operation: (inout RealArithmetic, RealOperand) -> (ExtendedReal, ExtendedReal)
    ) {
        setConditions(0, mask: StatusWord.c2)
        if faultsPushing() { return }
        let angle = operand(0)
        if RealArithmetic.isOutOfRange(angle) {
            return setConditions(StatusWord.c2, mask: StatusWord.c1 | StatusWord.c2)
        }
        var work = arithmetic
        let results = operation(&work, angle)
        guard accept(work) else { return }
        self[0] = results.0
        push(results.1)
    }

    /// FSIN and FCOS.
    mutating func replaceAngle(_ operation: (inout RealArithmetic, RealOperand) -> ExtendedReal) {
        setConditions(0, mask: StatusWord.c2)
        if !isEmpty(0), RealArithmetic.isOutOfRange(operand(0)) {
            return setConditions(StatusWord.c2, mask: StatusWord.c1 | StatusWord.c2)
        }
        replaceTop(operation)
    }

    /// FPTAN; a NaN is pushed as well, else 1.
    mutating func tangent() {
        replaceAndPush { work, angle in
            let result = work.tangent(angle)
            return (result, angle.isNumber && angle.kind != .infinity ? .one : result)
        }
    }

    /// FSINCOS: the exceptions are those of both results.
    mutating func sineAndCosine() {
        replaceAndPush { work, angle in
            let sine = work.sine(angle)
            let isUp = work.isRoundedUp
            let cosine = work.cosine(angle)
            work.isRoundedUp = work.isRoundedUp || isUp
            return (sine, cosine)
        }
    }

    // MARK: Constants

    /// FLD1 to FLDZ by opcode D9 E8 to EE, rounded as the control word says (SDM Vol. 1 8.3.4 "Load Constant Instructions").
    mutating func loadConstant(_ number: UInt8) {
        let constants: InlineArray<7, ExtendedReal> = [
            .one, ExtendedReal(signExponent: 0x4000, significand: 0xD49A_784B_CD1B_8AFE),
            ExtendedReal(signExponent: 0x3FFF, significand: 0xB8AA_3B29_5C17_F0BC),
            ExtendedReal(signExponent: 0x4000, significand: 0xC90F_DAA2_2168_C235),
            ExtendedReal(signExponent: 0x3FFD, significand: 0x9A20_9A84_FBCF_F799),
            ExtendedReal(signExponent: 0x3FFE, significand: 0xB172_17F7_D1CF_79AC), .zero,
        ]
        var value = constants[Int(number)]
        switch (number, arithmetic.rounding) {
        // Of log2 10 the nearest is below the value, of the other four above.
        case (1, .up): value.significand += 1
        case (2...5, .down), (2...5, .towardZero): value.significand -= 1
        default: break
        }
        load(value)
    }
}
