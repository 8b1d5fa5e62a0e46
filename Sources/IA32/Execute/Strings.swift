// MOVS, STOS, LODS, CMPS, SCAS, INS, OUTS with their repeat prefixes (SDM Vol. 2B "REP/REPE/REPZ/REPNE/REPNZ").
//
// Each iteration is counted as one instruction and may be followed by an interrupt or a fault with the registers
// updated; the block then ends at the instruction itself.

extension Core {
    @inline(__always) private func indexMask(_ op: MicroOperationPointer) -> UInt32 {
        isAddress32(op) ? .max : 0xFFFF
    }
    @inline(__always) private func advance(_ register: UInt8, _ size: Int, _ mask: UInt32) {
        let old = read32(register)
        let step = UInt32(bitPattern: Int32(s.pointee.flags & EFLAGS.direction == 0 ? size : -size))
        write32(register, old & ~mask | (old &+ step) & mask)
    }

    /// How many more iterations may run before the next boundary.
    private var iterationsAllowed: UInt64 {
        guard s.pointee.attention.isEmpty, s.pointee.deadline > s.pointee.retired else { return 0 }
        return s.pointee.deadline - s.pointee.retired
    }

    /// Runs `body` once, or as often as ECX and the condition say. `body` answers whether the condition holds on.
    @inline(__always) private func repeated(
        _ op: MicroOperationPointer, _ body: () throws(Fault) -> Void
    ) throws(Fault) -> BlockExit {
        guard op.pointee.b != 0 else {
            try body()
            return .fallThrough
        }
        let mask = indexMask(op)
        while true {
            guard read32(1) & mask != 0 else { return .fallThrough }
            try body()
            let left = (read32(1) &- 1) & mask
            write32(1, read32(1) & ~mask | left)
            guard left > 0, isRepeatConditionMet(op) else { return .fallThrough }
            guard iterationsAllowed > 0, !s.pointee.isCut else { return interrupted(op) }
            s.pointee.retired &+= 1
        }
    }

    /// CMPS and SCAS go on while ZF matches the prefix.
    @inline(__always) private func isRepeatConditionMet(_ op: MicroOperationPointer) -> Bool {
        switch op.pointee.operation {
        case .compareString8, .compareString16, .compareString32, .scanString8, .scanString16, .scanString32:
            zero == (op.pointee.b == OperandCode.repeatEqual)
        default: true
        }
    }

    /// Leaves the block with EIP on the instruction.
    ///
    /// RF is set: an interrupt or trap here has it in its image, and an instruction breakpoint does not hit again
    /// (SDM Vol. 3A 17.3.1.1 "Instruction-Breakpoint Exception Condition").
    private func interrupted(_ op: MicroOperationPointer) -> BlockExit {
        s.pointee.eip = operationEIP
        s.pointee.flags |= EFLAGS.resume
        s.pointee.resumeMark = s.pointee.retired
        return .lookup
    }

    func moveString<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> BlockExit {
        let mask = indexMask(op)
        let size = T.bitWidth / 8
        return try repeated(op) { () throws(Fault) in
            if op.pointee.b != 0 { moveRun(op, size, mask) }
            let value = try load(segmentNumber(op), read32(6) & mask, T.self)
            try store(SegmentName.es.rawValue, read32(7) & mask, value)
            advance(6, size, mask)
            advance(7, size, mask)
        }
    }

    func storeString<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> BlockExit {
        let mask = indexMask(op)
        let size = T.bitWidth / 8
        return try repeated(op) { () throws(Fault) in
            if op.pointee.b != 0 { storeRun(T.read(self, 0), mask) }
            try store(SegmentName.es.rawValue, read32(7) & mask, T.read(self, 0))
            advance(7, size, mask)
        }
    }

    func loadString<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> BlockExit {
        let mask = indexMask(op)
        return try repeated(op) { () throws(Fault) in
            T.write(self, 0, try load(segmentNumber(op), read32(6) & mask, T.self))
            advance(6, T.bitWidth / 8, mask)
        }
    }

    func compareString<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> BlockExit {
        let mask = indexMask(op)
        return try repeated(op) { () throws(Fault) in
            let left = try load(segmentNumber(op), read32(6) & mask, T.self)
            let right = try load(SegmentName.es.rawValue, read32(7) & mask, T.self)
            _ = Sub.apply(self, left, right)
            advance(6, T.bitWidth / 8, mask)
            advance(7, T.bitWidth / 8, mask)
        }
    }

    func scanString<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> BlockExit {
        let mask = indexMask(op)
        return try repeated(op) { () throws(Fault) in
            let right = try load(SegmentName.es.rawValue, read32(7) & mask, T.self)
            _ = Sub.apply(self, T.read(self, 0), right)
            advance(7, T.bitWidth / 8, mask)
        }
    }

    func inputString<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> BlockExit {
        let mask = indexMask(op)
        let size = T.bitWidth / 8
        return try repeated(op) { () throws(Fault) in
            // The destination is checked before the port is read: a fault must not lose a byte.
            try checkPort(read16(2), bytes: UInt32(size))
            let place = try modify(SegmentName.es.rawValue, read32(7) & mask, T.self)
            let first = s.pointee.modifyFirst
            let second = s.pointee.modifySecond
            let value = readPort(read16(2), bytes: size)
            s.pointee.modifyFirst = first
            s.pointee.modifySecond = second
            storeModified(place, T(truncatingIfNeeded: value))
            advance(7, size, mask)
        }
    }

    func outputString<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) -> BlockExit {
        let mask = indexMask(op)
        let size = T.bitWidth / 8
        return try repeated(op) { () throws(Fault) in
            try checkPort(read16(2), bytes: UInt32(size))
            let value = try load(segmentNumber(op), read32(6) & mask, T.self)
            writePort(read16(2), value: UInt32(truncatingIfNeeded: value), bytes: size)
            advance(6, size, mask)
        }
    }
}
