import Assembly
import LessonScripting
import Lessons
import Testing

@Suite struct LessonScriptTests {
    private func fault(_ text: String, limits: ScriptLimits = ScriptLimits(instructions: 5_000_000, memory: 16 << 20))
        -> ScriptFault?
    {
        do {
            _ = try LessonScript.evaluate(
                LessonBundle(name: "x", files: ["lesson.lua": Array(text.utf8)]), limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func aLessonIsRead() throws {
        let manifest = try LessonScript.evaluate(Repository.lesson(guest: "UserMain: jmp UserMain\n"))
        #expect(manifest.id == "test")
        #expect(manifest.scenarios.map(\.id) == ["main"])
        #expect(manifest.builds.count == 1)
        #expect(manifest.builds[0].guest == "UserMain: jmp UserMain\n")
        #expect(manifest.builds[0].line == 4)
        #expect(manifest.maximumPoints == 10)
    }

    @Test(arguments: [
        ("while true do end", ScriptFault.Kind.instructions, "instructions"),
        ("while true do pcall(function() while true do end end) end", .instructions, "instructions"),
        ("coroutine.wrap(function() while true do end end)()", .instructions, "instructions"),
        ("setmetatable({}, { __gc = function() while true do end end })", .runtime, "__gc is not available"),
        ("local s = ('x'):rep(1e9)", .memory, "not enough memory"),
        ("string.find(('a'):rep(50), ('a?'):rep(50) .. ('a'):rep(50))", .instructions, "instructions"),
        ("local x = = 1", .syntax, "lesson.lua:1:"),
        ("return 5", .manifest, "must return lab.lesson { ... }, returned a number"),
        ("return { api = 1 }", .manifest, "returned another table"),
        ("return require('traplab').lesson { api = 2 }", .manifest, "needs version 2 of the Lua API"),
        (
            "local x = require('traplab').lesson(1)", .runtime,
            "lesson.lua:1: lab.lesson: fields must be a table, got number 1"
        ),
        ("return require('traplab').nothing", .runtime, "traplab has no field 'nothing'"),
        ("return require 'missing'", .runtime, "module 'missing' not found"),
        ("error('no')", .runtime, "lesson.lua:1: no"),
        ("io.open('/etc/hostname')", .runtime, "lesson.lua:1: io is not available"),
    ])
    func hostileAndWrongLessonsEndWithOneLine(_ text: String, _ kind: ScriptFault.Kind, _ part: String) {
        let found = fault(text)
        #expect(found?.kind == kind)
        #expect(found?.message.contains(part) == true, "\(found?.message ?? "nothing")")
        #expect(found?.message.contains("\n") == false)
        #expect(found?.description.contains("(traplab") == false)
    }

    @Test func modulesComeFromTheLessonsOwnFolder() throws {
        var bundle = Repository.lesson()
        let text = String(decoding: try #require(bundle.files["lesson.lua"]), as: UTF8.self)
        bundle.files["lesson.lua"] = Array(("local helper = require 'helper'\n" + text).utf8)
        bundle.files["helper.lua"] = Array("return { twice = function(x) return 2 * x end }".utf8)
        #expect(try LessonScript.evaluate(bundle).id == "test")
    }

    @Test func assemblerMessagesNameTheLinesOfTheLesson() throws {
        let bundle = Repository.lesson(guest: "UserMain:\n nop\n bad instr\n")
        let manifest = try LessonScript.evaluate(bundle)
        let request = manifest.builds[0].assemblyRequest(
            kernel: Repository.kernel, submission: [:], manifest: manifest, target: "wrk-up")
        let error = #expect(throws: AssemblyError.self) { try Repository.assembler.assemble(request) }
        #expect(error?.description.hasPrefix("lesson.lua:7: ") == true, "\(error?.description ?? "")")
    }

    @Test func theSubmissionReplacesTheKernelsFiles() throws {
        let bundle = Repository.lesson(
            extra: "exercise = { files = { 'page_fault.asm' } }, defines = { N = 3 },", guest: "UserMain: nop\n")
        let manifest = try LessonScript.evaluate(bundle)
        let kernel: [String: [UInt8]] = [
            "page_fault.asm": [1], "boot.asm": [2], "kernel.inc": [3], "kernel.ld": [4], "guest.asm": [5],
        ]
        let request = manifest.builds[0].assemblyRequest(
            kernel: kernel, submission: ["page_fault.asm": [9], "boot.asm": [8]], manifest: manifest, target: "wrk-up")
        #expect(request.units.map(\.name) == ["boot.asm", "guest.asm", "page_fault.asm"])
        #expect(request.units[0].contents == [2], "a file that is not of the exercise was replaced")
        #expect(request.units[2].contents == [9])
        let guest = String(decoding: request.units[1].contents, as: UTF8.self)
        #expect(guest == "%include \"guest.inc\"\n%line 4+1 lesson.lua\nUserMain: nop\n\n")
        #expect(request.includes.map(\.name) == ["kernel.inc"])
        #expect(request.defines.map(\.name) == ["N"])
    }
}
