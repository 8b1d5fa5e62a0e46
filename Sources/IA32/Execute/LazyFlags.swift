// The six arithmetic flags, kept as the last result and a carry vector until somebody asks.
//
// `flagResult` is the result, sign-extended: ZF is result = 0, SF its top bit, PF the parity of its low byte.
// `flagCarries` holds the carry (or borrow) out of each bit of the operation, moved so that the top one is bit 31:
// CF is bit 31, OF is bit 31 xor bit 30, AF is bit 3. Two corrections let any combination be stored:
// bit 0 is xored into SF, and bits 8-15 are xored into the byte whose parity is PF.

/// Widths an operand can have.
protocol OperandWidth: FixedWidthInteger & UnsignedInteger & BitwiseCopyable {
    static func read(_ core: Core, _ register: UInt8) -> Self
    static func write(_ core: Core, _ register: UInt8, _ value: Self)
    var signExtended: UInt32 { get }
}

extension UInt8: OperandWidth {
    @inline(__always) static func read(_ core: Core, _ register: UInt8) -> UInt8 { core.read8(register) }
    @inline(__always) static func write(_ core: Core, _ register: UInt8, _ value: UInt8) {
        core.write8(register, value)
    }
    @inline(__always) var signExtended: UInt32 { UInt32(bitPattern: Int32(Int8(bitPattern: self))) }
}

extension UInt16: OperandWidth {
    @inline(__always) static func read(_ core: Core, _ register: UInt8) -> UInt16 { core.read16(register) }
    @inline(__always) static func write(_ core: Core, _ register: UInt8, _ value: UInt16) {
        core.write16(register, value)
    }
    @inline(__always) var signExtended: UInt32 { UInt32(bitPattern: Int32(Int16(bitPattern: self))) }
}

extension UInt32: OperandWidth {
    @inline(__always) static func read(_ core: Core, _ register: UInt8) -> UInt32 { core.read32(register) }
    @inline(__always) static func write(_ core: Core, _ register: UInt8, _ value: UInt32) {
        core.write32(register, value)
    }
    @inline(__always) var signExtended: UInt32 { self }
}

extension Core {
    @inline(__always) var carry: Bool { s.pointee.flagCarries &>> 31 != 0 }
    @inline(__always) var zero: Bool { s.pointee.flagResult == 0 }
    @inline(__always) var sign: Bool { (s.pointee.flagResult &>> 31) ^ (s.pointee.flagCarries & 1) != 0 }
    @inline(__always) var overflow: Bool {
        (s.pointee.flagCarries ^ (s.pointee.flagCarries &<< 1)) &>> 31 != 0
    }
    @inline(__always) var auxiliary: Bool { s.pointee.flagCarries & 8 != 0 }
    @inline(__always) var parity: Bool {
        let byte = (s.pointee.flagResult ^ (s.pointee.flagCarries &>> 8)) & 0xFF
        return (0x9669 &>> ((byte ^ byte &>> 4) & 0xF)) & 1 != 0
    }

    /// Condition codes in encoding order (SDM Vol. 1 appendix B "EFLAGS Condition Codes").
    func condition(_ code: UInt8) -> Bool {
        let isTrue: Bool
        switch code >> 1 {
        case 0: isTrue = overflow
        case 1: isTrue = carry
        case 2: isTrue = zero
        case 3: isTrue = carry || zero
        case 4: isTrue = sign
        case 5: isTrue = parity
        case 6: isTrue = sign != overflow
        default: isTrue = zero || sign != overflow
        }
        return isTrue == (code & 1 == 0)
    }

    /// After a bitwise operation: CF, OF and AF clear.
    @inline(__always) func setLogicFlags<T: OperandWidth>(_ result: T) {
        s.pointee.flagResult = result.signExtended
        s.pointee.flagCarries = 0
    }

    /// After an addition or subtraction with the given carry-out vector.
    @inline(__always) func setArithmeticFlags<T: OperandWidth>(_ result: T, carries: T) {
        s.pointee.flagResult = result.signExtended
        let wide = UInt32(truncatingIfNeeded: carries)
        s.pointee.flagCarries = (wide &<< UInt32(32 - T.bitWidth)) & 0xC000_0000 | wide & 8
    }

    /// Replaces CF and keeps OF and the others.
    func setCarryFlag(_ value: Bool) { setCarryAndOverflow(carry: value, overflow: overflow) }

    func setCarryAndOverflow(carry: Bool, overflow: Bool) {
        let bits: UInt32 = (carry ? 0x8000_0000 : 0) | (carry != overflow ? 0x4000_0000 : 0)
        s.pointee.flagCarries = s.pointee.flagCarries & 0x3FFF_FFFF | bits
    }

    /// All of EFLAGS.
    ///
    /// RF holds for one instruction: it reads as 0 once the one after the IRET or task switch that set it has completed
    /// (SDM Vol. 3A 17.3.1.1 "Instruction-Breakpoint Exception Condition").
    var eflags: UInt32 { systemFlags | arithmeticFlags }

    /// EFLAGS without the arithmetic flags.
    var systemFlags: UInt32 {
        let isResumeOver = s.pointee.resumeMark != instructionCount
        return s.pointee.flags & ~(isResumeOver ? EFLAGS.resume : 0)
    }

    /// CF, PF, AF, ZF, SF and OF at their places.
    var arithmeticFlags: UInt32 {
        (carry ? EFLAGS.carry : 0) | (parity ? EFLAGS.parity : 0) | (auxiliary ? EFLAGS.auxiliary : 0)
            | (zero ? EFLAGS.zero : 0) | (sign ? EFLAGS.sign : 0) | (overflow ? EFLAGS.overflow : 0)
    }

    func setArithmeticFlags(_ value: UInt32) {
        let isZero = value & EFLAGS.zero != 0
        s.pointee.flagResult = isZero ? 0 : 1
        let hasParity = value & EFLAGS.parity != 0
        // Parity of the byte 0 is even, of 1 odd: correct where the wanted PF differs.
        let parityCorrection: UInt32 = hasParity == isZero ? 0 : 0x100
        let hasCarry = value & EFLAGS.carry != 0
        let hasOverflow = value & EFLAGS.overflow != 0
        s.pointee.flagCarries =
            (hasCarry ? 0x8000_0000 : 0) | (hasCarry != hasOverflow ? 0x4000_0000 : 0)
            | (value & EFLAGS.auxiliary != 0 ? 8 : 0) | (value & EFLAGS.sign != 0 ? 1 : 0) | parityCorrection
    }

    /// Writes the bits of EFLAGS that `mask` selects; undefined bits keep their fixed values.
    func setEFLAGS(_ value: UInt32, mask: UInt32) {
        let mask = mask & EFLAGS.defined
        if mask & EFLAGS.arithmetic == EFLAGS.arithmetic {
            setArithmeticFlags(value)
        } else if mask & EFLAGS.arithmetic != 0 {
            setArithmeticFlags(arithmeticFlags & ~mask | value & mask)
        }
        let system = mask & ~EFLAGS.arithmetic
        if system & value & EFLAGS.resume != 0 { s.pointee.resumeMark = instructionCount }
        let old = s.pointee.flags
        s.pointee.flags = old & ~system | value & system | EFLAGS.reserved1
        let changed = old ^ s.pointee.flags
        if changed & (EFLAGS.interrupt | EFLAGS.trap) != 0 { refreshInterruptAttention() }
        if changed & EFLAGS.alignmentCheck != 0, isAlignmentMasked { dropTags() }
    }

    /// Recomputes what the next block boundary must look at, after a change of IF, TF, the INTR line or NMI state.
    func refreshInterruptAttention() {
        var attention = s.pointee.attention
        attention.subtract([.interruptLine, .nmi, .singleStep])
        if s.pointee.isInterruptLineHigh, s.pointee.flags & EFLAGS.interrupt != 0 { attention.insert(.interruptLine) }
        if s.pointee.isNMIPending, !s.pointee.isNMIBlocked { attention.insert(.nmi) }
        if s.pointee.flags & EFLAGS.trap != 0 { attention.insert(.singleStep) }
        s.pointee.attention = attention
        s.pointee.softDeadline = attention.isEmpty ? s.pointee.deadline : 0
    }
}
