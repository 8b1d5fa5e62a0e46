/// What the decoder makes of some bytes, for tools and tests.
package struct DecodedInstruction: Sendable {
    /// Bytes of the instruction, prefixes included, 1 to 15.
    package let length: Int
    private let micro: Operation

    /// Decodes the instruction at the start of `bytes`; nil if it goes on after their end.
    package init?(_ bytes: [UInt8], is32Bit: Bool) {
        guard let decoded = Decoder.decode(bytes, is32Bit: is32Bit) else { return nil }
        length = Int(decoded.length)
        micro = decoded.operation
    }

    /// False for an undefined opcode and for an instruction of more than 15 bytes; `length` says nothing then.
    package var isValid: Bool { micro != .invalidOpcode && micro != .tooLong }
    /// The micro-operation's name.
    package var operation: String { "\(micro)" }
}
