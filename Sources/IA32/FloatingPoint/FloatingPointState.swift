/// The registers of the x87 unit (SDM Vol. 1 8.1 "x87 FPU Execution Environment").
///
/// The initial value is that after RESET (SDM Vol. 3A 9.1.1, Table 9-1); FNINIT leaves another.
struct FloatingPointState {
    /// R0 to R7.
    var registers: InlineArray<8, ExtendedReal> = .init(repeating: .zero)
    var control: UInt16 = 0x40
    /// With TOP, the summary and busy bits.
    var status: UInt16 = 0
    /// Bit n: R n is empty. The other tags follow from the contents.
    var empty: UInt8 = 0
    /// FERR# is asserted.
    var isErrorLineAsserted = false
    /// Low three bits of the escape byte and the ModR/M byte of the last non-control instruction (SDM Vol. 1 8.1.9).
    var opcode: UInt16 = 0
    var instructionSelector: UInt16 = 0
    var dataSelector: UInt16 = 0
    var instructionOffset: UInt32 = 0
    var dataOffset: UInt32 = 0

    /// FNINIT (SDM Vol. 2A "FINIT/FNINIT"): the register contents stay.
    mutating func initialize() {
        control = 0x37F
        status = 0
        empty = 0xFF
        opcode = 0
        instructionSelector = 0
        dataSelector = 0
        instructionOffset = 0
        dataOffset = 0
    }

    // MARK: Status

    var top: Int { Int(status >> 11 & 7) }

    /// Recomputes ES and B, which follows it, after any change of flags or masks.
    mutating func refreshSummary() {
        let isPending = status & ~control & StatusWord.exceptions != 0
        let bits = StatusWord.summary | StatusWord.busy
        status = isPending ? status | bits : status & ~bits
    }

    var isErrorPending: Bool { status & StatusWord.summary != 0 }

    var arithmetic: RealArithmetic { RealArithmetic(control: control) }

    /// Takes over what an operation raised, with C1; answers whether its result may be stored.
    mutating func accept(_ operation: RealArithmetic) -> Bool {
        status = status & ~StatusWord.c1 | operation.flags | (operation.isRoundedUp ? StatusWord.c1 : 0)
        refreshSummary()
        return !operation.isBlocked
    }

    /// #IS (SDM Vol. 1 8.5.1.1 "Stack Overflow or Underflow Exception"); answers whether it is masked.
    mutating func raiseStackFault(isOverflow: Bool = false) -> Bool {
        status =
            status & ~StatusWord.c1 | StatusWord.invalid | StatusWord.stackFault
            | (isOverflow ? StatusWord.c1 : 0)
        refreshSummary()
        return control & StatusWord.invalid != 0
    }

    mutating func setConditions(_ bits: UInt16, mask: UInt16 = StatusWord.conditions) {
        status = status & ~mask | bits
    }

    // MARK: Stack

    func index(_ i: Int) -> Int { (top + i) & 7 }
    func isEmpty(_ i: Int) -> Bool { empty >> UInt8(index(i)) & 1 != 0 }
    /// A push would overwrite a register in use.
    var isFull: Bool { !isEmpty(7) }

    /// ST(i).
    subscript(_ i: Int) -> ExtendedReal {
        get { registers[index(i)] }
        set {
            registers[index(i)] = newValue
            empty &= ~(1 << UInt8(index(i)))
        }
    }

    func operand(_ i: Int) -> RealOperand { RealOperand(self[i]) }

    mutating func rotate(_ steps: Int) { status = status & ~StatusWord.top | UInt16((top + steps) & 7) << 11 }

    mutating func push(_ value: ExtendedReal) {
        rotate(-1)
        self[0] = value
    }

    mutating func pop() {
        free(0)
        rotate(1)
    }

    mutating func free(_ i: Int) { empty |= 1 << UInt8(index(i)) }

    // MARK: Tags

    /// The tag word as FNSTENV stores it (SDM Vol. 1 8.1.7, Figure 8-7).
    var tagWord: UInt16 {
        (0..<8).reduce(UInt16(0)) { $0 | tag($1) << UInt16($1 * 2) }
    }

    private func tag(_ number: Int) -> UInt16 {
        if empty >> UInt8(number) & 1 != 0 { return 3 }
        switch RealOperand(registers[number]) {
        case let operand where operand.kind == .zero: return 1
        case let operand where operand.kind == .finite && !operand.isDenormal: return 0
        default: return 2
        }
    }

    /// Only whether a register is empty is taken from a loaded tag word.
    mutating func setTags(_ word: UInt16) {
        empty = (0..<8).reduce(UInt8(0)) { $0 | (word >> UInt16($1 * 2) & 3 == 3 ? UInt8(1) << UInt8($1) : 0) }
    }
}

extension FloatingPointState: Equatable {
    static func == (a: FloatingPointState, b: FloatingPointState) -> Bool {
        for index in 0..<8 where a.registers[index] != b.registers[index] { return false }
        return a.control == b.control && a.status == b.status && a.empty == b.empty && a.opcode == b.opcode
            && a.instructionSelector == b.instructionSelector && a.instructionOffset == b.instructionOffset
            && a.dataSelector == b.dataSelector && a.dataOffset == b.dataOffset
            && a.isErrorLineAsserted == b.isErrorLineAsserted
    }
}
