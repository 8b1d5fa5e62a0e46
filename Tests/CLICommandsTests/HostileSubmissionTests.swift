import Confinement
import Glibc
import Testing

/// Submissions that try to read the host, to hang or to crash.
@Suite(.serialized) struct HostileSubmissionTests {
    static let cases: [(String, Int32)] = [
        ("%include \"kernel.inc\"\nincbin \"/etc/hostname\"\n", 1),
        ("%include \"/etc/passwd\"\n", 1),
        ("times 4000000000 db 0\n", 1),
        ("times 400000000 db 0\n", 4),
        ("%rep 1000000\n%rep 1000000\nnop\n%endrep\n%endrep\n", 4),
        ("this is not assembly\n", 1),
        ("", 1),
        // Reached from the NMI handler: a loop with interrupts off, a triple fault, a halt, a write all over memory.
        (
            "bits 32\nsection .text\nglobal KiNmiRecursionCheck\nKiNmiRecursionCheck: mov eax, 1\njmp KiNmiRecursionCheck\n",
            1
        ),
        (
            "bits 32\nsection .text\nglobal KiNmiRecursionCheck\nKiNmiRecursionCheck: lidt [none]\nud2\nnone: dd 0, 0\n",
            1
        ),
        (
            "bits 32\nsection .text\nglobal KiNmiRecursionCheck\nKiNmiRecursionCheck: cli\nhlt\njmp KiNmiRecursionCheck\n",
            1
        ),
        (
            "bits 32\nsection .text\nglobal KiNmiRecursionCheck\nKiNmiRecursionCheck: mov edi, 0x80000000\nmov ecx, -1\nrep stosb\n",
            1
        ),
    ]

    @Test(arguments: cases) func endsWithAStatus(source: String, status: Int32) throws {
        let folder = try PrivateFolder()
        try folder.write(Array(source.utf8), to: "recursion_check.asm")
        let result = try Program.run(["grade", "nmi-storm", "--submission", folder.path])
        #expect(result.status == status, "\(result.all)")
        Program.expectClean(result)
    }

    @Test func aLinkToAHostFileIsRefused() throws {
        let folder = try PrivateFolder()
        #expect(symlink("/etc/passwd", folder.path + "/recursion_check.asm") == 0)
        let result = try Program.run(["grade", "nmi-storm", "--submission", folder.path])
        #expect(result.status == 1)
        Program.expectClean(result)
    }
}
