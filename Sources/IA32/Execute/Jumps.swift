// Near control transfers (SDM Vol. 2: Jcc, JMP, CALL, RET, LOOP, JCXZ). Relative targets are stored as distances from
// the start of the block; a target outside the CS limit is #GP(0) and changes nothing.

/// How a block was left.
enum BlockExit {
    /// On to the next instruction.
    case fallThrough
    /// To the direct target of the last instruction; `eip` is set.
    case taken
    /// To a target that must be looked up; `eip` is set.
    case lookup
}

extension Core {
    @inline(__always) private func jump(_ target: UInt32) throws(Fault) {
        // SDM Vol. 2A "JMP": offset outside the code segment limit.
        if target > segment(.cs).pointee.limit { throw .protection(0) }
        s.pointee.eip = target
    }
    @inline(__always) private var nextEIP: UInt32 {
        s.pointee.eip &+ UInt32(s.pointee.block.pointee.byteLength)
    }

    @inline(__always) func takenExit(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        try jump(s.pointee.eip &+ op.pointee.immediate)
        return .taken
    }
    func jumpRelative16(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        try jump((s.pointee.eip &+ op.pointee.immediate) & 0xFFFF)
        return .taken
    }
    func jumpIf16(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        condition(op.pointee.a) ? try jumpRelative16(op) : .fallThrough
    }
    @inline(__always) func jumpNear(_ target: UInt32) throws(Fault) -> BlockExit {
        try jump(target)
        return .lookup
    }

    @inline(__always) func callRelative(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        let target = s.pointee.eip &+ op.pointee.immediate
        if target > segment(.cs).pointee.limit { throw .protection(0) }
        try push32(nextEIP)
        s.pointee.eip = target
        return .taken
    }
    func callRelative16(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        let target = (s.pointee.eip &+ op.pointee.immediate) & 0xFFFF
        if target > segment(.cs).pointee.limit { throw .protection(0) }
        try push16(UInt16(truncatingIfNeeded: nextEIP))
        s.pointee.eip = target
        return .taken
    }
    @inline(__always) func callNear32(_ op: MicroOperationPointer, _ target: UInt32) throws(Fault) -> BlockExit {
        if target > segment(.cs).pointee.limit { throw .protection(0) }
        try push32(nextEIP)
        s.pointee.eip = target
        return .lookup
    }
    func callNear16(_ op: MicroOperationPointer, _ target: UInt16) throws(Fault) -> BlockExit {
        if UInt32(target) > segment(.cs).pointee.limit { throw .protection(0) }
        try push16(UInt16(truncatingIfNeeded: nextEIP))
        s.pointee.eip = UInt32(target)
        return .lookup
    }
    /// The immediate is the number of bytes that RET n drops.
    @inline(__always) func returnNear32(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        let target = try load(SegmentName.ss.rawValue, stackPointer, UInt32.self)
        try jump(target)
        setStackPointer(stackPointer &+ 4 &+ op.pointee.immediate)
        return .lookup
    }
    func returnNear16(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        let target = try load(SegmentName.ss.rawValue, stackPointer, UInt16.self)
        try jump(UInt32(target))
        setStackPointer(stackPointer &+ 2 &+ op.pointee.immediate)
        return .lookup
    }

    /// LOOPNE, LOOPE, LOOP, JCXZ by the low bits of their opcodes in `a`; the count's width is the address size.
    func loop(_ op: MicroOperationPointer) throws(Fault) -> BlockExit {
        let mask: UInt32 = isAddress32(op) ? .max : 0xFFFF
        let old = read32(1)
        let count = (op.pointee.a == 3 ? old : old &- 1) & mask
        let isTaken: Bool
        switch op.pointee.a {
        case 0: isTaken = count != 0 && !zero
        case 1: isTaken = count != 0 && zero
        case 2: isTaken = count != 0
        default: isTaken = count == 0
        }
        var exit = BlockExit.fallThrough
        if isTaken { exit = isOperand32(op) ? try takenExit(op) : try jumpRelative16(op) }
        if op.pointee.a != 3 { write32(1, old & ~mask | count) }
        return exit
    }
}
