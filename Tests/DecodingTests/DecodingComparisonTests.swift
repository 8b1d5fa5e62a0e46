import Foundation
import IA32
import Testing

/// The decoder against Zydis: which byte strings are instructions, and how long they are. The instructions of later
/// processors, MMX and SSE included, must be #UD.
@Suite struct DecodingComparisonTests {
    /// A disagreement that is right, with the manual's word.
    struct Difference: Sendable {
        /// The opcode after the prefixes.
        var opcode: [UInt8]
        /// A prefix that must be there.
        var prefix: UInt8?
        /// Whether we decode an instruction where Zydis, limited to the Pentium Pro, has none; else the reverse.
        var isOurs: Bool
        var reason: String

        func covers(_ head: ArraySlice<UInt8>, _ prefixes: ArraySlice<UInt8>, isOurs: Bool) -> Bool {
            guard isOurs == self.isOurs, head.starts(with: opcode) else { return false }
            return prefix.map { prefixes.contains($0) } ?? true
        }
    }

    static let differences: [Difference] = [
        Difference(
            opcode: [0x90], prefix: 0xF3, isOurs: true,
            reason: "PAUSE: \"In earlier IA-32 processors, the PAUSE instruction operates like a NOP instruction\""),
        Difference(
            opcode: [0x0F, 0x18], isOurs: true,
            reason: "PREFETCHh: hinting NOPs before SSE (Vol. 2D Table A-3, 0F 18 to 0F 1F of the P6 family)"),
        Difference(
            opcode: [0x0F, 0xAA], isOurs: false,
            reason: "RSM: \"#UD If an attempt is made to execute this instruction when the processor is not in SMM\""),
        Difference(opcode: [0x0F, 0x0B], isOurs: false, reason: "UD2: \"Generates an invalid opcode exception\""),
        Difference(opcode: [0x0F, 0xB9], isOurs: false, reason: "UD1: \"Generates an invalid opcode exception\""),
        Difference(opcode: [0x0F, 0xFF], isOurs: false, reason: "UD0: \"Generates an invalid opcode exception\""),
    ]

    /// Disagreements found, and how often each known one was met.
    struct Tally {
        var met = [Int](repeating: 0, count: DecodingComparisonTests.differences.count)
        var wrong: [String] = []
        var count = 0

        mutating func compare(_ bytes: [UInt8], _ reference: ReferenceDecoder, is32Bit: Bool) {
            count += 1
            let theirs = reference.decode(bytes)
            var ours: Int?
            if let decoded = DecodedInstruction(bytes, is32Bit: is32Bit), decoded.isValid { ours = decoded.length }
            guard ours != theirs else { return }
            let start = bytes.firstIndex { !InstructionSource.prefixes.contains($0) } ?? 0
            // Which x87 opcodes are reserved is compared where x87 is: here only the length counts.
            if bytes[start] & 0xF8 == 0xD8, ours == nil || theirs == nil { return }
            let known = differences.firstIndex {
                $0.covers(bytes[start...], bytes[..<start], isOurs: ours != nil) && (ours == nil || theirs == nil)
            }
            if let known {
                met[known] += 1
            } else if wrong.count < 20 {
                let text = bytes.map { String($0, radix: 16) }.joined(separator: " ")
                wrong.append("\(text): \(ours ?? 0) bytes here, \(theirs ?? 0) by Zydis")
            }
        }
    }

    @Test(arguments: [false, true]) func everyOpcode(_ is32Bit: Bool) {
        let reference = ReferenceDecoder(is32Bit: is32Bit)
        var tally = Tally()
        InstructionSource.allOpcodes { tally.compare($0, reference, is32Bit: is32Bit) }
        #expect(tally.wrong.isEmpty)
        #expect(tally.count == 1 << 20)
        for (difference, count) in zip(Self.differences, tally.met) {
            #expect(count > 0, "no longer a difference: \(difference.reason)")
        }
    }

    /// Byte strings for each code size: 500 000, or half of TRAPLAB_DECODINGS.
    static var count: Int {
        (ProcessInfo.processInfo.environment["TRAPLAB_DECODINGS"].flatMap { Int($0) } ?? 1_000_000) / 2
    }

    @Test(arguments: [false, true]) func randomBytes(_ is32Bit: Bool) {
        let reference = ReferenceDecoder(is32Bit: is32Bit)
        var source = InstructionSource(seed: is32Bit ? 32 : 16)
        var tally = Tally()
        for _ in 0..<Self.count { tally.compare(source.next(), reference, is32Bit: is32Bit) }
        #expect(tally.wrong.isEmpty)
    }
}
