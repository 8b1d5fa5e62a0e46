import LessonScripting
import Testing

/// What the teaching kernel makes of the processor's exceptions, from ring 3 to a status or a bugcheck.
@Suite struct KernelScenarioTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let guest: String
        var scenario = "m:run { instructions = 200000 }"
        let test: String
    }

    static let rows: [Row] = [
        Row(
            testDescription: "a kernel stack that runs out reaches KiTrap08 through the task gate",
            guest: "UserMain: mov eax, 2\n int 0x2E\n jmp $\n",
            test: """
                local e = expect.event(run, "delivered", { vector = 8 })
                expect.equal(e.gate.type, "task") expect.equal(e.gate.selector, 0x50) expect.equal(e.error.value, 0)
                expect.bugcheck(run, 0x7F, { 8, 0x80042000, 0, 0 })
                expect.equal(run:read16(0x80045000), 0x28, "backlink of the double-fault TSS")
                expect.equal(run:read8(0x8003F000 + 0x55), 0x89, "GDT[50h] access, busy cleared by the handler")
                expect.equal(run:read32(0x8004A000 - 4), 0, "error code on the double-fault stack")
                """),
        Row(
            testDescription: "an NMI unmasked inside the NMI task is invisible until the exit",
            guest: "UserMain: jmp $\n",
            scenario: """
                m:write32("KiLessonUnmaskNmi", 1) m:write32("KiLessonClaimNmi", 1)
                m:on("execute", { symbol = "KiNmiUnmasked" }, function() m:nmi() end)
                m:watch("KiTrap02") m:nmi() m:run { instructions = 200000 }
                """,
            test: """
                expect.equal(run:count("delivered", { vector = 2 }), 2, "NMIs delivered")
                expect.equal(run:count("execute", { symbol = "KiTrap02" }), 1, "visible entries")
                expect.equal(run:read16(0x80045100), 0x58, "backlink of the NMI TSS")
                expect.equal(run:read8(0x8003F000 + 0x5D), 0x8B, "GDT[58h] access, busy again")
                expect.bugcheck(run, 0x7F, { 2, 0, 0, 0 })
                """),
        Row(
            testDescription: "NT stays set after an invisible NMI: the HAL's own IRET becomes a task return, #TS(0)",
            guest: "UserMain: jmp $\n",
            scenario: """
                m:write32("KiLessonUnmaskNmi", 1)
                m:on("execute", { symbol = "KiNmiUnmasked" }, function() m:nmi() end)
                m:nmi() m:run { instructions = 200000 }
                """,
            test: """
                expect.error_code(expect.event(run, "delivered", { vector = 10 }), 0)
                expect.bugcheck(run, 0x7F, { 10, 0, 0, 0 })
                """),
        status("INT 0Eh through a DPL 0 gate", "int 0x0E", 13, 0x72, "0xC0000005, { 0, 0xFFFFFFFF }"),
        status("division by zero", "xor ecx, ecx\n div ecx", 0, nil, "0xC0000094"),
        status("an undefined opcode", "ud2", 6, nil, "0xC000001D"),
        status("a privileged instruction", "hlt", 13, 0, "0xC0000096"),
        status("a breakpoint", "int3", 3, nil, "0x80000003"),
        status("a read of kernel memory", "mov eax, [0x8003F000]", 14, 5, "0xC0000005, { 0, 0x8003F000 }"),
        status("a page without memory", "mov al, [USER_NO_ACCESS_PAGE]", 14, 4, "0xC0000005"),
    ]

    /// A ring-3 instruction, the exception it raises and the status its thread gets.
    static func status(_ name: String, _ text: String, _ vector: Int, _ code: Int?, _ expected: String) -> Row {
        let error = code.map { "expect.error_code(e, \($0))" } ?? "expect.equal(e.error, nil)"
        return Row(
            testDescription: name, guest: "UserMain: \(text)\n jmp $\n",
            test: """
                local e = expect.event(run, "delivered", { vector = \(vector), cpl = 3 })
                \(error)
                expect.status(run, \(expected))
                expect.no_bugcheck(run)
                """)
    }

    @Test(arguments: rows) func endsAsTheFactsSay(_ row: Row) throws {
        let result = try Repository.attempt(
            Repository.lesson(scenario: row.scenario, check: row.test, guest: row.guest))
        #expect(result.fault == nil, "\(result.fault?.message ?? "")")
        #expect(result.checks[0].outcome == .passed, "\(result.checks[0].message ?? "")")
    }
}
