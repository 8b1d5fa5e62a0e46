// PUSH and POP (SDM Vol. 1 6.2 "Stacks"). ESP or SP is used as SS.B says; the rest of ESP stays.

extension Core {
    @inline(__always) func setStackPointer(_ value: UInt32) {
        let mask = s.pointee.stackMask
        write32(4, read32(4) & ~mask | value & mask)
    }
    @inline(__always) var stackPointer: UInt32 { read32(4) & s.pointee.stackMask }

    @inline(__always) func push<T: OperandWidth>(_ value: T) throws(Fault) {
        let offset = (read32(4) &- UInt32(T.bitWidth / 8)) & s.pointee.stackMask
        try store(SegmentName.ss.rawValue, offset, value)
        setStackPointer(offset)
    }
    @inline(__always) func pop<T: OperandWidth>(_: T.Type) throws(Fault) -> T {
        let offset = stackPointer
        let value = try load(SegmentName.ss.rawValue, offset, T.self)
        setStackPointer(offset &+ UInt32(T.bitWidth / 8))
        return value
    }
    @inline(__always) func push32(_ value: UInt32) throws(Fault) { try push(value) }
    @inline(__always) func push16(_ value: UInt16) throws(Fault) { try push(value) }
    @inline(__always) func pop32() throws(Fault) -> UInt32 { try pop(UInt32.self) }
    @inline(__always) func pop16() throws(Fault) -> UInt16 { try pop(UInt16.self) }

    /// PUSH ESP stores the value from before the instruction.
    @inline(__always) func pushRegister<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        try push(T.read(self, op.pointee.a))
    }
    /// POP ESP ends with the popped value.
    @inline(__always) func popRegister<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let value = try pop(T.self)
        T.write(self, op.pointee.a, value)
    }
    /// An address based on ESP is computed after ESP moved (SDM Vol. 2B "POP").
    func popMemory<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let old = read32(4)
        let value = try load(SegmentName.ss.rawValue, stackPointer, T.self)
        setStackPointer(stackPointer &+ UInt32(T.bitWidth / 8))
        do throws(Fault) {
            try store(segmentNumber(op), address(op), value)
        } catch {
            write32(4, old)
            throw error
        }
    }
    func pushSegment(_ op: MicroOperationPointer) throws(Fault) {
        let selector = segment(op.pointee.a).pointee.selector
        if isOperand32(op) {
            // Only the low word is written (SDM Vol. 2B "PUSH"): recent processors leave the upper one.
            let offset = (read32(4) &- 4) & s.pointee.stackMask
            try store(SegmentName.ss.rawValue, offset, selector)
            setStackPointer(offset)
        } else {
            try push16(selector)
        }
    }
    func popSegment(_ op: MicroOperationPointer) throws(Fault) {
        let size: UInt32 = isOperand32(op) ? 4 : 2
        let offset = stackPointer
        let selector = try load(SegmentName.ss.rawValue, offset, UInt16.self)
        let mask = s.pointee.stackMask
        try loadSegment(op.pointee.a, selector)
        // For POP SS the pointer moves in the old stack's size.
        write32(4, read32(4) & ~mask | (offset &+ size) & mask)
    }
    func popStackSegment(_ op: MicroOperationPointer) throws(Fault) {
        try popSegment(op)
        raise([.interruptShadow, .stackShadow])
    }
}
