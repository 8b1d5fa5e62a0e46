// DAA, DAS, AAA, AAS, AAM, AAD and the one-byte flag instructions (SDM Vol. 2, each instruction's page).

extension Core {
    private func setDecimalFlags(_ result: UInt8, carry: Bool, auxiliary: Bool) {
        setLogicFlags(result)
        s.pointee.flagCarries = (carry ? 0xC000_0000 : 0) | (auxiliary ? 8 : 0)
    }

    func decimalAdjustAdd() { decimalAdjust { $0 &+ $1 } }
    func decimalAdjustSubtract() { decimalAdjust { $0 &- $1 } }

    private func decimalAdjust(_ combine: (UInt8, UInt8) -> UInt8) {
        let old = read8(0)
        let isLowOver = old & 0xF > 9 || auxiliary
        let isHighOver = old > 0x99 || carry
        var result = old
        if isLowOver { result = combine(result, 6) }
        if isHighOver { result = combine(result, 0x60) }
        // DAS also reports the borrow of its first step.
        let isBorrow = isLowOver && combine(0, 6) == 0xFA && old < 6
        write8(0, result)
        setDecimalFlags(result, carry: isHighOver || isBorrow, auxiliary: isLowOver)
    }

    func asciiAdjustAdd() {
        let isOver = read8(0) & 0xF > 9 || auxiliary
        if isOver { write16(0, read16(0) &+ 0x106) }
        finishASCIIAdjust(isOver)
    }

    func asciiAdjustSubtract() {
        let isOver = read8(0) & 0xF > 9 || auxiliary
        if isOver { write16(0, read16(0) &- 0x106) }
        finishASCIIAdjust(isOver)
    }

    private func finishASCIIAdjust(_ isOver: Bool) {
        write8(0, read8(0) & 0xF)
        setDecimalFlags(read8(0), carry: isOver, auxiliary: isOver)
    }

    /// #DE for a base of 0.
    func asciiAdjustMultiply(_ base: UInt8) throws(Fault) {
        guard base != 0 else { throw .divideError }
        let value = read8(0)
        write16(0, UInt16(value / base) << 8 | UInt16(value % base))
        setLogicFlags(read8(0))
    }

    func asciiAdjustDivide(_ base: UInt8) {
        let result = read8(0) &+ read8(4) &* base
        write16(0, UInt16(result))
        setLogicFlags(result)
    }

    func loadFlagsToAH() { write8(4, UInt8(truncatingIfNeeded: eflags & 0xD5 | EFLAGS.reserved1)) }
    func storeAHToFlags() { setEFLAGS(UInt32(read8(4)), mask: 0xD5) }
    func complementCarry() { setCarryFlag(!carry) }
    func clearCarry() { setCarryFlag(false) }
    func setCarry() { setCarryFlag(true) }
    func clearDirection() { s.pointee.flags &= ~EFLAGS.direction }
    func setDirection() { s.pointee.flags |= EFLAGS.direction }
    /// Opcode D6, undocumented until late: AL becomes FFh if CF is set, else 0.
    func setALFromCarry() { write8(0, carry ? 0xFF : 0) }
}
