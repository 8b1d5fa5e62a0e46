// MOV, MOVZX, MOVSX, XCHG, CMPXCHG, XADD, CMOVcc, XLAT, BSWAP (SDM Vol. 2, each instruction's page).

extension Core {
    @inline(__always) func moveRR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        T.write(self, op.pointee.a, T.read(self, op.pointee.b))
    }
    @inline(__always) func moveRI<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        T.write(self, op.pointee.a, T(truncatingIfNeeded: op.pointee.immediate))
    }
    @inline(__always) func moveRM<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        T.write(self, op.pointee.a, try load(segmentNumber(op), address(op), T.self))
    }
    @inline(__always) func moveMR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        try store(segmentNumber(op), address(op), T.read(self, op.pointee.a))
    }
    @inline(__always) func moveMI<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        try store(segmentNumber(op), address(op), T(truncatingIfNeeded: op.pointee.immediate))
    }

    @inline(__always) func zeroExtendR<S: OperandWidth, D: OperandWidth>(
        _ op: MicroOperationPointer, from: S.Type, to: D.Type
    ) {
        D.write(self, op.pointee.a, D(truncatingIfNeeded: S.read(self, op.pointee.b)))
    }
    @inline(__always) func zeroExtendM<S: OperandWidth, D: OperandWidth>(
        _ op: MicroOperationPointer, from: S.Type, to: D.Type
    ) throws(Fault) {
        D.write(self, op.pointee.a, D(truncatingIfNeeded: try load(segmentNumber(op), address(op), S.self)))
    }
    @inline(__always) func signExtendR<S: OperandWidth, D: OperandWidth>(
        _ op: MicroOperationPointer, from: S.Type, to: D.Type
    ) {
        D.write(self, op.pointee.a, D(truncatingIfNeeded: S.read(self, op.pointee.b).signExtended))
    }
    @inline(__always) func signExtendM<S: OperandWidth, D: OperandWidth>(
        _ op: MicroOperationPointer, from: S.Type, to: D.Type
    ) throws(Fault) {
        let value = try load(segmentNumber(op), address(op), S.self)
        D.write(self, op.pointee.a, D(truncatingIfNeeded: value.signExtended))
    }

    @inline(__always) func exchangeR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        let value = T.read(self, op.pointee.a)
        T.write(self, op.pointee.a, T.read(self, op.pointee.b))
        T.write(self, op.pointee.b, value)
    }
    @inline(__always) func exchangeM<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let place = try modify(segmentNumber(op), address(op), T.self)
        let value: T = loadModified(place)
        storeModified(place, T.read(self, op.pointee.a))
        T.write(self, op.pointee.a, value)
    }

    func exchangeAddR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        let destination = T.read(self, op.pointee.a)
        let sum = Add.apply(self, destination, T.read(self, op.pointee.b))
        T.write(self, op.pointee.b, destination)
        T.write(self, op.pointee.a, sum)
    }
    func exchangeAddM<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let place = try modify(segmentNumber(op), address(op), T.self)
        let destination: T = loadModified(place)
        storeModified(place, Add.apply(self, destination, T.read(self, op.pointee.a)))
        T.write(self, op.pointee.a, destination)
    }

    func compareExchangeR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        let destination = T.read(self, op.pointee.a)
        if Sub.apply(self, T.read(self, 0), destination) == 0 {
            T.write(self, op.pointee.a, T.read(self, op.pointee.b))
        } else {
            T.write(self, 0, destination)
        }
    }
    /// The destination is written in either case, so it must be writable in either case.
    func compareExchangeM<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let place = try modify(segmentNumber(op), address(op), T.self)
        let destination: T = loadModified(place)
        if Sub.apply(self, T.read(self, 0), destination) == 0 {
            storeModified(place, T.read(self, op.pointee.a))
        } else {
            storeModified(place, destination)
            T.write(self, 0, destination)
        }
    }
    func compareExchange8Bytes(_ op: MicroOperationPointer) throws(Fault) {
        let offset = address(op)
        let place = try modify(segmentNumber(op), offset, UInt64.self)
        let destination: UInt64 = loadModified(place)
        let expected = UInt64(read32(2)) << 32 | UInt64(read32(0))
        let isEqual = destination == expected
        setArithmeticFlags(arithmeticFlags & ~EFLAGS.zero | (isEqual ? EFLAGS.zero : 0))
        if isEqual {
            storeModified(place, UInt64(read32(1)) << 32 | UInt64(read32(3)))
        } else {
            storeModified(place, destination)
            write32(2, UInt32(truncatingIfNeeded: destination >> 32))
            write32(0, UInt32(truncatingIfNeeded: destination))
        }
    }

    @inline(__always) func conditionalMove<T: OperandWidth>(_ op: MicroOperationPointer, _ value: T) {
        if condition(UInt8(truncatingIfNeeded: op.pointee.immediate)) { T.write(self, op.pointee.a, value) }
    }

    func translateByte(_ op: MicroOperationPointer) throws(Fault) {
        let offset = read32(3) &+ UInt32(read8(0))
        write8(0, try load(segmentNumber(op), isAddress32(op) ? offset : offset & 0xFFFF, UInt8.self))
    }
}
