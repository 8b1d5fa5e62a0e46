import Assembly
import FoundationEssentials
import LessonScripting
import Lessons
import PluginHost

/// A lesson in which ring 3 writes to a read-only page, run with plugins of the repository.
enum PluginRun {
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    static func attempt(_ plugins: [LessonBundle], _ output: @escaping (AttemptLine) -> Void) throws -> AttemptResult {
        let text = """
            local lab <const> = require "traplab"
            return lab.lesson { api = 1, id = "t", title = "T", targets = { "wrk-up" },
              guest = lab.asm [[
            UserMain:
                    mov     dword [USER_RO_PAGE], 1
                    jmp     $
            ]],
              scenario = function(m) m:run { instructions = 100000 } end,
              checks = { { id = "c", points = 1, test = function(run, expect) expect.status(run, 0xC0000005) end } } }
            """
        let bundle = LessonBundle(name: "t", files: ["lesson.lua": Array(text.utf8)])
        let manifest = try LessonScript.evaluate(bundle)
        var kernel: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: root + "/lessons/kernel") {
            kernel[name] = FileManager.default.contents(atPath: "\(root)/lessons/kernel/\(name)").map { Array($0) }
        }
        let image = try Assembler().assemble(
            manifest.builds[0].assemblyRequest(kernel: kernel, submission: [:], manifest: manifest, target: "wrk-up"))
        return Attempt(
            AttemptRequest(bundle: bundle, target: "wrk-up", images: ["main": image], plugins: plugins)
        ).run(output: output)
    }

    /// The result with one plugin, what it told, and the result without it.
    static func told(by plugin: String) throws -> (text: String, traced: AttemptResult, plain: AttemptResult) {
        var text = ""
        let bundle = try PluginCatalogue(roots: [root]).bundle(plugin)
        let traced = try attempt([bundle]) { line in if case .trace(let line) = line { text += line + "\n" } }
        return (text, traced, try attempt([]) { _ in })
    }
}
