import LessonScripting
import Testing

/// Each case is a scenario that uses assert; it must run to its end.
@Suite struct MachineObjectTests {
    @Test(arguments: [
        // Memory, registers, symbols.
        "m:write32('USER_RW_PAGE', 0x12345678) assert(m:read16('USER_RW_PAGE+2') == 0x1234) assert(m:read8('USER_RW_PAGE') == 0x78)",
        "m:write16('USER_RW_PAGE', -1) assert(m:read32('USER_RW_PAGE') & 0xFFFF == 0xFFFF)",
        "m:write('USER_RW_PAGE', 'abc') assert(m:read('USER_RW_PAGE', 3) == 'abc')",
        "local w = m:walk('USER_RW_PAGE') m:write32_physical(w.physical, 77) assert(m:read32('USER_RW_PAGE') == 77)",
        "m:write8_physical(0x5000, 9) assert(m:read8_physical(0x5000) == 9) assert(m:read_physical(0x5000, 1) == '\\9')",
        "m:write8('USER_RO_PAGE', 1) assert(m:read8('USER_RO_PAGE') == 1)",
        "m.cpu.eax = 5 assert(m.cpu.eax == 5) local read = m.cpu:reader('eax') assert(read() == 5)",
        "m.cpu.ebx = -1 assert(m.cpu.ebx == 0xFFFFFFFF)",
        "assert(m.cpu.cpl == 0 and m.cpu.cs == 0x08 and m.cpu.fs == 0x30 and m.cpu.tr == 0x28)",
        "assert(m.cpu.nmi_blocked == false and m.cpus[1] == m.cpu)",
        "assert(m.symbols.USER_RO_PAGE == 0x410000) assert(m:symbol_at(m.symbols.KiTrap02 + 0) == 'KiTrap02')",
        "assert(m.cpu.eip == m.symbols.KiLessonStart)",
        // Descriptors, TSS, page tables.
        "assert(m.idt[2].type == 'task' and m.idt[2].selector == 0x58 and m.idt[14].type == 'interrupt32' and m.idt[14].present)",
        "assert(m.idt[14].offset == m.symbols.KiTrap0E and m.idt[3].dpl == 3)",
        "assert(m.gdt[0x28].busy == true and m.gdt[0x58].busy == false and m.gdt[0x58].type == 'tss32' and m.gdt[0x28].access == 0x8B)",
        "assert(m.gdt[0x08].type == 'code' and m.gdt[0x08].limit == 0xFFFFFFFF and m.gdt[0xFFF8] == nil)",
        "assert(m.tss.ss0 == 0x10 and m.tss.esp0 == 0xF7893000) assert(m:tss_at(m.gdt[0x58].base).eip == m.symbols.KiTrap02)",
        "local s = m.cpu:segment('cs') assert(s.selector == 8 and s.base == 0 and s.type == 'code' and s.dpl == 0)",
        "local w = m:walk('USER_RO_PAGE') assert(w.present and w.user and not w.writable and w.pte & 7 == 5)",
        "local w = m:walk('USER_DEMAND_ZERO_PAGE') assert(not w.present and w.pte == 0x80)",
        "local l = m:disassemble('KiLessonStart', 3) assert(#l == 3 and l[2].address == l[1].address + l[1].length and #l[1].text > 0)",
        // Running.
        "local c = m.count assert(m:step() == 'budget') assert(m.count == c + 1) m:step(9) assert(m.count == c + 10 and m.stop == 'budget')",
        "local s = m:snapshot() local a = m.cpu.eip m:step(5) m:write8('USER_RW_PAGE', 3) local d = m.digest m:restore(s) assert(m.cpu.eip == a) assert(m:read8('USER_RW_PAGE') ~= 3)",
        "m:note('plain 100%') m:note('%d%%', 5) assert(m.notes[1] == 'plain 100%' and m.notes[2] == '5%')",
        "assert(m.target == 'wrk-up' and m.seed == 0 and m.stop == nil)",
        "assert(math.type(m.count) == 'integer' and #m.digest == 32)",
        // Events.
        """
        local n, token = 0
        token = m:on("execute", { symbol = "UserMain" }, function() n = n + 1 token:remove() end)
        m:on("delivered", { vector = 14 }, function() m:on("status", function() n = n + 10 end) end)
        m:run { instructions = 100000 }
        assert(n == 11 and m.scenario == "main", n)
        """,
        """
        local seen = {}
        local token = m:on("delivered", { vector = 14 }, function(e) seen[#seen + 1] = e.cr2 end)
        m:run { instructions = 100000 }
        assert(#seen == 1 and seen[1] == 0)
        token:remove() token:remove()
        """,
        """
        local n = 0
        m:on("exception", function(e) n = n + 1 end)
        m:on("int", function(e) n = n + 100 end)
        m:on("nmi", function(e) n = n + 10 assert(e.gate.type == "task") end)
        m:on("execute", { symbol = "UserMain" }, function(e) assert(e.address == m.cpu.eip) if n == 0 then n = 1000 m:nmi() end end)
        m:write32("KiLessonClaimNmi", 1)
        m:run { instructions = 100000 }
        assert(n == 1011, n)
        """,
        """
        local count = 0
        m:on("deliver", { vector = 14 }, function(e)
          count = count + 1
          m.cpu.eip = e.eip + 5
          e:suppress()
        end)
        m:run { instructions = 100000 }
        assert(count == 1 and m.stop == "hang", m.stop_text)
        assert(m.cpu.cpl == 3)
        """,
        """
        m:on("deliver", { vector = 14 }, function(e) e:set { vector = 13, error = 0 } end)
        m:on("delivered", { vector = 13 }, function(e) assert(e.error.value == 0) e:stop("enough") end)
        m:run {}
        assert(m.stop == "hook" and m.stop_text:find("enough"), m.stop_text)
        assert(m.cpu.eip == m.symbols.KiTrap0D)
        """,
        """
        local switches = {}
        m:on("task_switch", function(e) switches[#switches + 1] = e.source .. " " .. e.old .. " " .. e.new end)
        m:on("returned", { task = true }, function(e) switches[#switches + 1] = "back" end)
        m:write32("KiLessonClaimNmi", 1)
        m:nmi()
        m:run { instructions = 100000 }
        assert(table.concat(switches, ",") == "gate 40 88,iret 88 40,back", table.concat(switches, ","))
        """,
        """
        local codes = {}
        m:on("status", { user = true }, function(e) codes[#codes + 1] = e.code end)
        m:on("bugcheck", function(e) codes[#codes + 1] = e.code end)
        m:run { instructions = 100000 }
        assert(codes[1] == 0xC0000005, #codes)
        """,
        """
        local writes = 0
        m:write32("KiLessonExitPort", 1)
        m:on("port", { port = 0xF4, write = true }, function(e) writes = writes + 1 assert(e.bytes >= 1) end)
        m:run { instructions = 1000000 }
        assert(writes == 1 and m.stop == "exit" and m.stop_code == 33, m.stop_text)
        """,
        """
        local eip
        m:on("halt", function(e) eip = e.eip assert(e.interrupts_enabled == false) end)
        m:run { instructions = 1000000 }
        assert(m.stop == "halted" and eip, m.stop_text)
        """,
        """
        local reasons = {}
        m:on("stop", function(e) reasons[#reasons + 1] = e.reason end)
        m:run { instructions = 10 } m:run { instructions = 1000000 }
        assert(table.concat(reasons, " ") == "budget halted", table.concat(reasons, " "))
        """,
    ])
    func works(_ scenario: String) throws {
        let result = try Repository.attempt(
            Repository.lesson(scenario: "\n" + scenario, guest: "UserMain: mov eax, [0]\n jmp $\n"))
        #expect(result.checks[0].outcome == .passed, "\(result.checks[0].message ?? "") \(result.scenarios)")
    }
}
