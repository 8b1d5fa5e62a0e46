// Operands of the system instructions: where each reads its word from and writes it to. The rules are elsewhere.

/// What the decoder leaves in `immediate` of system instructions: a kind, and whether the operand is a register.
enum SystemOperand {
    /// The operand is register `b`, not memory.
    static let register: UInt32 = 0x100
    static let kindMask: UInt32 = 0xFF
}

extension Core {
    @inline(__always) func synchronise(_ op: MicroOperationPointer) {
        let next = s.pointee.eip &+ UInt32(s.pointee.block.pointee.byteLength)
        s.pointee.instructionEIP = next &- UInt32(op.pointee.length)
        s.pointee.eip = next
        s.pointee.operation = s.pointee.blockEnd
    }

    func farSelector(_ op: MicroOperationPointer) -> UInt16 { UInt16(truncatingIfNeeded: op.pointee.displacement) }

    private func kind(_ op: MicroOperationPointer) -> UInt32 { op.pointee.immediate & SystemOperand.kindMask }
    private func isRegister(_ op: MicroOperationPointer) -> Bool { op.pointee.immediate & SystemOperand.register != 0 }

    private func wordOperand(_ op: MicroOperationPointer) throws(Fault) -> UInt16 {
        isRegister(op) ? read16(op.pointee.b) : try load(segmentNumber(op), address(op), UInt16.self)
    }

    /// Stores to a register of the operand size, or to a word of memory.
    private func storeWordOperand(_ op: MicroOperationPointer, _ value: UInt32) throws(Fault) {
        if !isRegister(op) {
            try store(segmentNumber(op), address(op), UInt16(truncatingIfNeeded: value))
        } else if isOperand32(op) {
            write32(op.pointee.b, value)
        } else {
            write16(op.pointee.b, UInt16(truncatingIfNeeded: value))
        }
    }

    private func farOperand(_ op: MicroOperationPointer) throws(Fault) -> (selector: UInt16, offset: UInt32) {
        let at = address(op)
        let mask: UInt32 = isAddress32(op) ? .max : 0xFFFF
        if isOperand32(op) {
            let offset = try load(segmentNumber(op), at, UInt32.self)
            return (try load(segmentNumber(op), (at &+ 4) & mask, UInt16.self), offset)
        }
        let offset = try load(segmentNumber(op), at, UInt16.self)
        return (try load(segmentNumber(op), (at &+ 2) & mask, UInt16.self), UInt32(offset))
    }

    func farJumpMemory(_ op: MicroOperationPointer) throws(Fault) {
        let target = try farOperand(op)
        try farJump(selector: target.selector, offset: target.offset, is32: isOperand32(op))
    }
    func farCallMemory(_ op: MicroOperationPointer) throws(Fault) {
        let target = try farOperand(op)
        try farCall(selector: target.selector, offset: target.offset, is32: isOperand32(op))
    }
    /// LDS, LES, LSS, LFS, LGS.
    func loadFarPointer(_ op: MicroOperationPointer) throws(Fault) {
        let pointer = try farOperand(op)
        try loadSegment(op.pointee.b, pointer.selector)
        if isOperand32(op) {
            write32(op.pointee.a, pointer.offset)
        } else {
            write16(op.pointee.a, UInt16(truncatingIfNeeded: pointer.offset))
        }
    }

    func moveFromSegment(_ op: MicroOperationPointer) {
        let selector = segment(op.pointee.b).pointee.selector
        if isOperand32(op) { write32(op.pointee.a, UInt32(selector)) } else { write16(op.pointee.a, selector) }
    }
    func moveToSegment(_ op: MicroOperationPointer) throws(Fault) {
        try loadSegment(op.pointee.a, try wordOperand(op))
    }
    func moveToStackSegment(_ op: MicroOperationPointer) throws(Fault) {
        try moveToSegment(op)
        // SDM Vol. 3A 6.8.3 "Masking Exceptions and Interrupts When Switching Stacks".
        raise([.interruptShadow, .stackShadow])
    }

    /// SGDT, SIDT, SLDT, STR.
    func storeTableRegister(_ op: MicroOperationPointer) throws(Fault) {
        switch kind(op) {
        case 0: try storeTable(op, base: s.pointee.gdtBase, limit: s.pointee.gdtLimit)
        case 1: try storeTable(op, base: s.pointee.idtBase, limit: s.pointee.idtLimit)
        case 2:
            try requireProtectedMode()
            try storeWordOperand(op, UInt32(segment(.ldtr).pointee.selector))
        default:
            try requireProtectedMode()
            try storeWordOperand(op, UInt32(segment(.tr).pointee.selector))
        }
    }
    /// Recent processors store 32 bits of base whatever the operand size (SDM Vol. 2B "SGDT").
    private func storeTable(_ op: MicroOperationPointer, base: UInt32, limit: UInt32) throws(Fault) {
        let at = address(op)
        let mask: UInt32 = isAddress32(op) ? .max : 0xFFFF
        _ = try modify(segmentNumber(op), (at &+ 2) & mask, UInt32.self)
        try store(segmentNumber(op), at, UInt16(truncatingIfNeeded: limit))
        try store(segmentNumber(op), (at &+ 2) & mask, base)
    }
    /// LGDT, LIDT: 24 bits of base with a 16-bit operand size (SDM Vol. 2A "LGDT/LIDT").
    func loadDescriptorTable(_ op: MicroOperationPointer) throws(Fault) {
        try requireSupervisor()
        let at = address(op)
        let limit = try load(segmentNumber(op), at, UInt16.self)
        let mask: UInt32 = isAddress32(op) ? .max : 0xFFFF
        var base = try load(segmentNumber(op), (at &+ 2) & mask, UInt32.self)
        if !isOperand32(op) { base &= 0xFF_FFFF }
        if kind(op) == 0 {
            try loadGlobalTable(base: base, limit: limit)
        } else {
            try loadInterruptTable(base: base, limit: limit)
        }
    }
    /// LLDT, LTR.
    func loadSystemSegment(_ op: MicroOperationPointer) throws(Fault) {
        try requireProtectedMode()
        try requireSupervisor()
        let selector = try wordOperand(op)
        if kind(op) == 0 { try loadLocalDescriptorTable(selector) } else { try loadTaskRegister(selector) }
    }
    /// LAR, LSL, VERR, VERW: only ZF and, if it is set, the destination change.
    func inspectSelector(_ op: MicroOperationPointer) throws(Fault) {
        try requireProtectedMode()
        let selector = try wordOperand(op)
        let isValid: Bool
        switch kind(op) {
        case 0: isValid = writeInspected(op, try accessRights(selector))
        case 1: isValid = writeInspected(op, try segmentLimit(selector))
        case 2: isValid = try verify(selector, forWrite: false)
        default: isValid = try verify(selector, forWrite: true)
        }
        setArithmeticFlags(arithmeticFlags & ~EFLAGS.zero | (isValid ? EFLAGS.zero : 0))
    }
    private func writeInspected(_ op: MicroOperationPointer, _ value: UInt32?) -> Bool {
        guard let value else { return false }
        if isOperand32(op) {
            write32(op.pointee.a, value)
        } else {
            write16(op.pointee.a, UInt16(truncatingIfNeeded: value))
        }
        return true
    }
    /// ARPL: raises the RPL of the destination to that of the source (SDM Vol. 2A "ARPL").
    func adjustRequestedLevel(_ op: MicroOperationPointer) throws(Fault) {
        try requireProtectedMode()
        let source = read16(op.pointee.a)
        let isRaised: Bool
        if isRegister(op) {
            let destination = read16(op.pointee.b)
            isRaised = destination & 3 < source & 3
            if isRaised { write16(op.pointee.b, destination & 0xFFFC | source & 3) }
        } else {
            let place = try modify(segmentNumber(op), address(op), UInt16.self)
            let destination: UInt16 = loadModified(place)
            isRaised = destination & 3 < source & 3
            storeModified(place, isRaised ? destination & 0xFFFC | source & 3 : destination)
        }
        setArithmeticFlags(arithmeticFlags & ~EFLAGS.zero | (isRaised ? EFLAGS.zero : 0))
    }

    func storeMachineStatus(_ op: MicroOperationPointer) throws(Fault) {
        try storeWordOperand(op, s.pointee.cr0)
    }
    func loadMachineStatusWord(_ op: MicroOperationPointer) throws(Fault) {
        try requireSupervisor()
        try loadMachineStatus(try wordOperand(op))
    }
    func readControlRegister(_ op: MicroOperationPointer) throws(Fault) {
        write32(op.pointee.a, try readControl(op.pointee.b))
    }
    func writeControlRegister(_ op: MicroOperationPointer) throws(Fault) {
        try writeControl(op.pointee.a, read32(op.pointee.b))
    }
    func readDebugRegister(_ op: MicroOperationPointer) throws(Fault) {
        write32(op.pointee.a, try readDebug(op.pointee.b))
    }
    func writeDebugRegister(_ op: MicroOperationPointer) throws(Fault) {
        try writeDebug(op.pointee.a, read32(op.pointee.b))
    }
    func invalidatePageOperand(_ op: MicroOperationPointer) throws(Fault) {
        try invalidate(segment(segmentNumber(op)).pointee.base &+ address(op))
    }
    func bound(_ op: MicroOperationPointer) throws(Fault) {
        let index = isOperand32(op) ? read32(op.pointee.a) : read16(op.pointee.a).signExtended
        let number = segmentNumber(op)
        try bound(index: Int32(bitPattern: index), segment: number, offset: address(op), is32: isOperand32(op))
    }

    /// IN: width in `a`, port in the immediate or DX.
    func portIn(_ op: MicroOperationPointer) throws(Fault) {
        let value = try portIn(port(op), bytes: Int(op.pointee.a))
        switch op.pointee.a {
        case 1: write8(0, UInt8(truncatingIfNeeded: value))
        case 2: write16(0, UInt16(truncatingIfNeeded: value))
        default: write32(0, value)
        }
    }
    func portOut(_ op: MicroOperationPointer) throws(Fault) {
        try portOut(port(op), value: read32(0), bytes: Int(op.pointee.a))
    }
    private func port(_ op: MicroOperationPointer) -> UInt16 {
        op.pointee.immediate & OperandCode.portInDX != 0
            ? read16(2) : UInt16(truncatingIfNeeded: op.pointee.immediate)
    }
}
