import Lessons
import LuaHost
import Testing

@Suite struct ManifestReaderTests {
    /// The manifest of a table with these fields, written in Lua; a field given twice has the later value.
    private func manifest(_ changes: String) throws -> LessonManifest {
        let text = """
            local f = function() end
            local t = { api = 1, id = "x", title = "X", targets = { "wrk-up" }, scenario = f,
              checks = { { id = "a", points = 5, test = f }, { id = "b", points = 0, after = "a", test = f } } }
            local function asm(s) return { kind = "asm", text = s, line = 7 } end
            \(changes)
            return t
            """
        let state = try LuaState()
        let value = try state.call(try state.load(Array(text.utf8), chunk: "t.lua")).first
        return try LessonManifest(try #require(value?.table))
    }

    @Test func defaultsAreTheUsualOnes() throws {
        let manifest = try manifest("")
        #expect(manifest.memoryBytes == 16 << 20)
        #expect(manifest.scenarios == [ScenarioInfo(id: "main", build: "main")])
        #expect(manifest.checks[1].after == ["a"])
        #expect(manifest.checks[0].scenario == "main")
        #expect(manifest.maximumPoints == 5)
        #expect(manifest.builds == [GuestBuild(id: "main", guest: nil, defines: [:], line: 0)])
    }

    @Test func everythingIsRead() throws {
        let manifest = try manifest(
            """
            t.title = { en = "E", zh = "C" } t.summary = "S" t.machine = { memory = "64K", instructions = 1e3 }
            t.exercise = { files = { "page_fault.asm" } } t.plugins = { "trap-trace" } t.defines = { N = 3 }
            t.scenario = nil t.guest = asm "common"
            t.scenarios = { { id = "one", run = f }, { id = "two", run = f }, { id = "own", run = f, guest = asm "own" } }
            t.checks[1].hints = { "h1", { en = "h2", zh = "z2" } } t.checks[2].hint = "only"
            t.checks[1].group = "g" t.checks[1].hidden = true t.checks[2].scenario = "own"
            """)
        #expect(manifest.title.zh == "C")
        #expect(manifest.memoryBytes == 65536)
        #expect(manifest.instructions == 1000)
        #expect(manifest.exerciseFiles == ["page_fault.asm"])
        #expect(manifest.scenarios.map(\.build) == ["one", "one", "own"])
        #expect(manifest.builds.map(\.guest) == ["common", "own"])
        #expect(manifest.builds[0].defines == ["N": "3"])
        #expect(manifest.builds[0].line == 7)
        #expect(manifest.checks[0].hints.map(\.en) == ["h1", "h2"])
        #expect(manifest.checks[1].hints == ["only"])
        #expect(manifest.checks[1].scenario == "own")
        #expect(manifest.checks[0].hidden)
    }

    @Test(arguments: [
        ("t.api = nil", "api: expected an integer of at least 1, got nothing"),
        ("t.api = 2", "api: this lesson needs version 2 of the Lua API; this program has 1"),
        ("t.id = 'Bad Id'", "id: expected an id (lower-case letters, digits and hyphens), got 'Bad Id'"),
        ("t.title = 5", "title: expected a text or { en = ..., zh = ... }, got 5"),
        ("t.title = { zh = 'x' }", "title: expected a text or { en = ..., zh = ... }, got a table"),
        ("t.targets = {}", "targets: expected a list of at least one kernel, got a table"),
        ("t.tittle = 'x'", "tittle: no such field; did you mean 'title'?"),
        ("t.machine = { memory = '2G' }", "machine.memory: expected at most 1 GiB, got '2G'"),
        ("t.machine = { memory = 1 << 31 }", "machine.memory: expected at most 1 GiB, got 2147483648"),
        (
            "t.machine = { memory = '1K' }",
            "machine.memory: expected a size of at least 64 KiB such as \"16M\", got '1K'"
        ),
        (
            "t.machine = { memory = 'lots' }",
            "machine.memory: expected a size of at least 64 KiB such as \"16M\", got 'lots'"
        ),
        ("t.machine = { instructions = 0 }", "machine.instructions: expected an integer in 1 ... 10000000000, got 0"),
        (
            "t.exercise = { files = { '../x.asm' } }",
            "exercise.files: expected plain names that end in .asm or .inc, got a table"
        ),
        ("t.scenarios = {}", "scenarios: give scenario or scenarios, not both"),
        ("t.scenario = nil t.scenarios = {}", "scenarios: expected at least one"),
        ("t.scenario = nil", "scenarios: expected a list of tables, got nothing"),
        ("t.scenario = nil t.scenarios = { { id = 'a' } }", "scenarios[1].run: expected a function, got nothing"),
        ("t.guest = 'nop'", "guest: expected lab.asm [[ ... ]], got 'nop'"),
        ("t.checks = {}", "checks: expected at least one"),
        ("t.checks = { 5 }", "checks[1]: expected a table, got a number"),
        ("t.checks[2].points = -1", "checks[2].points: expected an integer in 0 ... 1000000, got -1"),
        ("t.checks[2].points = 1.5", "checks[2].points: expected an integer in 0 ... 1000000, got 1.5"),
        ("t.checks[2].id = 'a'", "checks[2].id: expected an id that no other has, got 'a'"),
        ("t.checks[2].after = 'z'", "checks[2].after: there is no check 'z' before this one"),
        ("t.checks[1].after = 'b'", "checks[1].after: there is no check 'b' before this one"),
        ("t.checks[1].test = nil", "checks[1].test: expected a function, got nothing"),
        ("t.checks[1].scenario = 'q'", "checks[1].scenario: expected one of main, got 'q'"),
        ("t.checks[1].hints = { 5 }", "checks[1].hints: expected a list of texts, got a table"),
        ("t.checks[1].hidden = 1", "checks[1].hidden: expected true or false, got 1"),
    ])
    func mistakesNameTheField(_ change: String, _ message: String) throws {
        let error = #expect(throws: LessonError.self) { try manifest(change) }
        #expect(error?.description == message)
    }
}
