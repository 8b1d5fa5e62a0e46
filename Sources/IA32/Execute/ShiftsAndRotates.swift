// SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD (SDM Vol. 2, each instruction's page).
//
// The count is masked to five bits; a masked count of 0 changes nothing. OF is defined for a count of 1; for others
// it is what recent processors leave: the same formula on the final result. AF is left clear by shifts.

/// The reg field of group 2 (SDM Vol. 2D A.4.2 "Opcode Extensions For One-Byte And Two-byte Opcodes").
enum ShiftKind: UInt8 {
    case rotateLeft, rotateRight, rotateThroughCarryLeft, rotateThroughCarryRight
    case left, right, leftAlias, arithmeticRight
}

extension Core {
    /// CF and OF where rotates leave them; SF, ZF, AF and PF stay.
    @inline(__always) private func setRotateFlags(carry: Bool, overflow: Bool) {
        setCarryAndOverflow(carry: carry, overflow: overflow)
    }

    @inline(__always) private func setShiftFlags<T: OperandWidth>(_ result: T, carry: Bool, overflow: Bool) {
        s.pointee.flagResult = result.signExtended
        s.pointee.flagCarries = (carry ? 0x8000_0000 : 0) | (carry != overflow ? 0x4000_0000 : 0)
    }

    @inline(__always) func shiftLeft<T: OperandWidth>(_ value: T, _ count: UInt32) -> T {
        let width = UInt32(T.bitWidth)
        let result = count < width ? value &<< T(truncatingIfNeeded: count) : 0
        let carry = count <= width && (value >> T(truncatingIfNeeded: width - count)) & 1 != 0
        setShiftFlags(result, carry: carry, overflow: (result >> T(width - 1) != 0) != carry)
        return result
    }

    @inline(__always) func shiftRight<T: OperandWidth>(_ value: T, _ count: UInt32) -> T {
        let result = value >> T(truncatingIfNeeded: count)
        let carry = (value >> T(truncatingIfNeeded: count - 1)) & 1 != 0
        let top = T(T.bitWidth - 1)
        setShiftFlags(result, carry: carry, overflow: ((result &<< 1) ^ result) &>> top != 0)
        return result
    }

    @inline(__always) func shiftArithmetic<T: OperandWidth>(_ value: T, _ count: UInt32) -> T {
        let wide = Int64(Int32(bitPattern: value.signExtended))
        let result = T(truncatingIfNeeded: wide >> Int64(count))
        setShiftFlags(result, carry: (wide >> Int64(count - 1)) & 1 != 0, overflow: false)
        return result
    }

    @inline(__always) func rotateLeft<T: OperandWidth>(_ value: T, _ count: UInt32) -> T {
        let width = UInt32(T.bitWidth)
        let step = count & (width - 1)
        let result = step == 0 ? value : value &<< T(step) | value &>> T(width - step)
        let carry = result & 1 != 0
        setRotateFlags(carry: carry, overflow: (result &>> T(width - 1) != 0) != carry)
        return result
    }

    @inline(__always) func rotateRight<T: OperandWidth>(_ value: T, _ count: UInt32) -> T {
        let width = UInt32(T.bitWidth)
        let step = count & (width - 1)
        let result = step == 0 ? value : value &>> T(step) | value &<< T(width - step)
        let top = T(width - 1)
        setRotateFlags(carry: result &>> top != 0, overflow: ((result &<< 1) ^ result) &>> top != 0)
        return result
    }

    func rotateThroughCarryLeft<T: OperandWidth>(_ value: T, _ count: UInt32) -> T {
        let width = UInt64(T.bitWidth)
        let step = UInt64(count) % (width + 1)
        let mask = UInt64(1) << (width + 1) - 1
        let ring = UInt64(value) | (carry ? 1 << width : 0)
        let turned = step == 0 ? ring : (ring << step | ring >> (width + 1 - step)) & mask
        let result = T(truncatingIfNeeded: turned)
        let carryOut = turned >> width & 1 != 0
        setRotateFlags(carry: carryOut, overflow: (result >> T(width - 1) != 0) != carryOut)
        return result
    }

    func rotateThroughCarryRight<T: OperandWidth>(_ value: T, _ count: UInt32) -> T {
        let width = UInt64(T.bitWidth)
        let step = UInt64(count) % (width + 1)
        let mask = UInt64(1) << (width + 1) - 1
        let ring = UInt64(value) | (carry ? 1 << width : 0)
        let turned = step == 0 ? ring : (ring >> step | ring << (width + 1 - step)) & mask
        let result = T(truncatingIfNeeded: turned)
        let top = T(width - 1)
        setRotateFlags(carry: turned >> width & 1 != 0, overflow: ((result << 1) ^ result) >> top != 0)
        return result
    }

    /// `count` is masked and not 0.
    func shifted<T: OperandWidth>(_ kind: UInt8, _ value: T, _ count: UInt32) -> T {
        switch ShiftKind(rawValue: kind & 7) {
        case .rotateLeft: rotateLeft(value, count)
        case .rotateRight: rotateRight(value, count)
        case .rotateThroughCarryLeft: rotateThroughCarryLeft(value, count)
        case .rotateThroughCarryRight: rotateThroughCarryRight(value, count)
        case .right: shiftRight(value, count)
        case .arithmeticRight: shiftArithmetic(value, count)
        case .left, .leftAlias, nil: shiftLeft(value, count)
        }
    }

    @inline(__always) private func shiftCount(_ op: MicroOperationPointer) -> UInt32 {
        (op.pointee.immediate & OperandCode.countInCL != 0 ? UInt32(read8(1)) : op.pointee.immediate) & 31
    }

    /// Group 2 on a register: `a` is the register, `b` the kind.
    func shiftR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        let count = shiftCount(op)
        guard count != 0 else { return }
        T.write(self, op.pointee.a, shifted(op.pointee.b, T.read(self, op.pointee.a), count))
    }

    func shiftM<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let place = try modify(segmentNumber(op), address(op), T.self)
        let count = shiftCount(op)
        let value: T = loadModified(place)
        storeModified(place, count == 0 ? value : shifted(op.pointee.b, value, count))
    }

    @inline(__always) func shiftLeftRegisterImmediate(_ op: MicroOperationPointer) {
        write32(op.pointee.a, shiftLeft(read32(op.pointee.a), op.pointee.immediate))
    }
    @inline(__always) func shiftRightRegisterImmediate(_ op: MicroOperationPointer) {
        write32(op.pointee.a, shiftRight(read32(op.pointee.a), op.pointee.immediate))
    }
    @inline(__always) func shiftArithmeticRegisterImmediate(_ op: MicroOperationPointer) {
        write32(op.pointee.a, shiftArithmetic(read32(op.pointee.a), op.pointee.immediate))
    }
    @inline(__always) func rotateLeftRegisterImmediate(_ op: MicroOperationPointer) {
        write32(op.pointee.a, rotateLeft(read32(op.pointee.a), op.pointee.immediate))
    }
    @inline(__always) func rotateRightRegisterImmediate(_ op: MicroOperationPointer) {
        write32(op.pointee.a, rotateRight(read32(op.pointee.a), op.pointee.immediate))
    }

    /// SHLD (`displacedKind` 0) and SHRD (1). A 16-bit count above 16 is undefined; it shifts the pair on, as a
    /// 32-bit ring.
    private func doubleShifted<T: OperandWidth>(isRight: Bool, _ value: T, _ filler: T, _ count: UInt32) -> T {
        let width = UInt64(T.bitWidth)
        let step = UInt64(count)
        let result: T
        let carry: Bool
        if isRight {
            let pair = UInt64(value) | UInt64(filler) << width | (width == 16 ? UInt64(value) << 32 : 0)
            result = T(truncatingIfNeeded: pair >> step)
            carry = pair >> (step - 1) & 1 != 0
        } else {
            let pair = UInt64(value) << width | UInt64(filler)
            let long = width == 16 ? pair << 16 | UInt64(value) : pair
            let total = width == 16 ? 3 * width : 2 * width
            result = T(truncatingIfNeeded: long >> (total - width - step))
            carry = long >> (total - step) & 1 != 0
        }
        let top = T(width - 1)
        setShiftFlags(result, carry: carry, overflow: (result ^ value) >> top != 0)
        return result
    }

    /// `a` destination, `b` filler; bit 9 of the immediate is set for SHRD.
    func shiftDoubleR<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) {
        let count = shiftCount(op)
        guard count != 0 else { return }
        let isRight = op.pointee.immediate & 0x200 != 0
        let filler = T.read(self, op.pointee.b)
        T.write(self, op.pointee.a, doubleShifted(isRight: isRight, T.read(self, op.pointee.a), filler, count))
    }

    func shiftDoubleM<T: OperandWidth>(_ op: MicroOperationPointer, _: T.Type) throws(Fault) {
        let place = try modify(segmentNumber(op), address(op), T.self)
        let count = shiftCount(op)
        let value: T = loadModified(place)
        guard count != 0 else { return storeModified(place, value) }
        let isRight = op.pointee.immediate & 0x200 != 0
        storeModified(place, doubleShifted(isRight: isRight, value, T.read(self, op.pointee.b), count))
    }
}
