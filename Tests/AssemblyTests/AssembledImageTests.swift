import Assembly
import Testing

@Suite struct AssembledImageTests {
    static let images: [[UInt8]] = [
        [], [0x7F], [0x7F, 0x45, 0x4C, 0x46, 1, 1], [UInt8](repeating: 0xFF, count: 4096),
        [0x7F, 0x45, 0x4C, 0x46, 1, 1] + [UInt8](repeating: 0xFF, count: 200),
    ]

    @Test(arguments: images) func damagedFilesHaveNoTables(bytes: [UInt8]) {
        let image = AssembledImage(elf: bytes)
        #expect(image.symbols.names.isEmpty)
        #expect(image.lines.nearest(to: 0x1000) == nil)
    }
}
