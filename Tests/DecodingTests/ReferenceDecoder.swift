import CZydis

/// Zydis, limited to what a Pentium Pro has.
struct ReferenceDecoder {
    private var decoder = ZydisDecoder()

    init(is32Bit: Bool) {
        let mode = is32Bit ? ZYDIS_MACHINE_MODE_LEGACY_32 : ZYDIS_MACHINE_MODE_LEGACY_16
        ZydisDecoderInit(&decoder, mode, is32Bit ? ZYDIS_STACK_WIDTH_32 : ZYDIS_STACK_WIDTH_16)
        // Meanings that later processors gave to prefixed or hinting forms.
        for mode in [
            ZYDIS_DECODER_MODE_MPX, ZYDIS_DECODER_MODE_CET, ZYDIS_DECODER_MODE_LZCNT, ZYDIS_DECODER_MODE_TZCNT,
            ZYDIS_DECODER_MODE_WBNOINVD, ZYDIS_DECODER_MODE_CLDEMOTE,
        ] {
            ZydisDecoderEnableMode(&decoder, mode, 0)
        }
    }

    /// The instruction sets of the Pentium Pro.
    private static let sets: Set<UInt32> = Set(
        [
            ZYDIS_ISA_SET_I86, ZYDIS_ISA_SET_I186, ZYDIS_ISA_SET_I286PROTECTED, ZYDIS_ISA_SET_I286REAL,
            ZYDIS_ISA_SET_I386, ZYDIS_ISA_SET_I486, ZYDIS_ISA_SET_I486REAL, ZYDIS_ISA_SET_PENTIUMREAL,
            ZYDIS_ISA_SET_PPRO, ZYDIS_ISA_SET_CMOV, ZYDIS_ISA_SET_FCMOV, ZYDIS_ISA_SET_RDPMC, ZYDIS_ISA_SET_X87,
            ZYDIS_ISA_SET_FAT_NOP, ZYDIS_ISA_SET_LAHF,
        ].map(\.rawValue))

    /// The instruction's length; nil where a Pentium Pro raises #UD, or #GP for more than 15 bytes.
    func decode(_ bytes: [UInt8]) -> Int? {
        var instruction = ZydisDecodedInstruction()
        var copy = decoder
        let status = ZydisDecoderDecodeInstruction(&copy, nil, bytes, ZyanUSize(bytes.count), &instruction)
        guard status & 0x8000_0000 == 0, Self.sets.contains(instruction.meta.isa_set.rawValue) else { return nil }
        return Int(instruction.length)
    }

    /// Mnemonic and effective operand width in bits; nil where `decode` answers nil.
    func meaning(_ bytes: [UInt8]) -> (mnemonic: String, width: Int)? {
        var instruction = ZydisDecodedInstruction()
        var copy = decoder
        let status = ZydisDecoderDecodeInstruction(&copy, nil, bytes, ZyanUSize(bytes.count), &instruction)
        guard status & 0x8000_0000 == 0, Self.sets.contains(instruction.meta.isa_set.rawValue),
            let name = ZydisMnemonicGetString(instruction.mnemonic)
        else { return nil }
        return (String(cString: name), Int(instruction.operand_width))
    }
}
