// The two-byte opcode map, 0F xx (SDM Vol. 2D A.3, Table A-3), as far as the Pentium Pro.

extension Decoder {
    mutating func decodeTwoByte(_ opcode: UInt8) {
        switch opcode {
        case 0x00...0x0B: decodeSystemRow(opcode)
        case 0x18...0x1F:
            // SDM Vol. 2B "NOP": the hinting no-operations take an operand and ignore it.
            readModRM()
            set(.noOperation)
        case 0x20...0x23: decodeControlMove(opcode)
        case 0x30, 0x32...0x35: set(.systemExtension, a: opcode)
        case 0x31: set(.readTimeStamp)
        case 0x40...0x4F:
            readModRM()
            let first: Operation = isOperand32 ? .conditionalMove32R : .conditionalMove16R
            set(isRegister ? first : offset(first, 3), a: reg, b: rm, immediate: UInt32(opcode & 15))
        case 0x80...0x8F: setJump(opcode & 15, distance: relative())
        case 0x90...0x9F:
            readModRM()
            set(isRegister ? .setConditionR : .setConditionM, a: rm, b: opcode & 15)
        case 0xA0...0xAF: decodeRow0FA(opcode)
        case 0xB0...0xBF: decodeRow0FB(opcode)
        case 0xC0, 0xC1:
            readModRM()
            setAccumulate(.exchangeAdd8R, opcode)
        case 0xC7:
            readModRM()
            reg == 1 ? setMemoryOnly(.compareExchange8Bytes) : set(.invalidOpcode)
        case 0xC8...0xCF: set(isOperand32 ? .byteSwap32 : .byteSwap16, a: opcode & 7)
        default: set(.invalidOpcode)
        }
    }

    /// XADD and CMPXCHG: the destination is `rm`.
    private mutating func setAccumulate(_ first: Operation, _ opcode: UInt8) {
        let form = offset(first, width(opcode) * 6)
        if isRegister { set(form, a: rm, b: reg) } else { set(offset(form, 3), a: reg) }
    }

    private mutating func decodeSystemRow(_ opcode: UInt8) {
        switch opcode {
        case 0x00: decodeGroup6()
        case 0x01: decodeGroup7()
        case 0x02, 0x03:
            readModRM()
            setSystem(.inspectSelector, kind: UInt32(opcode - 2), a: reg)
        case 0x06: set(.clearTaskSwitched)
        case 0x08, 0x09: set(.invalidateCache)
        default: set(.invalidOpcode)
        }
    }

    private mutating func decodeGroup6() {
        readModRM()
        switch reg {
        case 0, 1: setSystem(.storeTableRegister, kind: UInt32(reg) + 2)
        case 2, 3: setSystem(.loadSystemSegment, kind: UInt32(reg) - 2)
        case 4, 5: setSystem(.inspectSelector, kind: UInt32(reg) - 2)
        default: set(.invalidOpcode)
        }
    }

    private mutating func decodeGroup7() {
        readModRM()
        switch reg {
        case 0, 1: setMemoryOnly(.storeTableRegister, kind: UInt32(reg))
        case 2, 3: setMemoryOnly(.loadDescriptorTable, kind: UInt32(reg) - 2)
        case 4: setSystem(.storeMachineStatus)
        case 6: setSystem(.loadMachineStatus)
        case 7: setMemoryOnly(.invalidatePage)
        default: set(.invalidOpcode)
        }
    }

    /// MOV to and from control and debug registers: the mod field is ignored (SDM Vol. 2B "MOV").
    private mutating func decodeControlMove(_ opcode: UInt8) {
        let byte = bytes.next8()
        let (number, register) = ((byte >> 3) & 7, byte & 7)
        // CR1 and CR5 to CR7 do not exist.
        if opcode & 1 == 0, number == 1 || number > 4 { return set(.invalidOpcode) }
        switch opcode {
        case 0x20: set(.readControl, a: register, b: number)
        case 0x21: set(.readDebug, a: register, b: number)
        case 0x22: set(.writeControl, a: number, b: register)
        default: set(.writeDebug, a: number, b: register)
        }
    }

    private mutating func decodeRow0FA(_ opcode: UInt8) {
        switch opcode {
        case 0xA0, 0xA8: set(.pushSegment, a: opcode == 0xA0 ? 4 : 5)
        case 0xA1, 0xA9: set(.popDataSegment, a: opcode == 0xA1 ? 4 : 5)
        case 0xA2: set(.identify)
        case 0xA3, 0xAB: decodeBitTest(kind: UInt32(opcode >> 3) & 3)
        case 0xA4, 0xA5, 0xAC, 0xAD:
            readModRM()
            let count = opcode & 1 == 0 ? UInt32(bytes.next8()) : OperandCode.countInCL
            let first: Operation = isOperand32 ? .shiftDouble32R : .shiftDouble16R
            let direction: UInt32 = opcode >= 0xAC ? 0x200 : 0
            set(isRegister ? first : offset(first, 1), a: rm, b: reg, immediate: count | direction)
        case 0xAF:
            readModRM()
            let first: Operation = isOperand32 ? .multiplyInto32R : .multiplyInto16R
            set(isRegister ? first : offset(first, 2), a: reg, b: rm)
        // RSM (0F AA) is #UD outside SMM (SDM Vol. 2B "RSM").
        default: set(.invalidOpcode)
        }
    }

    /// A bit index in a register.
    private mutating func decodeBitTest(kind: UInt32) {
        readModRM()
        let first: Operation = isOperand32 ? .bitTest32RR : .bitTest16RR
        let form = isRegister ? first : offset(first, 2)
        set(form, a: rm, b: reg, immediate: (kind & 3) << BitTestKind.shift)
    }

    private mutating func decodeRow0FB(_ opcode: UInt8) {
        switch opcode {
        case 0xB0, 0xB1:
            readModRM()
            setAccumulate(.compareExchange8R, opcode)
        case 0xB2, 0xB4, 0xB5:
            readModRM()
            setMemoryOnly(opcode == 0xB2 ? .loadStackPointer : .loadFarPointer, a: reg, b: opcode & 7)
        case 0xB3, 0xBB: decodeBitTest(kind: UInt32(opcode >> 3) & 3)
        case 0xBA: decodeGroup8()
        case 0xB6, 0xB7, 0xBE, 0xBF: decodeExtension(opcode)
        case 0xBC, 0xBD:
            readModRM()
            let first: Operation = isOperand32 ? .bitScanForward32R : .bitScanForward16R
            set(offset(first, Int(opcode & 1) + (isRegister ? 0 : 3)), a: reg, b: rm)
        default:
            readModRM()
            set(.invalidOpcode)
        }
    }

    /// A constant bit index.
    private mutating func decodeGroup8() {
        readModRM()
        let index = UInt32(bytes.next8())
        guard reg >= 4 else { return set(.invalidOpcode) }
        let first: Operation = isOperand32 ? .bitTest32RR : .bitTest16RR
        let kind = UInt32(reg & 3) << BitTestKind.shift
        set(offset(first, isRegister ? 1 : 3), a: rm, immediate: kind | index)
    }

    private mutating func decodeExtension(_ opcode: UInt8) {
        readModRM()
        let isSigned = opcode >= 0xBE
        if opcode & 1 == 1, !isOperand32 {
            return set(isRegister ? .move16RR : .move16RM, a: reg, b: rm)
        }
        let first: Operation = isSigned ? .signExtend8To16R : .zeroExtend8To16R
        let step = opcode & 1 == 1 ? 4 : isOperand32 ? 2 : 0
        setEither(offset(first, step))
    }
}
