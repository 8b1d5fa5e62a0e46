import Assembly
import Confinement
import LessonScripting
import Lessons
import PluginHost

/// How an attempt is run.
public struct GradeOptions: Sendable {
    /// The kernel; nil: the lesson's first.
    public var target: String?
    /// Seed of everything that is by chance.
    public var seed: UInt64 = 0
    /// Plugins besides the lesson's own, by name.
    public var plugins: [String] = []
    /// Whether what plugins print is kept.
    public var trace = false
    /// Instructions after which each scenario is snapshotted and resumed; nil: not at all.
    public var resumeAfter: UInt64?
    /// Language of messages.
    public var language = Language.en

    /// The usual ones.
    public init() {}
}

/// Grades attempts. The parent never runs a lesson's Lua or a guest: confined children do.
public struct Grader: Sendable {
    let runner: ChildRunner
    let assembler: Assembler
    let roots: [String]

    /// `executable` is the absolute path of traplab; `roots` are the folders that hold `lessons/` and `Plugins/`.
    public init(
        executable: String, roots: [String], assembler: Assembler = Assembler(), wallMilliseconds: UInt64 = 10_000
    ) {
        runner = ChildRunner(executable: executable, wallMilliseconds: wallMilliseconds)
        self.assembler = assembler
        self.roots = roots
    }

    /// The manifest of a lesson, evaluated in a child.
    public func manifest(of lesson: LessonFolder) throws(GradeProblem) -> LessonManifest {
        let answer = try runner.run(.evaluate(lesson.bundle), memoryBytes: baseMemory, subject: "lesson.lua")
        switch answer.last {
        case .manifest(let manifest): return manifest
        case .fault(let fault): throw GradeProblem(fault)
        default: throw GradeProblem(.defect, "the engine gave a wrong answer")
        }
    }

    /// What a plugin's manifest says, found out in a child.
    public func check(plugin bundle: LessonBundle) throws(GradeProblem) -> PluginReport {
        let answer = try runner.run(.plugin(bundle), memoryBytes: baseMemory, subject: "plugin \(bundle.name)")
        guard case .plugin(let report) = answer.last else {
            throw GradeProblem(.defect, "the engine gave a wrong answer")
        }
        return report
    }

    /// Grades a folder of exercise files. Never throws: what goes wrong is in the report.
    public func grade(
        _ lesson: LessonFolder, submission folder: String, fallback: String? = nil,
        options: GradeOptions = GradeOptions()
    ) -> GradeReport {
        do {
            let manifest = try manifest(of: lesson)
            return grade(lesson, manifest, submission: folder, fallback: fallback, options: options)
        } catch {
            var report = GradeReport(lesson: lesson.bundle.name, submission: folder, seed: options.seed)
            report.add(error)
            return report
        }
    }

    /// The same, with the manifest at hand.
    public func grade(
        _ lesson: LessonFolder, _ manifest: LessonManifest, submission folder: String, fallback: String? = nil,
        options: GradeOptions = GradeOptions()
    ) -> GradeReport {
        var report = GradeReport(lesson: manifest.id, submission: folder, seed: options.seed)
        report.add(manifest)
        do throws(GradeProblem) {
            let target = try target(manifest, options)
            report.target = target
            let submission = try Submission(folder: folder, names: manifest.exerciseFiles, fallback: fallback)
            let images = try assemble(lesson, manifest, submission, target)
            let plugins = plugins(manifest, options, &report.notices)
            let request = AttemptRequest(
                bundle: lesson.bundle, target: target, seed: options.seed, images: images, plugins: plugins,
                trace: options.trace, language: options.language, resumeAfter: options.resumeAfter,
                limits: ScriptLimits())
            let memory = baseMemory + 4 * UInt64(manifest.memoryBytes)
            let answer = try runner.run(.attempt(request), memoryBytes: memory, subject: "the attempt")
            report.trace = answer.trace
            report.notices += answer.notices
            guard case .result(let result) = answer.last else {
                throw GradeProblem(.defect, "the engine gave a wrong answer")
            }
            report.add(result, manifest)
        } catch {
            report.add(error)
        }
        return report
    }

    /// Address space of a child without guest memory: the executable, the Lua states, the snapshots' bookkeeping.
    private var baseMemory: UInt64 { 768 << 20 }

    private func target(_ manifest: LessonManifest, _ options: GradeOptions) throws(GradeProblem) -> String {
        guard let wanted = options.target ?? manifest.targets.first else {
            throw GradeProblem(.usage, "lesson \(manifest.id) names no targets")
        }
        guard manifest.targets.contains(wanted) else {
            let list = manifest.targets.joined(separator: ", ")
            throw GradeProblem(.usage, "lesson \(manifest.id) has no target \(wanted) (it has: \(list))")
        }
        return wanted
    }

    /// A plugin that cannot be read is disabled with one line.
    private func plugins(
        _ manifest: LessonManifest, _ options: GradeOptions, _ notices: inout [String]
    ) -> [LessonBundle] {
        let catalogue = PluginCatalogue(roots: roots)
        var names: [String] = []
        for name in manifest.plugins + options.plugins where !names.contains(name) { names.append(name) }
        var bundles: [LessonBundle] = []
        for name in names {
            do { bundles.append(try catalogue.bundle(name)) } catch {
                notices.append("plugin \(name) is disabled: \(error)")
            }
        }
        return bundles
    }
}
