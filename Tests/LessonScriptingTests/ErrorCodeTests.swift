import LessonScripting
import Testing

@Suite struct ErrorCodeTests {
    @Test(
        arguments: [
            (0, 14, "0x0 (not present, read, supervisor)"), (7, 14, "0x7 (present, write, user)"),
            (0x15, 14, "0x15 (present, read, user, instruction fetch)"),
            (9, 14, "0x9 (present, read, supervisor, reserved bit set)"), (0, 13, "0x0 (no selector)"),
            (0x58, 10, "0x58 (GDT selector 0x0058)"), (0x59, 13, "0x59 (GDT selector 0x0058, external event)"),
            (0x18B, 11, "0x18B (IDT vector 49, external event)"), (0x72, 13, "0x72 (IDT vector 14)"),
            (0x0C, 11, "0xC (LDT selector 0x0008)"),
        ] as [(UInt32, UInt8, String)])
    func isSaidInWords(_ value: UInt32, _ vector: UInt8, _ text: String) {
        #expect(ErrorCode(value, vector: vector).description == text)
    }

    @Test func hexadecimalHasAPrefixAndUpperCaseDigits() {
        #expect(hex(UInt32(0xABC)) == "0xABC")
        #expect(hex(UInt32(0xABC), 8) == "0x00000ABC")
    }
}
