// D8 to DF: what the ModR/M byte selects (SDM Vol. 2D A.5 "Escape Opcode Instructions"), with the aliases that the
// processors have for some register forms.

/// What the decoder leaves in `immediate` of the escape operations; `a` is the reg field, `b` the rm field.
enum EscapeCode {
    /// ModR/M byte and low three bits of the escape byte: the last opcode register.
    static let opcodeMask: UInt32 = 0x7FF
    static let register: UInt32 = 0xC0
    /// Distance from the block's start, set when the block is decoded.
    static let placeShift: UInt32 = 16
}

extension MicroOperation {
    /// Lets an escape operation know where in its block it is.
    mutating func place(at offset: Int) {
        switch operation {
        case .escapeD8, .escapeD9, .escapeDA, .escapeDB, .escapeDC, .escapeDD, .escapeDE, .escapeDF:
            immediate |= UInt32(offset) << EscapeCode.placeShift
        default: break
        }
    }
}

extension Core {
    private func isRegisterForm(_ op: MicroOperationPointer) -> Bool {
        op.pointee.immediate & EscapeCode.register == EscapeCode.register
    }

    @inline(never) func escapeD8(_ op: MicroOperationPointer) throws(Fault) {
        try beginFloatingPoint()
        guard isRegisterForm(op) else {
            return computeMemory(op, RealOperand(single: try loadOperand(op, UInt32.self)))
        }
        noteInstruction(op)
        computeRegisters(op)
    }

    /// D8, and DC with the operands exchanged.
    private func computeRegisters(_ op: MicroOperationPointer) {
        let i = Int(op.pointee.b)
        switch op.pointee.a {
        case 2: s.pointee.floatingPoint.compareStatus(s.pointee.floatingPoint.source(i), pops: 0)
        case 3: s.pointee.floatingPoint.compareStatus(s.pointee.floatingPoint.source(i), pops: 1)
        default:
            guard let kind = BasicArithmetic(rawValue: op.pointee.a) else { return }
            s.pointee.floatingPoint.computeRegisters(kind, 0, i)
        }
    }

    /// The eight operations with a memory operand, already read.
    private func computeMemory(_ op: MicroOperationPointer, _ source: RealOperand) {
        noteInstruction(op)
        switch op.pointee.a {
        case 2: s.pointee.floatingPoint.compareStatus(source, pops: 0)
        case 3: s.pointee.floatingPoint.compareStatus(source, pops: 1)
        default:
            guard let kind = BasicArithmetic(rawValue: op.pointee.a) else { return }
            s.pointee.floatingPoint.computeMemory(kind, source)
        }
    }

    /// DC and DE: ST(i) is the destination; the encodings of the reversed forms are exchanged.
    private func computeReversed(_ op: MicroOperationPointer, pops: Bool) {
        let field = op.pointee.a >= 4 ? op.pointee.a ^ 1 : op.pointee.a
        guard let kind = BasicArithmetic(rawValue: field) else { return }
        s.pointee.floatingPoint.computeRegisters(kind, Int(op.pointee.b), 0, pops: pops)
    }

    @inline(never) func escapeD9(_ op: MicroOperationPointer) throws(Fault) {
        guard isRegisterForm(op) else { return try escapeD9Memory(op) }
        try beginFloatingPoint()
        let i = Int(op.pointee.b)
        let code = op.pointee.immediate & 0x3F
        // D1 to D7, E2, E3, E6, E7 and EF are reserved.
        if [0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x22, 0x23, 0x26, 0x27, 0x2F].contains(code) {
            throw .invalidOpcode
        }
        noteInstruction(op)
        switch op.pointee.a {
        case 0: s.pointee.floatingPoint.duplicate(i)
        case 1: s.pointee.floatingPoint.exchange(i)
        case 2: break
        case 3: s.pointee.floatingPoint.store(into: i, pops: true)
        case 4: inspectTop(op.pointee.b)
        case 5: s.pointee.floatingPoint.loadConstant(op.pointee.b)
        case 6: transformFirst(op.pointee.b)
        default: transformSecond(op.pointee.b)
        }
    }

    /// D9 E0 to E7.
    private func inspectTop(_ number: UInt8) {
        switch number {
        case 0: s.pointee.floatingPoint.setSign { $0 ^ 0x8000 }
        case 1: s.pointee.floatingPoint.setSign { $0 & 0x7FFF }
        case 4: s.pointee.floatingPoint.compareStatus(RealOperand(.zero), pops: 0)
        default: s.pointee.floatingPoint.examine()
        }
    }

    /// D9 F0 to F7.
    private func transformFirst(_ number: UInt8) {
        switch number {
        case 0: s.pointee.floatingPoint.replaceTop { $0.exponentialMinusOne($1) }
        case 1: s.pointee.floatingPoint.replacePair { $0.multiplyLogarithm($1, $2) }
        case 2: s.pointee.floatingPoint.tangent()
        case 3: s.pointee.floatingPoint.replacePair { $0.arctangent($1, $2) }
        case 4: s.pointee.floatingPoint.extract()
        case 5: s.pointee.floatingPoint.reduce(isNearest: true)
        default:
            s.pointee.floatingPoint.rotate(number == 6 ? -1 : 1)
            s.pointee.floatingPoint.setConditions(0, mask: StatusWord.c1)
        }
    }

    /// D9 F8 to FF.
    private func transformSecond(_ number: UInt8) {
        switch number {
        case 0: s.pointee.floatingPoint.reduce(isNearest: false)
        case 1: s.pointee.floatingPoint.replacePair { $0.multiplyLogarithmPlusOne($1, $2) }
        case 2: s.pointee.floatingPoint.replaceTop { $0.squareRoot($1) }
        case 3: s.pointee.floatingPoint.sineAndCosine()
        case 4: s.pointee.floatingPoint.replaceTop { $0.roundToInteger($1) }
        case 5: s.pointee.floatingPoint.scale()
        case 6: s.pointee.floatingPoint.replaceAngle { $0.sine($1) }
        default: s.pointee.floatingPoint.replaceAngle { $0.cosine($1) }
        }
    }

    private func escapeD9Memory(_ op: MicroOperationPointer) throws(Fault) {
        // FNSTENV and FNSTCW do not wait.
        try beginFloatingPoint(isWaiting: op.pointee.a < 6)
        switch op.pointee.a {
        case 0:
            let source = RealOperand(single: try loadOperand(op, UInt32.self))
            noteInstruction(op)
            s.pointee.floatingPoint.load(converting: source)
        case 2, 3: try storeSingle(op, pops: op.pointee.a == 3)
        case 4: try loadEnvironment(op)
        case 5:
            let control = try loadOperand(op, UInt16.self)
            setControlWord(control)
        case 6: try storeEnvironment(op)
        case 7: try storeOperand(op, s.pointee.floatingPoint.control)
        default: throw .invalidOpcode
        }
    }

    @inline(never) func escapeDA(_ op: MicroOperationPointer) throws(Fault) {
        try beginFloatingPoint()
        guard isRegisterForm(op) else {
            let value = Int64(Int32(bitPattern: try loadOperand(op, UInt32.self)))
            return computeMemory(op, RealOperand(ExtendedReal(value)))
        }
        switch op.pointee.a {
        case 0...3:
            noteInstruction(op)
            moveConditionally(op, isNegated: false)
        case 5 where op.pointee.b == 1:
            noteInstruction(op)
            s.pointee.floatingPoint.compareStatus(s.pointee.floatingPoint.source(1), isQuiet: true, pops: 2)
        default: throw .invalidOpcode
        }
    }

    /// FCMOVB, FCMOVE, FCMOVBE, FCMOVU and their opposites.
    private func moveConditionally(_ op: MicroOperationPointer, isNegated: Bool) {
        let condition =
            switch op.pointee.a {
            case 0: carry
            case 1: zero
            case 2: carry || zero
            default: parity
            }
        s.pointee.floatingPoint.move(Int(op.pointee.b), if: condition != isNegated)
    }

    @inline(never) func escapeDB(_ op: MicroOperationPointer) throws(Fault) {
        guard isRegisterForm(op) else { return try escapeDBMemory(op) }
        switch op.pointee.a {
        case 4: try controlUnit(op.pointee.b)
        case 0...3:
            try beginFloatingPoint()
            noteInstruction(op)
            moveConditionally(op, isNegated: true)
        case 5, 6:
            try beginFloatingPoint()
            noteInstruction(op)
            compareFlags(Int(op.pointee.b), isQuiet: op.pointee.a == 5, pops: false)
        default:
            try beginFloatingPoint()
            throw .invalidOpcode
        }
    }

    /// DB E0 to E7: none waits; FENI, FDISI and FSETPM do nothing since the 387.
    private func controlUnit(_ number: UInt8) throws(Fault) {
        try beginFloatingPoint(isWaiting: false)
        switch number {
        case 0, 1, 4: break
        case 2:
            // SDM Vol. 2A "FCLEX/FNCLEX": the stack fault flag too.
            s.pointee.floatingPoint.status &= ~(StatusWord.exceptions | StatusWord.stackFault)
            s.pointee.floatingPoint.refreshSummary()
            refreshErrorLine()
        case 3:
            s.pointee.floatingPoint.initialize()
            refreshErrorLine()
        default: throw .invalidOpcode
        }
    }

    /// FCOMI, FUCOMI, FCOMIP and FUCOMIP (SDM Vol. 2A, Table "FCOMI/FCOMIP/FUCOMI/FUCOMIP Results").
    private func compareFlags(_ i: Int, isQuiet: Bool, pops: Bool) {
        let other = s.pointee.floatingPoint.source(i)
        let old = s.pointee.floatingPoint.status & StatusWord.c1
        let (conditions, mayPop) = s.pointee.floatingPoint.compare(with: other, isQuiet: isQuiet)
        // C1 is cleared by a stack fault only.
        if other != nil, !s.pointee.floatingPoint.isEmpty(0) { s.pointee.floatingPoint.status |= old }
        // The rest of the arithmetic flags is cleared.
        setArithmeticFlags(
            (conditions & StatusWord.c3 != 0 ? EFLAGS.zero : 0)
                | (conditions & StatusWord.c2 != 0 ? EFLAGS.parity : 0)
                | (conditions & StatusWord.c0 != 0 ? EFLAGS.carry : 0))
        if pops, mayPop { s.pointee.floatingPoint.pop() }
    }

    private func escapeDBMemory(_ op: MicroOperationPointer) throws(Fault) {
        try beginFloatingPoint()
        switch op.pointee.a {
        case 0: try loadInteger(op, Int64(Int32(bitPattern: loadOperand(op, UInt32.self))))
        case 2, 3: try storeInteger(op, UInt32.self, pops: op.pointee.a == 3)
        case 5: try loadExtended(op)
        case 7: try storeExtended(op)
        default: throw .invalidOpcode
        }
    }

    @inline(never) func escapeDC(_ op: MicroOperationPointer) throws(Fault) {
        try beginFloatingPoint()
        guard isRegisterForm(op) else {
            return computeMemory(op, RealOperand(double: try loadOperand(op, UInt64.self)))
        }
        noteInstruction(op)
        switch op.pointee.a {
        case 2, 3: computeRegisters(op)
        default: computeReversed(op, pops: false)
        }
    }

    @inline(never) func escapeDD(_ op: MicroOperationPointer) throws(Fault) {
        guard isRegisterForm(op) else { return try escapeDDMemory(op) }
        try beginFloatingPoint()
        let i = Int(op.pointee.b)
        guard op.pointee.a < 6 else { throw .invalidOpcode }
        noteInstruction(op)
        switch op.pointee.a {
        case 0:
            s.pointee.floatingPoint.free(i)
            s.pointee.floatingPoint.setConditions(0, mask: StatusWord.c1)
        case 1: s.pointee.floatingPoint.exchange(i)
        case 2, 3: s.pointee.floatingPoint.store(into: i, pops: op.pointee.a == 3)
        default:
            s.pointee.floatingPoint.compareStatus(
                s.pointee.floatingPoint.source(i), isQuiet: true, pops: op.pointee.a == 5 ? 1 : 0)
        }
    }

    private func escapeDDMemory(_ op: MicroOperationPointer) throws(Fault) {
        // FNSAVE and FNSTSW do not wait.
        try beginFloatingPoint(isWaiting: op.pointee.a < 6)
        switch op.pointee.a {
        case 0:
            let source = RealOperand(double: try loadOperand(op, UInt64.self))
            noteInstruction(op)
            s.pointee.floatingPoint.load(converting: source)
        case 2, 3: try storeDouble(op, pops: op.pointee.a == 3)
        case 4: try restoreState(op)
        case 6: try saveState(op)
        case 7: try storeOperand(op, s.pointee.floatingPoint.status)
        default: throw .invalidOpcode
        }
    }

    @inline(never) func escapeDE(_ op: MicroOperationPointer) throws(Fault) {
        try beginFloatingPoint()
        guard isRegisterForm(op) else {
            let value = Int64(Int16(bitPattern: try loadOperand(op, UInt16.self)))
            return computeMemory(op, RealOperand(ExtendedReal(value)))
        }
        if op.pointee.a == 3, op.pointee.b != 1 { throw .invalidOpcode }
        noteInstruction(op)
        switch op.pointee.a {
        case 2: s.pointee.floatingPoint.compareStatus(s.pointee.floatingPoint.source(Int(op.pointee.b)), pops: 1)
        case 3: s.pointee.floatingPoint.compareStatus(s.pointee.floatingPoint.source(1), pops: 2)
        default: computeReversed(op, pops: true)
        }
    }

    @inline(never) func escapeDF(_ op: MicroOperationPointer) throws(Fault) {
        guard isRegisterForm(op) else { return try escapeDFMemory(op) }
        let i = Int(op.pointee.b)
        if op.pointee.a == 4, i == 0 {
            try beginFloatingPoint(isWaiting: false)
            return write16(0, s.pointee.floatingPoint.status)
        }
        try beginFloatingPoint()
        guard op.pointee.a != 4, op.pointee.a != 7 else { throw .invalidOpcode }
        noteInstruction(op)
        switch op.pointee.a {
        case 0:
            s.pointee.floatingPoint.free(i)
            s.pointee.floatingPoint.setConditions(0, mask: StatusWord.c1)
            s.pointee.floatingPoint.pop()
        case 1: s.pointee.floatingPoint.exchange(i)
        case 2, 3: s.pointee.floatingPoint.store(into: i, pops: true)
        default: compareFlags(i, isQuiet: op.pointee.a == 5, pops: true)
        }
    }

    private func escapeDFMemory(_ op: MicroOperationPointer) throws(Fault) {
        try beginFloatingPoint()
        switch op.pointee.a {
        case 0: try loadInteger(op, Int64(Int16(bitPattern: loadOperand(op, UInt16.self))))
        case 2, 3: try storeInteger(op, UInt16.self, pops: op.pointee.a == 3)
        case 4: try loadPackedDecimal(op)
        case 5: try loadInteger(op, Int64(bitPattern: loadOperand(op, UInt64.self)))
        case 6: try storePackedDecimal(op)
        case 7: try storeInteger(op, UInt64.self, pops: true)
        default: throw .invalidOpcode
        }
    }
}
