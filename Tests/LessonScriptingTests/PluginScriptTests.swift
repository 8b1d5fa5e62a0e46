import LessonScripting
import Lessons
import Testing

@Suite struct PluginScriptTests {
    private func plugin(_ setup: String, header: String = "api = 1, name = 'p', version = '1.2'") -> LessonBundle {
        let text = "return require('traplab').plugin { \(header), setup = function(m, print)\n\(setup)\nend }"
        return LessonBundle(name: "p", files: ["plugin.lua": Array(text.utf8)])
    }

    private let lesson = Repository.lesson(
        scenario: "m:run { instructions = 100000 }", guest: "UserMain: mov eax, [0]\n jmp $\n")

    private func run(_ plugins: [LessonBundle]) throws -> (result: AttemptResult, lines: [AttemptLine]) {
        var lines: [AttemptLine] = []
        let result = try Repository.attempt(lesson, plugins: plugins) { lines.append($0) }
        return (result, lines)
    }

    @Test func aPluginThatLooksLeavesTheDigestAlone() throws {
        let plain = try run([])
        let watched = try run([plugin("m:on('delivered', function(e) print(e.name, m:symbol_at(e.eip)) end)")])
        #expect(plain.result.digest == watched.result.digest)
        #expect(watched.lines.contains(.trace("#PF\tUserMain")))
        #expect(watched.result.notices.isEmpty)
    }

    @Test(arguments: [
        "m:on('execute', { symbol = 'UserMain' }, function() m.cpu.ebx = 0 end)",
        "m:on('execute', { symbol = 'UserMain' }, function() m:write8('USER_RW_PAGE', m:read8('USER_RW_PAGE')) end)",
        "m:on('deliver', { vector = 14 }, function(e) e:set { cr2 = e.cr2 } end)",
    ])
    func aPluginThatAltersEntersTheLog(_ setup: String) throws {
        let plain = try run([])
        let first = try run([plugin(setup)])
        let again = try run([plugin(setup)])
        let other = try run([plugin(setup, header: "api = 1, name = 'p', version = '1.3'")])
        #expect(first.result.digest != plain.result.digest)
        #expect(first.result.digest == again.result.digest)
        #expect(first.result.digest != other.result.digest)
    }

    @Test(arguments: [
        ("error('broken')", "plugin p is disabled: plugin.lua:2: broken"),
        ("m:on('delivered', function() error('late') end)", "plugin p is disabled: plugin.lua:2: late"),
        ("m:run()", "traplab runs this machine itself"),
        ("while true do end", "instructions is used up"),
    ])
    func aBrokenPluginIsDisabledWithOneLine(_ setup: String, _ part: String) throws {
        let plain = try run([])
        let broken = try run([plugin(setup)])
        #expect(broken.result.notices.count == 1)
        #expect(broken.result.notices.first?.contains(part) == true, "\(broken.result.notices)")
        #expect(broken.result.notices.first?.contains("\n") == false)
        #expect(broken.result.digest == plain.result.digest)
        #expect(broken.result.checks[0].outcome == .passed)
    }

    @Test(arguments: [
        "api = 9, name = 'p', version = '1'", "name = 'p', version = '1'", "api = 1, version = '1'",
        "api = 1, name = 'p'",
    ])
    func aWrongManifestDisables(_ header: String) throws {
        let found = try run([plugin("", header: header)])
        #expect(found.result.notices.count == 1)
        #expect(found.result.notices.first?.hasPrefix("plugin p is disabled: plugin.lua: ") == true)
    }
}
