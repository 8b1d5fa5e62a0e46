import LessonScripting
import Lessons
import Testing

@Suite struct AttemptTests {
    /// The one check of a lesson made of a scenario and a test.
    private func check(
        _ scenario: String = "m:run { instructions = 1000 }", _ test: String, extra: String = "", guest: String? = nil
    ) throws -> CheckResult {
        let result = try Repository.attempt(
            Repository.lesson(scenario: scenario, check: test, extra: extra, guest: guest))
        #expect(result.fault == nil, "\(result.fault?.message ?? "")")
        return result.checks[0]
    }

    private let writer = "UserMain: mov eax, 1\n mov dword [USER_RO_PAGE], eax\n jmp $\n"

    @Test func pageFaultsAreSeenWithEveryField() throws {
        let test = """
            local e = run:first("delivered", { vector = 14 })
            expect.equal(e.name, "#PF") expect.equal(e.source, "fault") expect.equal(e.error.value, 7)
            expect.truthy(e.error.write and e.error.user and e.error.present and not e.error.fetch)
            expect.equal(tostring(e.error), "0x7 (present, write, user)")
            expect.equal(e.cr2, run.symbols.USER_RO_PAGE) expect.equal(e.cpl, 3) expect.equal(e.cs, 0x1B)
            expect.equal(e.eip, run.symbols["UserMain+5"]) expect.equal(e.instruction, e.eip)
            expect.equal(e.symbol, "UserMain+5") expect.equal(e.gate.type, "interrupt32") expect.equal(e.gate.dpl, 0)
            expect.equal(e.frame.ss, 0x23) expect.equal(e.frame.error, 7) expect.equal(e.cpu, 1)
            local p = run:first("page_fault")
            expect.equal(p.address, e.cr2) expect.equal(p.error.value, 7)
            expect.error_code(e, 7)
            expect.status(run, 0xC0000005, { 1, "USER_RO_PAGE" })
            expect.no_bugcheck(run)
            expect.equal(run.status.address, e.eip) expect.truthy(run.status.user)
            expect.equal(run:count("delivered", { vector = { 13, 14 }, cpl = 3 }), 1)
            expect.equal(#run:all("page_fault", { error = 7 }), 1)
            expect.equal(run:count("page_fault", { error = { write = false } }), 0)
            """
        let result = try check("m:run { instructions = 20000 }", test, guest: writer)
        #expect(result.outcome == .passed, "\(result.message ?? "")")
        #expect(result.points == 10)
    }

    @Test(arguments: [
        (
            "expect.error_code(run:first('page_fault'), 6)",
            "#PF error code: expected 0x6 (not present, write, user), got 0x7 (present, write, user)"
        ),
        ("expect.equal(run:count('delivered', { vector = 14 }), 3, 'page faults')", "page faults: expected 3, got 1"),
        (
            "expect.status(run, 0xC0000006)",
            "status: expected 0xC0000006 IN_PAGE_ERROR, got 0xC0000005 ACCESS_VIOLATION (0x1, 0x410000)"
        ),
        ("expect.bugcheck(run, 0x7F, { 8 })", "bugcheck: expected 0x7F UNEXPECTED_KERNEL_MODE_TRAP (0x8), got none"),
        ("expect.no_status(run)", "status: expected none, got 0xC0000005 ACCESS_VIOLATION (0x1, 0x410000)"),
        ("expect.event(run, 'task_switch')", "expected an event task_switch, got none of that kind"),
        ("expect.event(run, 'delivered', { vector = 3 })", "expected an event delivered with vector = 3, got 1 others"),
        ("expect.same({ a = 1, b = { 2 } }, { a = 1, b = { 3 } }, 'pair')", "pair: b: expected { 3 }, got { 2 }"),
        ("expect.registers(run, { cr2 = 5 })", "registers: cr2: expected 5, got 0x00410000"),
        ("expect.memory(run, 'USER_RO_PAGE', 'RX')", "memory at 0x00410000, byte 1: expected 0x58, got 0x52"),
        (
            "expect.memory(run, 'USER_RO_PAGE', { 0x52525252, 1 })",
            "memory at 0x00410000, dword 1: expected 0x00000001, got 0x52525252"
        ),
        ("expect.at_least(1, 2, 'things')", "things: expected at least 2, got 1"),
        ("expect.at_most(12, 2, 'things')", "things: expected at most 2, got 12 (0xC)"),
        ("expect.truthy(nil, 'a thing')", "a thing: expected true, got nil"),
        ("expect.fail('told')", "told"),
    ])
    func failuresNameExpectedAndActual(_ test: String, _ message: String) throws {
        let result = try check("m:run { instructions = 20000 }", "\n" + test, guest: writer)
        #expect(result.outcome == .failed)
        #expect(result.message == message)
        #expect(
            result.evidence.contains {
                $0.contains("#PF, error code 0x7 (present, write, user), CR2 USER_RO_PAGE (0x00410000)")
            })
        #expect(result.location?.hasPrefix("lesson.lua:") == true)
        #expect(result.points == 0)
    }

    @Test(arguments: [
        ("run.nothing()", "a run has no field 'nothing'"),
        ("run:count('nothing')", "'nothing' is not recorded"),
        ("run:read32('KiNoSuch')", "there is no symbol 'KiNoSuch'"),
        ("run:read32('kitrap02')", "did you mean KiTrap02"),
        ("run:read32(0x10)", "the address 0x00000010 is not mapped"),
        ("run:read32(-1)", "run:read32: address must be an address or a symbol's name, got number -1"),
        ("run.read32(5)", "call it with a colon: run:read32(...)"),
        ("expect.equl(1, 1)", "attempt to call a nil value"),
        ("return 7", "returns nothing, or the fraction of the points"),
        ("error('broken')", "broken"),
        ("while true do end", "instructions is used up"),
    ])
    func aChecksOwnErrorsAreNotTheStudents(_ test: String, _ part: String) throws {
        let bundle = Repository.lesson(check: "\n" + test)
        let manifest = try LessonScript.evaluate(bundle)
        let image = try Repository.assembler.assemble(
            manifest.builds[0].assemblyRequest(
                kernel: Repository.kernel, submission: [:], manifest: manifest, target: "wrk-up"))
        let request = AttemptRequest(
            bundle: bundle, target: "wrk-up", images: ["main": image],
            limits: ScriptLimits(instructions: 5_000_000, instructionsPerCall: 1_000_000))
        let result = Attempt(request).run { _ in }.checks[0]
        #expect(result.outcome == .error)
        #expect(result.message?.contains(part) == true, "\(result.message ?? "")")
        #expect(result.fault?.kind == (test.hasPrefix("while") ? .instructions : .runtime))
    }

    @Test func aFractionIsPartOfThePoints() throws {
        let result = try check("", "return 0.25")
        #expect(result.outcome == .failed)
        #expect(result.points == 2.5)
    }

    @Test(arguments: [
        ("m:on('execute', { symbol = 'UserMain' }, function() error('in a hook') end) m:run()", "in a hook"),
        ("m:on('deliver', function() m:run() end) m:run {}", "run cannot be called inside a hook"),
        ("m:on('deliver', function() m:snapshot() end) m:run {}", "snapshot cannot be called inside a hook"),
        ("m:on('nothing', function() end)", "there is no event 'nothing'"),
        ("m:on('deliver')", "the function is missing"),
        ("m:on('execute', function() end)", "needs { address = ... } or { symbol = ... }"),
        ("m:on('deliver', { vectr = 1 }, function() end)", "a filter has no field 'vectr'"),
        ("m:run { instruction = 5 }", "m:run has no option 'instruction'"),
        ("m.cpu.eax = 'x'", "eax: expected a 32-bit value"),
        ("m.cpu.tr = 5", "the register tr cannot be written"),
        ("m.cpu.rax = 5", "the processor has no field 'rax'"),
        ("m.x = 5", "keep your own values in m.saved"),
        ("m:irq(16)", "m:irq: line must be an IRQ line"),
        ("m:restore({})", "not one of this machine"),
        (
            "local k m:on('deliver', function(e) k = e end) m:run { instructions = 100000 } k:stop()",
            "this event is over"
        ),
        ("m:on('delivered', function(e) e:suppress() end) m:run {}", "e:suppress works in a \"deliver\" hook"),
    ])
    func aScenariosErrorMakesItsChecksErrors(_ scenario: String, _ part: String) throws {
        let result = try check("\n" + scenario, "", guest: "UserMain: mov eax, [0]\n jmp $\n")
        #expect(result.outcome == .error)
        #expect(result.message?.contains(part) == true, "\(result.message ?? "")")
        #expect(result.message?.contains("lesson.lua:") == true)
    }

    @Test func aGuestThatNeverHaltsEndsAtItsBudget() throws {
        let result = try check(
            "m:run { instructions = 1e9 }", "expect.stop(run, 'budget') expect.at_most(run.instructions, 600000)",
            extra: "machine = { instructions = 100000 },", guest: "UserMain: inc eax\n jmp UserMain\n")
        #expect(result.outcome == .passed, "\(result.message ?? "")")
    }

    @Test func aTripleFaultIsAShutdownWithItsChain() throws {
        let result = try check(
            "m:write32(m.cpu.segment(m.cpu, 'tr').base, 0) m:write('KiLessonUserEntry', '\\0\\0\\0\\0') for v = 0, 31 do m:write(0x8003F400 + 8 * v, ('\\0'):rep(8)) end m:run {}",
            "expect.stop(run, 'shutdown') expect.equal(run:last('shutdown').chain[1], 14)", guest: "UserMain: ud2\n")
        #expect(result.outcome == .passed, "\(result.message ?? "")")
    }

    @Test func checksComeAfterOthers() throws {
        let text = """
            local lab <const> = require "traplab"
            return lab.lesson { api = 1, id = "test", title = "T", targets = { "wrk-up" },
              scenarios = {
                { id = "one", run = function(m) m.saved.x = 5 m:note("%d of %s", 1, "two") m:run { instructions = 10 } end },
                { id = "two", run = function(m) m:run { instructions = 20 } end },
              },
              checks = {
                { id = "a", points = 1, test = function(run, expect) expect.equal(run.saved.x, 4, "x") end },
                { id = "b", points = 1, after = "a", test = function() end },
                { id = "c", points = 1, scenario = "two", test = function(run, expect)
                    expect.equal(run:scenario("one").saved.x, 5)
                    expect.equal(run:scenario("one").notes[1], "1 of two")
                  end },
              } }
            """
        let result = try Repository.attempt(LessonBundle(name: "t", files: ["lesson.lua": Array(text.utf8)]))
        #expect(result.checks.map(\.outcome) == [.failed, .notRun, .passed])
        #expect(result.checks[0].message == "x: expected 4, got 5")
        #expect(result.checks[1].message == "not run: needs a")
        #expect(result.scenarios.map(\.id) == ["one", "two"])
        #expect(result.scenarios[0].notes == ["1 of two"])
        #expect(result.digest.count == 32)
    }

    @Test func aWrongTargetIsAFault() throws {
        let request = AttemptRequest(bundle: Repository.lesson(), target: "dos", images: [:])
        #expect(Attempt(request).run { _ in }.fault?.kind == .manifest)
    }
}
