import Assembly
import Confinement
import Testing

private let assembler = Assembler(cache: nil)

private func unit(_ text: String, name: String = "a.asm") -> AssemblyRequest {
    AssemblyRequest(units: [SourceFile(name: name, text: text)])
}

@Suite(.enabled(if: HostConfinement.current.programMechanism != nil)) struct AssemblerTests {
    static let program = """
        bits 32
        LIMIT equ 42
        global start
        start:
            nop
            mov eax, LIMIT
        .again:
            jmp .again
        section .data
        cell: dd start
        """

    @Test func symbolsAndLines() throws {
        let image = try assembler.assemble(unit(AssemblerTests.program, name: "kernel/a.asm"))
        #expect(image.symbols["start"] == 0x10_0000)
        #expect(image.symbols["start.again"] == 0x10_0006)
        #expect(image.symbols["LIMIT"] == 42)
        #expect(image.symbols["none"] == nil)
        #expect(image.symbols.nearest(to: 0x10_0007)?.name == "start.again")
        #expect(image.symbols.nearest(to: 0x10_0007)?.offset == 1)
        #expect(image.symbols.nearest(to: 0xFFFF) == nil)
        #expect(image.lines.location(of: 0x10_0001)?.description == "kernel/a.asm:6")
        #expect(image.lines.location(of: 0x10_0002) == nil)
        #expect(image.lines.nearest(to: 0x10_0002)?.line == 6)
        #expect(image.lines.addresses(file: "kernel/a.asm", line: 8) == [0x10_0006])
    }

    @Test func includesDefinesAndSeveralUnits() throws {
        let request = AssemblyRequest(
            units: [
                SourceFile(name: "a.asm", text: "%include \"lib/x.inc\"\nextern other\nmov eax, VALUE\ncall other\n"),
                SourceFile(name: "b.asm", text: "global other\nother: ret\nincbin \"data.bin\"\n"),
            ],
            includes: [
                SourceFile(name: "lib/x.inc", text: "bits 32\nnop\n"), SourceFile(name: "data.bin", contents: [1, 2]),
            ],
            defines: [("VALUE", "7")], textAddress: 0x20_0000)
        let image = try assembler.assemble(request)
        let other = try #require(image.symbols["other"])
        #expect(other > 0x20_0000)
        #expect(image.lines.location(of: 0x20_0000)?.description == "lib/x.inc:2")
        #expect(image.lines.location(of: other)?.file == "b.asm")
        #expect(AssembledImage(elf: image.elf).symbols["other"] == other)
    }

    static let wrong: [(String, String)] = [
        ("mov eax, [", "a.asm:1: expression syntax error"),
        ("nop\n bogus eax\n", "a.asm:2: "),
        ("bits 32\nextern absent\ncall absent\n", "a.asm:3: undefined reference to `absent'"),
        ("times 4000000000 db 0", "a.asm:1: TIMES"),
        ("incbin \"/etc/hostname\"\n", "a.asm:1: "),
        ("%include \"/etc/passwd\"\n", "a.asm:1: "),
        ("incbin \"../../../../../../etc/passwd\"\n", "a.asm:1: "),
        ("incbin \"/proc/self/environ\"\n", "a.asm:1: "),
    ]

    @Test(arguments: wrong) func diagnostics(source: String, start: String) throws {
        let error = #expect(throws: AssemblyError.self) { try assembler.assemble(unit(source)) }
        guard case .diagnostics(let list) = error else {
            Issue.record("not diagnostics: \(String(describing: error))")
            return
        }
        #expect(list.first?.description.hasPrefix(start) == true, "\(list)")
        #expect(!list.description.contains("root:"))
    }

    static let endless: [String] = [
        "times 400000000 db 0",
        "%rep 1000000\n%rep 1000000\nnop\n%endrep\n%endrep",
        "%assign i 0\n%rep 100000000\n%assign i i+1\n%endrep\n%macro m 0\n%rep 60000\nm2\n%endrep\n%endmacro\n%rep 60000\nm\n%endrep",
    ]

    @Test(arguments: endless) func limits(source: String) {
        var request = unit(source)
        request.limits = AssemblyLimits(outputBytes: 1 << 20, memoryBytes: 256 << 20, wallSeconds: 4, cpuSeconds: 1)
        let error = #expect(throws: AssemblyError.self) { try assembler.assemble(request) }
        guard case .limit = error else {
            Issue.record("not a limit: \(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["../a.asm", "/etc/passwd", "-o", ".hidden", "a/../b", "", "a//b", "a b"])
    func badNames(name: String) {
        #expect(throws: AssemblyError.self) { try assembler.assemble(unit("nop", name: name)) }
    }
}
