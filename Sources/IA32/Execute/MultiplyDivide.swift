// MUL, IMUL, DIV, IDIV (SDM Vol. 2, each instruction's page). SF, ZF, AF and PF are undefined after a multiplication;
// they follow the low half of the product. DIV and IDIV leave all flags as they were.

extension Core {
    /// The double-width accumulator of a width: AX, DX:AX or EDX:EAX.
    private func accumulatorPair<T: OperandWidth>(_: T.Type) -> UInt64 {
        switch T.bitWidth {
        case 8: UInt64(read16(0))
        case 16: UInt64(read16(2)) << 16 | UInt64(read16(0))
        default: UInt64(read32(2)) << 32 | UInt64(read32(0))
        }
    }

    private func writeAccumulatorPair<T: OperandWidth>(high: T, low: T) {
        if T.bitWidth == 8 {
            write16(0, UInt16(truncatingIfNeeded: high) << 8 | UInt16(truncatingIfNeeded: low))
        } else {
            T.write(self, 0, low)
            T.write(self, 2, high)
        }
    }

    @inline(__always) private func setMultiplyFlags<T: OperandWidth>(_ low: T, isExtended: Bool) {
        setLogicFlags(low)
        // CF = OF = 1: carry vector with bits 31 set and 30 clear.
        s.pointee.flagCarries = isExtended ? 0x8000_0000 : 0
    }

    func multiply<T: OperandWidth>(_ right: T) {
        let product = UInt64(T.read(self, 0)) &* UInt64(right)
        let low = T(truncatingIfNeeded: product)
        let high = T(truncatingIfNeeded: product >> UInt64(T.bitWidth))
        writeAccumulatorPair(high: high, low: low)
        setMultiplyFlags(low, isExtended: high != 0)
    }

    func multiplySigned<T: OperandWidth>(_ right: T) {
        let product = signed(T.read(self, 0)) &* signed(right)
        let low = T(truncatingIfNeeded: product)
        writeAccumulatorPair(high: T(truncatingIfNeeded: product >> Int64(T.bitWidth)), low: low)
        setMultiplyFlags(low, isExtended: signed(low) != product)
    }

    @inline(__always) private func signed<T: OperandWidth>(_ value: T) -> Int64 {
        Int64(Int32(bitPattern: value.signExtended))
    }

    @inline(__always) private func productInto<T: OperandWidth>(_ left: T, _ right: T) -> T {
        let product = signed(left) &* signed(right)
        let low = T(truncatingIfNeeded: product)
        setMultiplyFlags(low, isExtended: signed(low) != product)
        return low
    }

    @inline(__always) func multiplyIntoR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        T.write(self, op.pointee.a, productInto(T.read(self, op.pointee.a), T.read(self, op.pointee.b)))
    }
    @inline(__always) func multiplyIntoM<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let right = try load(segmentNumber(op), address(op), T.self)
        T.write(self, op.pointee.a, productInto(T.read(self, op.pointee.a), right))
    }
    @inline(__always) func multiplyImmediateR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        let right = T(truncatingIfNeeded: op.pointee.immediate)
        T.write(self, op.pointee.a, productInto(T.read(self, op.pointee.b), right))
    }
    @inline(__always) func multiplyImmediateM<T: OperandWidth>(
        _ op: MicroOperationPointer, _: T.Type
    ) throws(Fault) {
        let left = try load(segmentNumber(op), address(op), T.self)
        T.write(self, op.pointee.a, productInto(left, T(truncatingIfNeeded: op.pointee.immediate)))
    }

    /// #DE for a divisor of 0 or a quotient that does not fit (SDM Vol. 3A 6.15 "Interrupt 0").
    func divide<T: OperandWidth>(_ divisor: T) throws(Fault) {
        guard divisor != 0 else { throw .divideError }
        let dividend = accumulatorPair(T.self)
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: UInt64(divisor))
        guard quotient <= UInt64(T.max) else { throw .divideError }
        writeAccumulatorPair(high: T(truncatingIfNeeded: remainder), low: T(truncatingIfNeeded: quotient))
    }

    func divideSigned<T: OperandWidth>(_ divisor: T) throws(Fault) {
        guard divisor != 0 else { throw .divideError }
        let shift = Int64(64 - 2 * T.bitWidth)
        let dividend = (Int64(bitPattern: accumulatorPair(T.self)) << shift) >> shift
        let (quotient, isOverflow) = dividend.dividedReportingOverflow(by: signed(divisor))
        guard !isOverflow, signed(T(truncatingIfNeeded: quotient)) == quotient else { throw .divideError }
        let remainder = dividend &- quotient &* signed(divisor)
        writeAccumulatorPair(high: T(truncatingIfNeeded: remainder), low: T(truncatingIfNeeded: quotient))
    }
}
