import CZydis

/// Size of a code segment: the D bit of its descriptor (SDM Vol. 3A 3.4.5 "Segment Descriptors").
public enum CodeSize: Sendable {
    case bits16
    case bits32
}

/// One instruction as text.
public struct DisassembledInstruction: Hashable, Sendable {
    /// Intel syntax in lower case, such as "mov eax, [esi+0x10000]".
    public let text: String
    /// Bytes it takes, 1 to 15.
    public let length: Int
}

/// Text for instructions of the 32-bit architecture, by Zydis. Costs under a microsecond an instruction.
public struct Disassembler: Sendable {
    private let decoders: (bits16: ZydisDecoder, bits32: ZydisDecoder)
    private let formatter: ZydisFormatter

    /// A disassembler for both code sizes.
    public init() {
        var small = ZydisDecoder()
        var large = ZydisDecoder()
        var style = ZydisFormatter()
        ZydisDecoderInit(&small, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16)
        ZydisDecoderInit(&large, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32)
        ZydisFormatterInit(&style, ZYDIS_FORMATTER_STYLE_INTEL)
        decoders = (small, large)
        formatter = style
    }

    /// The instruction at the start of `bytes`, which is at `address` (EIP, for branch targets); nil when the bytes are no instruction.
    public func instruction(_ bytes: [UInt8], at address: UInt32, size: CodeSize = .bits32) -> DisassembledInstruction?
    {
        var decoder = size == .bits16 ? decoders.bits16 : decoders.bits32
        var style = formatter
        var instruction = ZydisDecodedInstruction()
        let capacity = Int(ZYDIS_MAX_OPERAND_COUNT)
        var operands = [ZydisDecodedOperand](repeating: ZydisDecodedOperand(), count: capacity)
        let decoded = ZydisDecoderDecodeFull(
            &decoder, bytes, ZyanUSize(bytes.count), &instruction, &operands)
        guard succeeded(decoded) else { return nil }
        var text = [CChar](repeating: 0, count: 160)
        let formatted = ZydisFormatterFormatInstruction(
            &style, &instruction, operands, instruction.operand_count_visible, &text, ZyanUSize(text.count),
            ZyanU64(address), nil)
        guard succeeded(formatted) else { return nil }
        let end = text.firstIndex(of: 0) ?? text.endIndex
        return DisassembledInstruction(
            text: String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self),
            length: Int(instruction.length))
    }

    /// The most significant bit of a status marks a failure; the macro is not imported.
    private func succeeded(_ status: ZyanStatus) -> Bool { status & 0x8000_0000 == 0 }
}
