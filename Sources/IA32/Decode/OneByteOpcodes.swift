// The one-byte opcode map (SDM Vol. 2D A.3, Table A-2).

extension Decoder {
    mutating func decodeOneByte(_ opcode: UInt8) {
        switch opcode {
        case 0x00...0x3F: decodeArithmetic(opcode)
        case 0x40...0x5F: decodeRegisterRow(opcode)
        case 0x60...0x6F: decodeRow6(opcode)
        case 0x70...0x7F: decodeShortJump(opcode & 15)
        case 0x80...0x8F: decodeRow8(opcode)
        case 0x90...0x9F: decodeRow9(opcode)
        case 0xA0...0xAF: decodeRowA(opcode)
        case 0xB0...0xB7: set(.move8RI, a: opcode & 7, immediate: immediate(width: 0))
        case 0xB8...0xBF:
            set(isOperand32 ? .move32RI : .move16RI, a: opcode & 7, immediate: immediate(width: fullWidth))
        case 0xC0...0xCF: decodeRowC(opcode)
        case 0xD0...0xDF: decodeRowD(opcode)
        case 0xE0...0xEF: decodeRowE(opcode)
        default: decodeRowF(opcode)
        }
    }

    private mutating func decodeArithmetic(_ opcode: UInt8) {
        let form = opcode & 7
        if form >= 6 { return decodeSegmentStackOrAdjust(opcode) }
        let first = Int(opcode >> 3) * 15 + width(opcode) * 5
        switch form {
        case 0, 1: decodeModRMBinary(first, isRegisterDestination: false)
        case 2, 3: decodeModRMBinary(first, isRegisterDestination: true)
        default: set(Operation.at(first + 3), a: 0, immediate: immediate(width: width(opcode)))
        }
    }

    /// `first` is the RR form of the operation and width.
    private mutating func decodeModRMBinary(_ first: Int, isRegisterDestination: Bool) {
        readModRM()
        if isRegister {
            let (a, b) = isRegisterDestination ? (reg, rm) : (rm, reg)
            set(Operation.at(first), a: a, b: b)
        } else {
            set(Operation.at(first + (isRegisterDestination ? 1 : 2)), a: reg)
        }
    }

    private mutating func decodeSegmentStackOrAdjust(_ opcode: UInt8) {
        switch opcode {
        case 0x27: set(.decimalAdjustAdd)
        case 0x2F: set(.decimalAdjustSubtract)
        case 0x37: set(.asciiAdjustAdd)
        case 0x3F: set(.asciiAdjustSubtract)
        case 0x06, 0x0E, 0x16, 0x1E: set(.pushSegment, a: opcode >> 3)
        case 0x17: set(.popStackSegment, a: 2)
        default: set(.popDataSegment, a: opcode >> 3)
        }
    }

    private mutating func decodeRegisterRow(_ opcode: UInt8) {
        let register = opcode & 7
        switch opcode & 0xF8 {
        case 0x40: set(isOperand32 ? .increment32R : .increment16R, a: register)
        case 0x48: set(isOperand32 ? .decrement32R : .decrement16R, a: register)
        case 0x50: set(isOperand32 ? .push32R : .push16R, a: register)
        default: set(isOperand32 ? .pop32R : .pop16R, a: register)
        }
    }

    private mutating func decodeRow6(_ opcode: UInt8) {
        switch opcode {
        case 0x60: set(.pushAll)
        case 0x61: set(.popAll)
        case 0x62:
            readModRM()
            setMemoryOnly(.bound, a: reg)
        case 0x63:
            readModRM()
            setSystem(.adjustRPL, a: reg)
        case 0x68: set(isOperand32 ? .push32I : .push16I, immediate: immediate(width: fullWidth))
        case 0x6A: set(isOperand32 ? .push32I : .push16I, immediate: signedByte())
        case 0x69, 0x6B:
            readModRM()
            let factor = opcode == 0x6B ? signedByte() : immediate(width: fullWidth)
            let base: Operation = isOperand32 ? .multiplyImmediate32R : .multiplyImmediate16R
            set(isRegister ? base : offset(base, 2), a: reg, b: rm, immediate: factor)
        case 0x6C, 0x6D: decodeString(.inputString8, opcode)
        default: decodeString(.outputString8, opcode)
        }
    }

    mutating func decodeShortJump(_ condition: UInt8) { setJump(condition, distance: signedByte()) }

    mutating func setJump(_ condition: UInt8, distance: UInt32) {
        if isOperand32 {
            set(offset(.jumpIfOverflow, Int(condition)), immediate: distance)
        } else {
            set(.jumpIf16, a: condition, immediate: distance)
        }
    }

    private mutating func decodeString(_ first: Operation, _ opcode: UInt8) {
        set(offset(first, width(opcode)), b: repeatPrefix)
        setSegment(default: .ds)
    }

    private mutating func decodeRow8(_ opcode: UInt8) {
        readModRM()
        switch opcode {
        case 0x80...0x83: decodeGroup1(opcode)
        case 0x84, 0x85:
            let first = Int(Operation.test8RR.rawValue) + width(opcode) * 5
            if isRegister { set(Operation.at(first), a: rm, b: reg) } else { set(Operation.at(first + 2), a: reg) }
        case 0x86, 0x87:
            let first = offset(.exchange8R, width(opcode) * 6)
            set(isRegister ? first : offset(first, 3), a: reg, b: rm)
        case 0x88...0x8B:
            let first = Int(Operation.move8RR.rawValue) + width(opcode) * 5
            let isLoad = opcode & 2 != 0
            if isRegister {
                set(Operation.at(first), a: isLoad ? reg : rm, b: isLoad ? rm : reg)
            } else {
                set(Operation.at(first + (isLoad ? 1 : 2)), a: reg)
            }
        case 0x8C:
            if reg > 5 { return set(.invalidOpcode) }
            if isRegister { set(.moveFromSegmentR, a: rm, b: reg) } else { set(.moveFromSegmentM, a: reg) }
        case 0x8D: setMemoryOnly(isOperand32 ? .loadAddress32 : .loadAddress16, a: reg)
        case 0x8E:
            // SDM Vol. 2B "MOV": CS cannot be loaded this way.
            if reg > 5 || reg == 1 { return set(.invalidOpcode) }
            setSystem(reg == 2 ? .moveToStackSegment : .moveToDataSegment, a: reg)
        default:
            if reg != 0 { return set(.invalidOpcode) }
            let pop: Operation = isOperand32 ? .pop32R : .pop16R
            set(isRegister ? pop : offset(pop, 1), a: rm)
        }
    }

    /// Opcodes 80-83: ADD to CMP with an immediate.
    private mutating func decodeGroup1(_ opcode: UInt8) {
        let first = Int(reg) * 15 + width(opcode) * 5
        let value = opcode == 0x83 ? signedByte() : immediate(width: width(opcode))
        set(Operation.at(first + (isRegister ? 3 : 4)), a: rm, immediate: value)
    }

    private mutating func decodeRow9(_ opcode: UInt8) {
        switch opcode {
        case 0x90: set(.noOperation)
        case 0x91...0x97: set(isOperand32 ? .exchange32R : .exchange16R, a: 0, b: opcode & 7)
        case 0x98: set(isOperand32 ? .convertWordToDouble : .convertByteToWord)
        case 0x99: set(isOperand32 ? .convertDoubleToPair : .convertWordToPair)
        case 0x9A: decodeFarPointer(.farCallImmediate)
        case 0x9B: set(.wait)
        case 0x9C: set(.pushFlags)
        case 0x9D: set(.popFlags)
        case 0x9E: set(.storeAHToFlags)
        default: set(.loadFlagsToAH)
        }
    }

    private mutating func decodeFarPointer(_ operation: Operation) {
        let target = immediate(width: fullWidth)
        micro.displacement = UInt32(bytes.next16())
        set(operation, immediate: target)
    }

    private mutating func decodeRowA(_ opcode: UInt8) {
        switch opcode {
        case 0xA0...0xA3:
            micro.displacement = isAddress32 ? bytes.next32() : UInt32(bytes.next16())
            setSegment(default: .ds)
            let first = Int(Operation.move8RR.rawValue) + width(opcode) * 5
            set(Operation.at(first + (opcode & 2 == 0 ? 1 : 2)), a: 0)
        case 0xA4, 0xA5: decodeString(.moveString8, opcode)
        case 0xA6, 0xA7: decodeString(.compareString8, opcode)
        case 0xA8, 0xA9:
            let first = Int(Operation.test8RR.rawValue) + width(opcode) * 5
            set(Operation.at(first + 3), a: 0, immediate: immediate(width: width(opcode)))
        case 0xAA, 0xAB: decodeString(.storeString8, opcode)
        case 0xAC, 0xAD: decodeString(.loadString8, opcode)
        default: decodeString(.scanString8, opcode)
        }
    }

    private mutating func decodeRowC(_ opcode: UInt8) {
        switch opcode {
        case 0xC0, 0xC1:
            readModRM()
            setShift(opcode, count: UInt32(bytes.next8()))
        case 0xC2, 0xCA:
            let drop = UInt32(bytes.next16())
            set(opcode == 0xCA ? .farReturn : isOperand32 ? .return32 : .return16, immediate: drop)
        case 0xC3: set(isOperand32 ? .return32 : .return16)
        case 0xC4, 0xC5:
            readModRM()
            setMemoryOnly(.loadFarPointer, a: reg, b: opcode == 0xC4 ? 0 : 3)
        case 0xC6, 0xC7:
            readModRM()
            let value = immediate(width: width(opcode))
            if reg != 0 { return set(.invalidOpcode) }
            let first = Int(Operation.move8RR.rawValue) + width(opcode) * 5
            set(Operation.at(first + (isRegister ? 3 : 4)), a: rm, immediate: value)
        case 0xC8:
            let size = UInt32(bytes.next16())
            set(.enter, a: bytes.next8() & 31, immediate: size)
        case 0xC9: set(.leave)
        case 0xCB: set(.farReturn)
        case 0xCC: set(.breakpoint)
        case 0xCD: set(.softwareInterrupt, immediate: UInt32(bytes.next8()))
        case 0xCE: set(.interruptOnOverflow)
        default: set(.interruptReturn)
        }
    }

    /// Group 2; plain 32-bit register shifts by a constant have operations of their own.
    private mutating func setShift(_ opcode: UInt8, count: UInt32) {
        let plain: Operation? =
            switch ShiftKind(rawValue: reg) {
            case .left, .leftAlias: .shiftLeft32RI
            case .right: .shiftRight32RI
            case .arithmeticRight: .shiftArithmetic32RI
            case .rotateLeft: .rotateLeft32RI
            case .rotateRight: .rotateRight32RI
            default: nil
            }
        let masked = count & 31
        if isRegister, width(opcode) == 2, count & OperandCode.countInCL == 0, masked != 0, let plain {
            return set(plain, a: rm, immediate: masked)
        }
        let first = offset(.shift8R, width(opcode) * 2)
        set(isRegister ? first : offset(first, 1), a: rm, b: reg, immediate: count)
    }

    private mutating func decodeRowD(_ opcode: UInt8) {
        switch opcode {
        case 0xD0, 0xD1:
            readModRM()
            setShift(opcode, count: 1)
        case 0xD2, 0xD3:
            readModRM()
            setShift(opcode, count: OperandCode.countInCL)
        case 0xD4: set(.asciiAdjustMultiply, immediate: UInt32(bytes.next8()))
        case 0xD5: set(.asciiAdjustDivide, immediate: UInt32(bytes.next8()))
        case 0xD6: set(.setALFromCarry)
        case 0xD7:
            setSegment(default: .ds)
            set(.translateByte)
        default:
            readModRM()
            let code = UInt32(opcode & 7) << 8 | UInt32(mod) << 6 | UInt32(reg) << 3 | UInt32(rm)
            set(offset(.escapeD8, Int(opcode & 7)), a: reg, b: rm, immediate: code)
        }
    }

    private mutating func decodeRowE(_ opcode: UInt8) {
        switch opcode {
        case 0xE0...0xE3: set(.loop, a: opcode & 3, immediate: signedByte())
        case 0xE4...0xE7: setPort(opcode, port: UInt32(bytes.next8()))
        case 0xE8: set(isOperand32 ? .callRelative : .callRelative16, immediate: relative())
        case 0xE9: set(isOperand32 ? .jumpRelative : .jumpRelative16, immediate: relative())
        case 0xEA: decodeFarPointer(.farJumpImmediate)
        case 0xEB: set(isOperand32 ? .jumpRelative : .jumpRelative16, immediate: signedByte())
        default: setPort(opcode, port: OperandCode.portInDX)
        }
    }

    private mutating func setPort(_ opcode: UInt8, port: UInt32) {
        let size: UInt8 = width(opcode) == 0 ? 1 : isOperand32 ? 4 : 2
        set(opcode & 2 == 0 ? .portIn : .portOut, a: size, immediate: port)
    }

    private mutating func decodeRowF(_ opcode: UInt8) {
        switch opcode {
        case 0xF1: set(.debugInterrupt)
        case 0xF4: set(.halt)
        case 0xF5: set(.complementCarry)
        case 0xF6, 0xF7: decodeGroup3(opcode)
        case 0xF8: set(.clearCarry)
        case 0xF9: set(.setCarry)
        case 0xFA: set(.clearInterrupt)
        case 0xFB: set(.setInterrupt)
        case 0xFC: set(.clearDirection)
        case 0xFD: set(.setDirection)
        default: decodeGroup45(opcode)
        }
    }

    private mutating func decodeGroup3(_ opcode: UInt8) {
        readModRM()
        let width = width(opcode)
        switch reg {
        case 0, 1:
            let first = Int(Operation.test8RR.rawValue) + width * 5
            let mask = immediate(width: width)
            set(Operation.at(first + (isRegister ? 3 : 4)), a: rm, immediate: mask)
        case 2, 3:
            let first = offset(reg == 2 ? .not8R : .negate8R, width * 2)
            set(isRegister ? first : offset(first, 1), a: rm)
        default:
            let first = offset(.multiply8R, width * 8 + Int(reg - 4))
            set(isRegister ? first : offset(first, 4), b: rm)
        }
    }

    private mutating func decodeGroup45(_ opcode: UInt8) {
        readModRM()
        let width = width(opcode)
        switch reg {
        case 0, 1:
            let first = offset(reg == 0 ? .increment8R : .decrement8R, width * 2)
            set(isRegister ? first : offset(first, 1), a: rm)
        case _ where opcode == 0xFE: set(.invalidOpcode)
        case 2, 4:
            let isCall = reg == 2
            let first: Operation = isOperand32 ? (isCall ? .call32R : .jump32R) : (isCall ? .call16R : .jump16R)
            set(isRegister ? first : offset(first, 1), b: rm)
        case 3, 5: setMemoryOnly(reg == 3 ? .farCallM : .farJumpM)
        case 6:
            let first: Operation = isOperand32 ? .push32R : .push16R
            set(isRegister ? first : offset(first, 2), a: rm)
        default: set(.invalidOpcode)
        }
    }
}
