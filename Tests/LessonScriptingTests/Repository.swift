import Assembly
import FoundationEssentials
import LessonScripting
import Lessons

/// Files of the repository that tests run on.
enum Repository {
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    static func files(_ folder: String) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? [] {
            files[name] = FileManager.default.contents(atPath: "\(root)/\(folder)/\(name)").map { Array($0) }
        }
        return files
    }

    static let kernel = files("lessons/kernel")
    static let assembler = Assembler()

    /// A lesson of the repository, built with a submission of its own.
    static func attempt(_ folder: String, _ submission: String, resumeAfter: UInt64? = nil) throws -> AttemptResult {
        let bundle = try LessonBundle.read(folder: "\(root)/lessons/\(folder)")
        return try attempt(
            bundle, submission: files("lessons/\(folder)/\(submission)"), resumeAfter: resumeAfter)
    }

    static func attempt(
        _ bundle: LessonBundle, submission: [String: [UInt8]] = [:], plugins: [LessonBundle] = [],
        resumeAfter: UInt64? = nil, output: @escaping (AttemptLine) -> Void = { _ in }
    ) throws -> AttemptResult {
        let manifest = try LessonScript.evaluate(bundle)
        var images: [String: AssembledImage] = [:]
        for build in manifest.builds {
            images[build.id] = try assembler.assemble(
                build.assemblyRequest(
                    kernel: kernel, submission: submission, manifest: manifest, target: manifest.targets[0]))
        }
        let request = AttemptRequest(
            bundle: bundle, target: manifest.targets[0], images: images, plugins: plugins, resumeAfter: resumeAfter)
        return Attempt(request).run(output: output)
    }

    /// A lesson with one scenario and one check.
    static func lesson(
        scenario: String = "m:run { instructions = 1000 }", check: String = "", extra: String = "", guest: String? = nil
    ) -> LessonBundle {
        let text = """
            local lab <const> = require "traplab"
            return lab.lesson {
              api = 1, id = "test", title = "A test", targets = { "wrk-up" },
              \(guest.map { "guest = lab.asm [[\n\($0)]]," } ?? "")
              \(extra)
              scenario = function(m) \(scenario) end,
              checks = { { id = "check", points = 10, test = function(run, expect) \(check) end } },
            }
            """
        return LessonBundle(name: "test", files: ["lesson.lua": Array(text.utf8)])
    }
}
