import Assembly
import FoundationEssentials
import LessonScripting
import Lessons
import PluginHost
import Testing

@Suite struct TrapTraceTests {
    private let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    private func attempt(_ plugins: [LessonBundle], _ output: @escaping (AttemptLine) -> Void) throws -> AttemptResult {
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

    @Test func aPageFaultIsToldAsAStory() throws {
        var told = ""
        let bundle = try PluginCatalogue(roots: [root]).bundle("trap-trace")
        let traced = try attempt([bundle]) { line in if case .trace(let text) = line { told += text + "\n" } }
        for part in [
            "#PF, fault, depth", "at UserMain (0x00401000), CPL 3: mov",
            "why: the page tables do not allow this access",
            "error code: 0x7 (present, write, user)", "linear address 0x00410000 (USER_RO_PAGE)",
            "gate: interrupt32, DPL 0, clears IF; handler KiTrap0E", "pushes ss=23", "error=7",
        ] {
            #expect(told.contains(part), "no '\(part)' in:\n\(told)")
        }
        let plain = try attempt([]) { _ in }
        #expect(plain.digest == traced.digest)
        #expect(traced.notices.isEmpty)
    }
}
