// Operands of the x87 instructions in memory. Every access faults before a register, a flag or a byte has changed.

extension Core {
    func loadOperand<T: MemoryWord>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> T {
        try load(segmentNumber(op), address(op), T.self)
    }
    func storeOperand<T: MemoryWord>(_ op: MicroOperationPointer, _ value: T) throws(Fault) {
        try store(segmentNumber(op), address(op), value)
    }

    /// Raises the faults of an access to `count` bytes of an operand. The limit is checked for the whole of it first.
    func probeOperand(_ op: MicroOperationPointer, count: UInt32, isWrite: Bool) throws(Fault) {
        let linear = try linearAddress(segmentNumber(op), address(op), count, isWrite: isWrite)
        try probeLinear(linear, count: count, isWrite: isWrite, user: isUserMode)
    }

    /// Instruction and data pointers and the opcode, for all but the control instructions (SDM Vol. 1 8.1.8, 8.1.9).
    func noteInstruction(_ op: MicroOperationPointer) {
        let immediate = op.pointee.immediate
        s.pointee.floatingPoint.opcode = UInt16(truncatingIfNeeded: immediate & EscapeCode.opcodeMask)
        s.pointee.floatingPoint.instructionOffset = s.pointee.eip &+ immediate >> EscapeCode.placeShift
        s.pointee.floatingPoint.instructionSelector = segment(.cs).pointee.selector
        guard immediate & EscapeCode.register != EscapeCode.register else { return }
        s.pointee.floatingPoint.dataOffset = address(op)
        s.pointee.floatingPoint.dataSelector = segment(segmentNumber(op)).pointee.selector
    }

    // MARK: Loads

    func loadInteger(_ op: MicroOperationPointer, _ value: Int64) throws(Fault) {
        noteInstruction(op)
        s.pointee.floatingPoint.load(ExtendedReal(value))
    }

    private func loadTenBytes(_ op: MicroOperationPointer) throws(Fault) -> (low: UInt64, high: UInt16) {
        try probeOperand(op, count: 10, isWrite: false)
        let low = try loadOperand(op, UInt64.self)
        return (low, try load(segmentNumber(op), address(op) &+ 8, UInt16.self))
    }

    func loadExtended(_ op: MicroOperationPointer) throws(Fault) {
        let (low, high) = try loadTenBytes(op)
        noteInstruction(op)
        s.pointee.floatingPoint.load(ExtendedReal(signExponent: high, significand: low))
    }

    func loadPackedDecimal(_ op: MicroOperationPointer) throws(Fault) {
        let (low, high) = try loadTenBytes(op)
        noteInstruction(op)
        s.pointee.floatingPoint.load(ExtendedReal(packedDecimal: low, high: high))
    }

    // MARK: Stores

    /// FST and FIST: the value is computed on a copy, so that a fault of the store leaves everything alone.
    private func storeTop<T: MemoryWord>(
        _ op: MicroOperationPointer, indefinite: T, pops: Bool,
        _ convert: (inout RealArithmetic, RealOperand) -> T?
    ) throws(Fault) {
        var unit = s.pointee.floatingPoint
        var value: T?
        if unit.isEmpty(0) {
            value = unit.raiseStackFault() ? indefinite : nil
        } else {
            var work = unit.arithmetic
            value = convert(&work, unit.operand(0))
            _ = unit.accept(work)
        }
        if let value {
            try storeOperand(op, value)
            if pops { unit.pop() }
        } else {
            try probeOperand(op, count: UInt32(MemoryLayout<T>.size), isWrite: true)
        }
        s.pointee.floatingPoint = unit
        noteInstruction(op)
    }

    func storeSingle(_ op: MicroOperationPointer, pops: Bool) throws(Fault) {
        try storeTop(op, indefinite: 0xFFC0_0000 as UInt32, pops: pops) { $0.single($1) }
    }

    func storeDouble(_ op: MicroOperationPointer, pops: Bool) throws(Fault) {
        try storeTop(op, indefinite: 0xFFF8_0000_0000_0000 as UInt64, pops: pops) { $0.double($1) }
    }

    func storeInteger<T: MemoryWord>(_ op: MicroOperationPointer, _: T.Type, pops: Bool) throws(Fault) {
        try storeTop(op, indefinite: 1 << T(T.bitWidth - 1), pops: pops) {
            $0.integer($1, bits: T.bitWidth).map { T(truncatingIfNeeded: $0) }
        }
    }

    private func storeTenBytes(_ op: MicroOperationPointer, _ low: UInt64, _ high: UInt16) throws(Fault) {
        try storeOperand(op, low)
        try store(segmentNumber(op), address(op) &+ 8, high)
    }

    /// FSTP of the whole register: no exception but stack underflow.
    func storeExtended(_ op: MicroOperationPointer) throws(Fault) {
        try probeOperand(op, count: 10, isWrite: true)
        noteInstruction(op)
        var value = s.pointee.floatingPoint[0]
        if s.pointee.floatingPoint.isEmpty(0) {
            guard s.pointee.floatingPoint.raiseStackFault() else { return }
            value = .indefinite
        } else {
            s.pointee.floatingPoint.setConditions(0, mask: StatusWord.c1)
        }
        s.pointee.floatingPoint.pop()
        try storeTenBytes(op, value.significand, value.signExponent)
    }

    func storePackedDecimal(_ op: MicroOperationPointer) throws(Fault) {
        try probeOperand(op, count: 10, isWrite: true)
        noteInstruction(op)
        var value: (low: UInt64, high: UInt16)? = (0xC000_0000_0000_0000, 0xFFFF)
        if s.pointee.floatingPoint.isEmpty(0) {
            guard s.pointee.floatingPoint.raiseStackFault() else { return }
        } else {
            var work = s.pointee.floatingPoint.arithmetic
            value = work.packedDecimal(s.pointee.floatingPoint.operand(0))
            _ = s.pointee.floatingPoint.accept(work)
        }
        guard let value else { return }
        s.pointee.floatingPoint.pop()
        try storeTenBytes(op, value.low, value.high)
    }
}
