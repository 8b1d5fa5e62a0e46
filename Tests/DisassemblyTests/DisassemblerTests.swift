import Disassembly
import Testing

@Suite struct DisassemblerTests {
    static let cases: [([UInt8], CodeSize, String, Int)] = [
        ([0x8B, 0x86, 0, 0, 1, 0], .bits32, "mov eax, [esi+0x10000]", 6),
        ([0xCF], .bits32, "iretd", 1),
        ([0xCF], .bits16, "iret", 1),
        ([0xEB, 0xFE], .bits32, "jmp 0x00001000", 2),
        ([0xCD, 0x2E, 0x90], .bits32, "int 0x2E", 2),
        ([0x66, 0xB8, 1, 0], .bits32, "mov ax, 0x01", 4),
        ([0xB8, 1, 0], .bits16, "mov ax, 0x01", 3),
    ]

    @Test(arguments: cases) func text(bytes: [UInt8], size: CodeSize, text: String, length: Int) throws {
        let instruction = try #require(Disassembler().instruction(bytes, at: 0x1000, size: size))
        #expect(instruction.text == text)
        #expect(instruction.length == length)
    }

    static let incomplete: [[UInt8]] = [[], [0x0F], [0xE8, 1, 2], [UInt8](repeating: 0x66, count: 16)]

    @Test(arguments: incomplete) func notAnInstruction(bytes: [UInt8]) {
        #expect(Disassembler().instruction(bytes, at: 0) == nil)
    }
}
