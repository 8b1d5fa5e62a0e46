/// Decodes one instruction (SDM Vol. 2A chapter 2 "Instruction Format", Vol. 2D appendix A "Opcode Map").
struct Decoder {
    var bytes: InstructionBytes
    var isOperand32: Bool
    var isAddress32: Bool
    private var hasLock = false
    /// 0, or `OperandCode.repeatEqual` (F3), `repeatNotEqual` (F2).
    var repeatPrefix: UInt8 = 0
    private var segmentOverride: UInt8?
    /// Fields of the ModR/M byte, once it was read.
    private(set) var mod: UInt8 = 0
    private(set) var reg: UInt8 = 0
    private(set) var rm: UInt8 = 0
    /// The operation being built; carries the address of a memory operand.
    var micro = MicroOperation(operation: .invalidOpcode)

    init(_ bytes: InstructionBytes, is32: Bool) {
        self.bytes = bytes
        isOperand32 = is32
        isAddress32 = is32
    }

    /// Whether the ModR/M byte names a register.
    var isRegister: Bool { mod == 3 }

    mutating func decode() -> MicroOperation {
        let is32 = isOperand32
        var opcode = bytes.next8()
        while takePrefix(opcode, is32: is32), bytes.position < 16 { opcode = bytes.next8() }
        let isTwoByte = opcode == 0x0F
        if isTwoByte { opcode = bytes.next8() }
        if isTwoByte { decodeTwoByte(opcode) } else { decodeOneByte(opcode) }
        if hasLock, !isLockable { micro.operation = .invalidOpcode }
        // SDM Vol. 3A 6.15 "Interrupt 13": an instruction longer than 15 bytes.
        if bytes.position > 15, !bytes.isTruncated || bytes.available > 15 { micro.operation = .tooLong }
        micro.length = UInt8(min(bytes.position, 15))
        if !isOperand32 { micro.mode |= MicroOperation.operand16 }
        if !isAddress32 { micro.mode |= MicroOperation.address16 }
        return micro
    }

    private mutating func takePrefix(_ byte: UInt8, is32: Bool) -> Bool {
        switch byte {
        case 0x26, 0x2E, 0x36, 0x3E: segmentOverride = (byte >> 3) & 3
        case 0x64, 0x65: segmentOverride = byte & 7
        case 0x66: isOperand32 = !is32
        case 0x67: isAddress32 = !is32
        case 0xF0: hasLock = true
        case 0xF2: repeatPrefix = OperandCode.repeatNotEqual
        case 0xF3: repeatPrefix = OperandCode.repeatEqual
        default: return false
        }
        return true
    }

    /// SDM Vol. 2A "LOCK": memory destinations of the read-modify-write instructions only.
    private var isLockable: Bool {
        guard !isRegister else { return false }
        let index = Int(micro.operation.rawValue)
        if index < Int(Operation.compare8RR.rawValue) { return index % 5 == 2 || index % 5 == 4 }
        switch micro.operation {
        case .increment8M, .increment16M, .increment32M, .decrement8M, .decrement16M, .decrement32M, .not8M, .not16M,
            .not32M, .negate8M, .negate16M, .negate32M, .exchange8M, .exchange16M, .exchange32M,
            .compareExchange8M, .compareExchange16M, .compareExchange32M, .exchangeAdd8M, .exchangeAdd16M,
            .exchangeAdd32M, .compareExchange8Bytes:
            return true
        case .bitTest16MR, .bitTest32MR, .bitTest16MI, .bitTest32MI:
            return (micro.immediate >> BitTestKind.shift) & 3 != BitTestKind.test
        default: return false
        }
    }

    // MARK: Operands

    /// 0, 1, 2 for 8, 16 and 32 bits: opcodes' w bit with the operand size.
    func width(_ opcode: UInt8) -> Int { opcode & 1 == 0 ? 0 : fullWidth }
    var fullWidth: Int { isOperand32 ? 2 : 1 }

    mutating func immediate(width: Int) -> UInt32 {
        switch width {
        case 0: UInt32(bytes.next8())
        case 1: UInt32(bytes.next16())
        default: bytes.next32()
        }
    }

    mutating func signedByte() -> UInt32 { UInt32(bitPattern: Int32(Int8(bitPattern: bytes.next8()))) }

    /// A relative branch distance of the operand size.
    mutating func relative() -> UInt32 {
        isOperand32 ? bytes.next32() : UInt32(bitPattern: Int32(Int16(bitPattern: bytes.next16())))
    }

    /// Reads ModR/M and, for memory operands, the address.
    mutating func readModRM() {
        let byte = bytes.next8()
        mod = byte >> 6
        reg = (byte >> 3) & 7
        rm = byte & 7
        guard mod != 3 else { return }
        if isAddress32 { readAddress32() } else { readAddress16() }
    }

    /// SDM Vol. 2A 2.1.5, Tables 2-2 and 2-3.
    private mutating func readAddress32() {
        var usesStack = false
        if rm == 4 {
            let sib = bytes.next8()
            let index = (sib >> 3) & 7
            micro.index = index == 4 ? 8 : index
            let scale = index == 4 ? 0 : sib >> 6
            let base = sib & 7
            micro.base = base == 5 && mod == 0 ? 8 : base
            usesStack = base == 4 || (base == 5 && mod != 0)
            if base == 5, mod == 0 { micro.displacement = bytes.next32() }
            micro.mode = scale
        } else if rm == 5, mod == 0 {
            micro.base = 8
            micro.displacement = bytes.next32()
        } else {
            micro.base = rm
            usesStack = rm == 5
        }
        if mod == 1 { micro.displacement = signedByte() }
        if mod == 2 { micro.displacement = bytes.next32() }
        setSegment(default: usesStack ? .ss : .ds)
    }

    /// SDM Vol. 2A 2.1.5, Table 2-1.
    private mutating func readAddress16() {
        let bases: [UInt8] = [3, 3, 5, 5, 6, 7, 5, 3]
        let indexes: [UInt8] = [6, 7, 6, 7, 8, 8, 8, 8]
        let isDirect = rm == 6 && mod == 0
        micro.base = isDirect ? 8 : bases[Int(rm)]
        micro.index = isDirect ? 8 : indexes[Int(rm)]
        switch mod {
        case 0: micro.displacement = isDirect ? UInt32(bytes.next16()) : 0
        case 1: micro.displacement = signedByte()
        default: micro.displacement = UInt32(bytes.next16())
        }
        setSegment(default: micro.base == 5 ? .ss : .ds)
    }

    mutating func setSegment(default name: SegmentName) {
        micro.mode |= (segmentOverride ?? name.rawValue) << 2
    }

    // MARK: Building

    mutating func set(_ operation: Operation, a: UInt8 = 0, b: UInt8 = 0, immediate: UInt32 = 0) {
        micro.operation = operation
        micro.a = a
        micro.b = b
        micro.immediate = immediate
    }

    /// The operation `steps` places after `first` in the declaration.
    func offset(_ first: Operation, _ steps: Int) -> Operation { Operation.at(Int(first.rawValue) + steps) }

    /// Register form at `first`, memory form right after it; the register operand is `b`, `reg` is `a`.
    mutating func setEither(_ first: Operation, immediate: UInt32 = 0) {
        set(isRegister ? first : offset(first, 1), a: reg, b: rm, immediate: immediate)
    }

    /// A system instruction with a register or memory operand.
    mutating func setSystem(_ operation: Operation, kind: UInt32 = 0, a: UInt8 = 0) {
        set(operation, a: a, b: rm, immediate: kind | (isRegister ? SystemOperand.register : 0))
    }

    /// As `setSystem`; the register form does not exist.
    mutating func setMemoryOnly(_ operation: Operation, kind: UInt32 = 0, a: UInt8 = 0, b: UInt8 = 0) {
        set(isRegister ? .invalidOpcode : operation, a: a, b: b, immediate: kind)
    }
}
