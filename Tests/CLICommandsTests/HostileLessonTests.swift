import Confinement
import Glibc
import Testing

/// Lessons that try to hang, crash or fool the grader. The README has the same table.
@Suite(.serialized) struct HostileLessonTests {
    /// A lesson with hostile text in one place.
    private static func lesson(top: String = "", scenario: String = "", test: String = "", guest: String = "nil")
        -> String
    {
        """
        local lab <const> = require "traplab"
        \(top)
        return lab.lesson {
          api = 1, id = "hostile", title = "Hostile", targets = { "wrk-up" }, machine = { memory = "16M", instructions = 2e6 },
          guest = \(guest),
          scenario = function(m)
            \(scenario)
            m:run { instructions = 1e6 }
          end,
          checks = { { id = "only", points = 1, test = function(run, expect) \(test) end } },
        }
        """
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let lesson: String
        let status: Int32
        var testDescription: String { name }

        init(_ name: String, _ lesson: String, _ status: Int32) {
            self.name = name
            self.lesson = lesson
            self.status = status
        }
    }

    private static let endless = "while true do end"
    private static let endlessProtected = "while true do pcall(function() while true do end end) end"
    private static let endlessCoroutine = "coroutine.wrap(function() while true do end end)()"
    private static let endlessPattern = #"(("a"):rep(100000)):find((".-"):rep(60) .. "b")"#

    static let cases: [Case] = [
        Case("loop", lesson(top: endless), 4),
        Case("loop in the scenario", lesson(scenario: endless), 4),
        Case("loop in a check", lesson(test: endless), 4),
        Case("loop in a hook", lesson(scenario: "m:on('delivered', function() \(endless) end) m:nmi()"), 4),
        Case("loop in pcall", lesson(top: endlessProtected), 4),
        Case("loop in pcall in the scenario", lesson(scenario: endlessProtected), 4),
        Case("loop in a coroutine", lesson(top: endlessCoroutine), 4),
        Case("loop in a coroutine in a check", lesson(test: endlessCoroutine), 4),
        Case("loop in __gc", lesson(top: "setmetatable({}, { __gc = function() \(endless) end })"), 3),
        Case("huge string", lesson(top: #"local s = ("x"):rep(1e9)"#), 4),
        Case("huge string in the scenario", lesson(scenario: #"local s = ("x"):rep(1e9)"#), 4),
        Case("pattern that takes minutes", lesson(top: "local x = \(endlessPattern)"), 4),
        Case("pattern in a check", lesson(test: "local x = \(endlessPattern)"), 4),
        Case("hook that raises", lesson(scenario: "m:on('delivered', function() error('no') end) m:nmi()"), 3),
        Case("scenario that raises", lesson(scenario: "error('no')"), 3),
        Case("check that raises", lesson(test: "error('no')"), 3),
        Case(
            "guest that never halts",
            lesson(test: "expect.stop(run, 'halted')", guest: "lab.asm [[ UserMain: jmp $ ]]"), 1),
        Case("run inside a hook", lesson(scenario: "m:on('delivered', function() m:run{} end) m:nmi()"), 3),
        Case("syntax error", "return lab.lesson {", 2),
        Case("a number", "return 42", 2),
        Case("nothing", "", 2),
        Case("binary chunk", "\u{1B}Lua", 2),
        Case("future api", lesson().replacing("api = 1", with: "api = 99"), 2),
        Case("no such memory", lesson().replacing("16M", with: "64G"), 2),
        Case("reads a host file by require", lesson(top: #"local x = require "/etc/passwd""#), 3),
        Case("reads a host file by io", lesson(top: #"local x = io.open("/etc/passwd"):read("a")"#), 3),
        Case("runs a program", lesson(top: #"os.execute("true")"#), 3),
        Case("incbin of a host file", lesson(guest: "lab.asm [[ UserMain: incbin \"/etc/hostname\" ]]"), 3),
        Case("huge repetition", lesson(guest: "lab.asm [[ UserMain: times 4000000000 db 0 ]]"), 3),
        Case("large output", lesson(guest: "lab.asm [[ UserMain: times 400000000 db 0 ]]"), 4),
        Case(
            "endless macro",
            lesson(guest: "lab.asm [[ UserMain:\n%rep 1000000\n%rep 1000000\nnop\n%endrep\n%endrep\n]]"), 4),
    ]

    @Test(arguments: cases) func endsWithOneLineAndAStatus(hostile: Case) throws {
        let folder = try PrivateFolder()
        try folder.write(Array(hostile.lesson.utf8), to: "hostile/lesson.lua")
        let result = try Program.run(["grade", folder.path + "/hostile", "--submission", folder.path])
        #expect(result.status == hostile.status, "\(result.all)")
        Program.expectClean(result)
    }

    @Test func aLinkToAHostFileIsRefused() throws {
        let folder = try PrivateFolder()
        try folder.write(Array("return require 'helper'".utf8), to: "hostile/lesson.lua")
        #expect(symlink("/etc/passwd", folder.path + "/hostile/helper.lua") == 0)
        let result = try Program.run(["grade", folder.path + "/hostile", "--submission", folder.path])
        #expect(result.status == 2, "\(result.all)")
        Program.expectClean(result)
    }

    @Test(arguments: [1, 20, 100, 200]) func truncatedLesson(count: Int) throws {
        let folder = try PrivateFolder()
        try folder.write(Array(HostileLessonTests.lesson().utf8.prefix(count)), to: "hostile/lesson.lua")
        let result = try Program.run(["grade", folder.path + "/hostile", "--submission", folder.path])
        #expect(result.status == 2, "\(result.all)")
        Program.expectClean(result)
    }
}
