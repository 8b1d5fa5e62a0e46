// BT, BTS, BTR, BTC, BSF, BSR (SDM Vol. 2A, each instruction's page).

/// Bits 10-11 of the immediate: BT, BTS, BTR, BTC in the order of their opcodes.
enum BitTestKind {
    static let test: UInt32 = 0
    static let set: UInt32 = 1
    static let reset: UInt32 = 2
    static let shift: UInt32 = 10
}

extension Core {
    private func bitTestKind(_ op: MicroOperationPointer) -> UInt32 {
        (op.pointee.immediate >> BitTestKind.shift) & 3
    }

    private func changed<T: OperandWidth>(_ kind: UInt32, _ value: T, _ bit: T) -> T {
        switch kind {
        case BitTestKind.test: value
        case BitTestKind.set: value | bit
        case BitTestKind.reset: value & ~bit
        default: value ^ bit
        }
    }

    private func bitTestRegister<T: OperandWidth>(_ op: MicroOperationPointer, _ index: T) {
        let bit = T(1) << (index & T(T.bitWidth - 1))
        let value = T.read(self, op.pointee.a)
        setCarryFlag(value & bit != 0)
        let kind = bitTestKind(op)
        if kind != BitTestKind.test { T.write(self, op.pointee.a, changed(kind, value, bit)) }
    }

    private func bitTestMemory<T: OperandWidth>(
        _ op: MicroOperationPointer, _ offset: UInt32, _ index: T
    ) throws(Fault) {
        let bit = T(1) << (index & T(T.bitWidth - 1))
        let kind = bitTestKind(op)
        if kind == BitTestKind.test {
            setCarryFlag(try load(segmentNumber(op), offset, T.self) & bit != 0)
            return
        }
        let place = try modify(segmentNumber(op), offset, T.self)
        let value: T = loadModified(place)
        storeModified(place, changed(kind, value, bit))
        setCarryFlag(value & bit != 0)
    }

    func bitTestRR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        bitTestRegister(op, T.read(self, op.pointee.b))
    }
    func bitTestRI<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        bitTestRegister(op, T(truncatingIfNeeded: op.pointee.immediate & 0xFF))
    }
    /// A register index is signed and may reach operands far from the address (SDM Vol. 2A "BT").
    func bitTestMR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let index = T.read(self, op.pointee.b)
        let steps = Int32(bitPattern: index.signExtended) >> Int32(T.bitWidth == 16 ? 4 : 5)
        let distance = UInt32(bitPattern: steps &* Int32(T.bitWidth / 8))
        let offset = address(op) &+ distance
        try bitTestMemory(op, isAddress32(op) ? offset : offset & 0xFFFF, index)
    }
    func bitTestMI<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        try bitTestMemory(op, address(op), T(truncatingIfNeeded: op.pointee.immediate & 0xFF))
    }

    /// A source of 0 sets ZF and leaves the destination as it was.
    func bitScanForward<T: OperandWidth>(_ op: MicroOperationPointer, _ value: T) {
        setLogicFlags(value)
        if value != 0 { T.write(self, op.pointee.a, T(value.trailingZeroBitCount)) }
    }
    func bitScanReverse<T: OperandWidth>(_ op: MicroOperationPointer, _ value: T) {
        setLogicFlags(value)
        if value != 0 { T.write(self, op.pointee.a, T(T.bitWidth - 1 - value.leadingZeroBitCount)) }
    }
}
