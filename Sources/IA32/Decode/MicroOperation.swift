/// One decoded instruction: 16 trivial bytes.
struct MicroOperation {
    var operation: Operation
    /// Destination register, or the register operand next to a memory destination.
    var a: UInt8 = 0
    /// Source register.
    var b: UInt8 = 0
    /// Base and index register of the effective address; 8 reads as zero.
    var base: UInt8 = 8
    var index: UInt8 = 8
    /// Scale in bits 0-1, segment in bits 2-4, `address16`, `operand16`.
    var mode: UInt8 = 0
    /// Bytes of the instruction, prefixes included.
    var length: UInt8 = 0
    var displacement: UInt32 = 0
    var immediate: UInt32 = 0

    static let address16: UInt8 = 0x20
    static let operand16: UInt8 = 0x40
}

/// Bits that the decoder packs into `immediate` or `b` of some operations.
enum OperandCode {
    /// Shift count or bit index taken from CL or a register instead of `immediate`.
    static let countInCL: UInt32 = 0x100
    /// Port number taken from DX.
    static let portInDX: UInt32 = 0x1_0000
    /// Repeat prefixes of string operations, in `b`.
    static let repeatEqual: UInt8 = 1
    static let repeatNotEqual: UInt8 = 2
}

extension Core {
    /// SDM Vol. 1 3.7.5 "Specifying an Offset".
    @inline(__always) func address(_ op: MicroOperationPointer) -> UInt32 {
        let mode = op.pointee.mode
        let sum =
            read32(op.pointee.base) &+ (read32(op.pointee.index) &<< UInt32(mode & 3)) &+ op.pointee.displacement
        return mode & MicroOperation.address16 == 0 ? sum : sum & 0xFFFF
    }
    @inline(__always) func segmentNumber(_ op: MicroOperationPointer) -> UInt8 { op.pointee.mode &>> 2 & 7 }
    @inline(__always) func isOperand32(_ op: MicroOperationPointer) -> Bool {
        op.pointee.mode & MicroOperation.operand16 == 0
    }
    @inline(__always) func isAddress32(_ op: MicroOperationPointer) -> Bool {
        op.pointee.mode & MicroOperation.address16 == 0
    }
}
