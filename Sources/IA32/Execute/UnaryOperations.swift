// INC, DEC, NOT, NEG (SDM Vol. 2, each instruction's page).

/// The arithmetic of one instruction with one operand, for every width.
protocol UnaryOperation {
    static func apply<T: OperandWidth>(_ core: Core, _ value: T) -> T
}

enum Increment: UnaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ value: T) -> T {
        let result = value &+ 1
        core.setStepFlags(result, auxiliary: result & 0xF == 0, overflow: result == T(1) &<< T(T.bitWidth - 1))
        return result
    }
}

enum Decrement: UnaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ value: T) -> T {
        let result = value &- 1
        core.setStepFlags(result, auxiliary: result & 0xF == 0xF, overflow: value == T(1) &<< T(T.bitWidth - 1))
        return result
    }
}

enum Not: UnaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ value: T) -> T { ~value }
}

enum Negate: UnaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ value: T) -> T {
        Sub.apply(core, 0, value)
    }
}

extension Core {
    /// INC and DEC leave CF alone.
    @inline(__always) func setStepFlags<T: OperandWidth>(_ result: T, auxiliary: Bool, overflow: Bool) {
        let carry = s.pointee.flagCarries & 0x8000_0000
        let partial = (carry &>> 1) ^ (overflow ? 0x4000_0000 : 0)
        s.pointee.flagCarries = carry | partial | (auxiliary ? 8 : 0)
        s.pointee.flagResult = result.signExtended
    }

    @inline(__always) func unaryR<O: UnaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _: O.Type, _: T.Type
    ) {
        T.write(self, op.pointee.a, O.apply(self, T.read(self, op.pointee.a)))
    }

    @inline(__always) func unaryM<O: UnaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _: O.Type, _: T.Type
    ) throws(Fault) {
        let place = try modify(segmentNumber(op), address(op), T.self)
        let value: T = loadModified(place)
        storeModified(place, O.apply(self, value))
    }
}
