import Assembly
import LessonScripting
import Lessons
import PC
import Testing

@Suite struct MachineScriptTests {
    /// mov eax, 1; int3; jmp $ in flat protected mode without an IDT: a shutdown.
    private static let guest: [UInt8] = [0xB8, 1, 0, 0, 0, 0xCC, 0xEB, 0xFE]

    private func machine() throws -> Machine {
        let machine = try Machine()
        try machine.load(flat: MachineScriptTests.guest, at: 0x10_0000, entry: 0x10_0000)
        return machine
    }

    private func script(
        _ text: String, _ machine: Machine, output: @escaping (AttemptLine) -> Void = { _ in }
    ) throws -> MachineScript {
        try MachineScript(
            source: LessonBundle(name: "watch.lua", files: ["watch.lua": Array(text.utf8)]), entry: "watch.lua",
            machine: machine, symbols: nil, output: output, limits: ScriptLimits())
    }

    @Test func hooksSeeTheRun() throws {
        var lines: [AttemptLine] = []
        let machine = try machine()
        let held = try script(
            """
            return function(m)
              m:on("deliver", function(e) print(e.name, e.source, m.cpu.eax) end)
              m:on("shutdown", function(e) print("chain", e.chain[1]) end)
            end
            """, machine
        ) { lines.append($0) }
        let stop = machine.run(budget: 1000)
        #expect(stop.name == "shutdown")
        #expect(lines.first == .trace("#BP\tint3\t1"))
        #expect(lines.last == .trace("chain\t13"))
        #expect(held.fault == nil)
    }

    @Test func aTableWithSetupWorksToo() throws {
        let machine = try machine()
        let held = try script("return { setup = function(m) m.cpu.eax = 9 end }", machine)
        #expect(machine.processor[.eax] == 9)
        withExtendedLifetime(held) {}
    }

    @Test func aHookThatRaisesStopsTheMachine() throws {
        let machine = try machine()
        let held = try script(
            "return function(m) m:on('execute', { address = 0x100005 }, function(e) error('no') end) end", machine)
        #expect(machine.run(budget: 1000).name == "hook")
        #expect(held.fault?.message == "watch.lua:1: no")
    }

    @Test(arguments: [
        ("return 5", "must return function(m)"), ("x = = 1", "watch.lua:1:"),
        ("return function(m) m:run() end", "traplab runs this machine itself"),
        ("return function(m) m:on('bugcheck', function() end) end", "KeBugCheck2"),
        ("return function(m) m:read32('KiTrap02') end", "no symbols"),
    ])
    func wrongScriptsAreFaults(_ text: String, _ part: String) throws {
        let machine = try machine()
        let fault = #expect(throws: ScriptFault.self) { try script(text, machine) }
        #expect(fault?.message.contains(part) == true, "\(fault?.message ?? "")")
    }

    @Test func aScriptThatOnlyLooksLeavesTheDigestAlone() throws {
        let plain = try machine()
        plain.run(budget: 1000)
        let watched = try machine()
        let held = try script("return function(m) m:on('deliver', function(e) m:disassemble(e.eip) end) end", watched)
        watched.run(budget: 1000)
        #expect(plain.digest == watched.digest)
        withExtendedLifetime(held) {}
    }
}
