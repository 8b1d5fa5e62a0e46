import IA32
import Testing

/// Which operation, of which width, an opcode means: Zydis's mnemonic against the decoder's micro-operation. The x87
/// opcodes are compared by their length only.
@Suite struct OperationNameTests {
    /// What each mnemonic may become: names of micro-operations without the width and operand form at their ends.
    static let operations: [String: String] = [
        "aaa": "asciiAdjustAdd", "aad": "asciiAdjustDivide", "aam": "asciiAdjustMultiply",
        "aas": "asciiAdjustSubtract", "adc": "adc", "add": "add", "and": "and", "arpl": "adjustRPL", "bound": "bound",
        "bsf": "bitScanForward", "bsr": "bitScanReverse", "bswap": "byteSwap", "bt": "bitTest", "btc": "bitTest",
        "btr": "bitTest", "bts": "bitTest", "call": "call callRelative farCallImmediate farCallM",
        "cbw": "convertByteToWord", "cdq": "convertDoubleToPair", "clc": "clearCarry", "cld": "clearDirection",
        "cli": "clearInterrupt", "clts": "clearTaskSwitched", "cmc": "complementCarry", "cmp": "compare",
        "cmpsb": "compareString", "cmpsd": "compareString", "cmpsw": "compareString", "cmpxchg": "compareExchange",
        "cmpxchg8b": "compareExchange8Bytes", "cpuid": "identify", "cwd": "convertWordToPair",
        "cwde": "convertWordToDouble", "daa": "decimalAdjustAdd", "das": "decimalAdjustSubtract", "dec": "decrement",
        "div": "divide", "enter": "enter", "fwait": "wait", "hlt": "halt", "idiv": "divideSigned",
        "imul": "multiplyImmediate multiplyInto multiplySigned", "in": "portIn", "inc": "increment",
        "insb": "inputString", "insd": "inputString", "insw": "inputString", "int": "softwareInterrupt",
        "int1": "debugInterrupt", "int3": "breakpoint", "into": "interruptOnOverflow", "invd": "invalidateCache",
        "invlpg": "invalidatePage",
        "iret": "interruptReturn", "iretd": "interruptReturn", "jb": "jumpIf jumpIfBelow",
        "jbe": "jumpIf jumpIfBelowOrEqual", "jcxz": "loop", "jecxz": "loop", "jl": "jumpIf jumpIfLess",
        "jle": "jumpIf jumpIfLessOrEqual", "jmp": "farJumpImmediate farJumpM jump jumpRelative",
        "jnb": "jumpIf jumpIfNotBelow", "jnbe": "jumpIf jumpIfAbove", "jnl": "jumpIf jumpIfNotLess",
        "jnle": "jumpIf jumpIfGreater", "jno": "jumpIf jumpIfNotOverflow", "jnp": "jumpIf jumpIfNotParity",
        "jns": "jumpIf jumpIfNotSign", "jnz": "jumpIf jumpIfNotZero", "jo": "jumpIf jumpIfOverflow",
        "jp": "jumpIf jumpIfParity", "js": "jumpIf jumpIfSign", "jz": "jumpIf jumpIfZero", "lahf": "loadFlagsToAH",
        "lar": "inspectSelector", "lds": "loadFarPointer", "lea": "loadAddress", "leave": "leave",
        "les": "loadFarPointer", "lfs": "loadFarPointer", "lgdt": "loadDescriptorTable", "lgs": "loadFarPointer",
        "lidt": "loadDescriptorTable", "lldt": "loadSystemSegment", "lmsw": "loadMachineStatus",
        "lodsb": "loadString", "lodsd": "loadString", "lodsw": "loadString", "loop": "loop", "loope": "loop",
        "loopne": "loop", "lsl": "inspectSelector", "lss": "loadStackPointer", "ltr": "loadSystemSegment",
        "mov": "move moveFromSegmentR moveFromSegmentM moveToDataSegment moveToStackSegment", "movsb": "moveString",
        "movsd": "moveString", "movsw": "moveString",
        "movsx": "move signExtend16To signExtend8To", "movzx": "move zeroExtend16To zeroExtend8To", "mul": "multiply",
        "neg": "negate", "nop": "noOperation", "not": "not", "or": "or", "out": "portOut", "outsb": "outputString",
        "outsd": "outputString", "outsw": "outputString", "pop": "pop popDataSegment popStackSegment",
        "popa": "popAll", "popad": "popAll", "popf": "popFlags", "popfd": "popFlags", "push": "push pushSegment",
        "pusha": "pushAll", "pushad": "pushAll", "pushf": "pushFlags", "pushfd": "pushFlags", "rcl": "shift",
        "rcr": "shift", "rdmsr": "systemExtension", "rdpmc": "systemExtension", "rdtsc": "readTimeStamp",
        "ret": "farReturn return", "rol": "rotateLeft shift", "ror": "rotateRight shift", "sahf": "storeAHToFlags",
        "salc": "setALFromCarry", "sar": "shift shiftArithmetic", "sbb": "sbb", "scasb": "scanString",
        "scasd": "scanString", "scasw": "scanString", "sgdt": "storeTableRegister", "shl": "shift shiftLeft",
        "shld": "shiftDouble", "shr": "shift shiftRight", "shrd": "shiftDouble", "sidt": "storeTableRegister",
        "sldt": "storeTableRegister", "smsw": "storeMachineStatus", "stc": "setCarry", "std": "setDirection",
        "sti": "setInterrupt", "stosb": "storeString", "stosd": "storeString", "stosw": "storeString",
        "str": "storeTableRegister", "sub": "sub", "sysenter": "systemExtension", "sysexit": "systemExtension",
        "test": "test",
        "verr": "inspectSelector", "verw": "inspectSelector", "wbinvd": "invalidateCache",
        "wrmsr": "systemExtension", "xadd": "exchangeAdd", "xchg": "exchange", "xlat": "translateByte",
        "xor": "xor",
    ]
    static let conditions = [
        "o", "no", "b", "nb", "z", "nz", "be", "nbe", "s", "ns", "p", "np", "l", "nl", "le", "nle",
    ]

    static let names: [String: [String]] = {
        var names = operations.mapValues { $0.split(separator: " ").map(String.init) }
        names["mov", default: []] += ["readControl", "writeControl", "readDebug", "writeDebug"]
        for condition in conditions {
            names["cmov" + condition] = ["conditionalMove"]
            names["set" + condition] = ["setConditionR", "setConditionM"]
        }
        return names
    }()

    /// The name before a width and operand form such as 32RM, and the width.
    static func parts(_ operation: String) -> (name: String, width: Int?) {
        var rest = Substring(operation)
        for form in ["RR", "RM", "MR", "RI", "MI", "R", "M", "I"] where rest.hasSuffix(form) {
            if rest.dropLast(form.count).last?.isNumber == true { rest = rest.dropLast(form.count) }
            break
        }
        let digits = String(rest.reversed().prefix { $0.isNumber }.reversed())
        guard let width = Int(digits) else { return (operation, nil) }
        return (String(rest.dropLast(digits.count)), width)
    }

    @Test(arguments: [false, true]) func everyOpcode(_ is32Bit: Bool) {
        let reference = ReferenceDecoder(is32Bit: is32Bit)
        var seen: Set<String> = []
        var wrong: Set<String> = []
        InstructionSource.allOpcodes { bytes in
            let opcode = bytes.first { !InstructionSource.prefixes.contains($0) } ?? 0
            guard opcode & 0xF8 != 0xD8, let theirs = reference.meaning(bytes),
                let ours = DecodedInstruction(bytes, is32Bit: is32Bit), ours.isValid
            else { return }
            let key = "\(theirs.mnemonic) \(theirs.width) \(ours.operation)"
            guard seen.insert(key).inserted else { return }
            let (name, width) = Self.parts(ours.operation)
            let isRight = Self.names[theirs.mnemonic]?.contains(name) ?? false
            if !isRight || width ?? theirs.width != theirs.width { wrong.insert(key) }
        }
        #expect(wrong.isEmpty)
        #expect(seen.count > 500)
    }
}
