// ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST in five forms (SDM Vol. 2, each instruction's page).

/// The arithmetic of one instruction, for every width.
protocol BinaryOperation {
    /// False for CMP and TEST, which only set flags.
    static var writes: Bool { get }
    static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T
}

extension BinaryOperation {
    @inline(__always) static var writes: Bool { true }
}

enum Add: BinaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        let result = left &+ right
        core.setArithmeticFlags(result, carries: left & right | (left | right) & ~result)
        return result
    }
}

enum Adc: BinaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        let result = left &+ right &+ (core.carry ? 1 : 0)
        core.setArithmeticFlags(result, carries: left & right | (left | right) & ~result)
        return result
    }
}

enum Sub: BinaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        let result = left &- right
        core.setArithmeticFlags(result, carries: ~left & right | (~left | right) & result)
        return result
    }
}

enum Sbb: BinaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        let result = left &- right &- (core.carry ? 1 : 0)
        core.setArithmeticFlags(result, carries: ~left & right | (~left | right) & result)
        return result
    }
}

enum Compare: BinaryOperation {
    @inline(__always) static var writes: Bool { false }
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        Sub.apply(core, left, right)
    }
}

enum And: BinaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        let result = left & right
        core.setLogicFlags(result)
        return result
    }
}

enum Test: BinaryOperation {
    @inline(__always) static var writes: Bool { false }
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        And.apply(core, left, right)
    }
}

enum Or: BinaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        let result = left | right
        core.setLogicFlags(result)
        return result
    }
}

enum Xor: BinaryOperation {
    @inline(__always) static func apply<T: OperandWidth>(_ core: Core, _ left: T, _ right: T) -> T {
        let result = left ^ right
        core.setLogicFlags(result)
        return result
    }
}

extension Core {
    @inline(__always) func binaryRR<O: BinaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _: O.Type, _: T.Type
    ) {
        let result = O.apply(self, T.read(self, op.pointee.a), T.read(self, op.pointee.b))
        if O.writes { T.write(self, op.pointee.a, result) }
    }

    @inline(__always) func binaryRI<O: BinaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _: O.Type, _: T.Type
    ) {
        let result = O.apply(self, T.read(self, op.pointee.a), T(truncatingIfNeeded: op.pointee.immediate))
        if O.writes { T.write(self, op.pointee.a, result) }
    }

    @inline(__always) func binaryRM<O: BinaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _: O.Type, _: T.Type
    ) throws(Fault) {
        let right = try load(segmentNumber(op), address(op), T.self)
        let result = O.apply(self, T.read(self, op.pointee.a), right)
        if O.writes { T.write(self, op.pointee.a, result) }
    }

    @inline(__always) func binaryMR<O: BinaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _ operation: O.Type, _: T.Type
    ) throws(Fault) {
        try binaryMemory(op, operation, T.read(self, op.pointee.a))
    }

    @inline(__always) func binaryMI<O: BinaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _ operation: O.Type, _: T.Type
    ) throws(Fault) {
        try binaryMemory(op, operation, T(truncatingIfNeeded: op.pointee.immediate))
    }

    @inline(__always) private func binaryMemory<O: BinaryOperation, T: OperandWidth>(
        _ op: MicroOperationPointer, _: O.Type, _ right: T
    ) throws(Fault) {
        if O.writes {
            let place = try modify(segmentNumber(op), address(op), T.self)
            storeModified(place, O.apply(self, loadModified(place), right))
        } else {
            _ = O.apply(self, try load(segmentNumber(op), address(op), T.self), right)
        }
    }
}
