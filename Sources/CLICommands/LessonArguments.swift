import ArgumentParser
import Confinement
import Grading
import Lessons

/// Where lessons and plugins are.
struct LibraryArguments: ParsableArguments {
    @Option(name: .customLong("lessons"), help: "Folder with lessons, instead of the usual places.")
    var folder: String?

    /// The folder of a lesson given by id or path.
    func lesson(_ name: String) throws -> LessonFolder {
        let roots = Session.current.roots(folder)
        do {
            let entry = try LessonCatalogue(roots: roots).find(name)
            return try LessonFolder(path: entry.folder, roots: roots)
        } catch let error as LessonError {
            throw CommandEnd.usage(error.description)
        } catch let problem as GradeProblem {
            throw CommandEnd(problem)
        }
    }

    var grader: Grader { Session.current.grader(folder) }

    func manifest(_ lesson: LessonFolder) throws -> LessonManifest {
        do { return try grader.manifest(of: lesson) } catch { throw CommandEnd(error) }
    }

    /// Every lesson that can be found.
    var entries: [LessonEntry] { LessonCatalogue(roots: Session.current.roots(folder)).entries() }
}

/// How an attempt is run.
struct AttemptArguments: ParsableArguments {
    @Option(help: "Kernel to run on; the lesson's first when not given.")
    var target: String?

    @Option(help: "Folder with the files to grade; the current folder or ./LESSON when not given.")
    var submission: String?

    @Option(help: "Seed of everything that is by chance.")
    var seed: UInt64 = 0

    @Option(name: .customLong("plugin"), help: "Plugin to load besides the lesson's own; may be repeated.")
    var plugins: [String] = []

    @Flag(help: "Print each delivery as it happened (the plugin trap-trace).")
    var trace = false

    @Option(help: .hidden)
    var resumeAfter: UInt64?

    var options: GradeOptions {
        var options = GradeOptions()
        options.target = target
        options.seed = seed
        options.plugins = plugins + (trace ? ["trap-trace"] : [])
        options.trace = trace || !plugins.isEmpty
        options.resumeAfter = resumeAfter
        options.language = Session.current.language
        return options
    }

    /// The folder to grade: the one given, else the current one if it has an exercise file, else ./LESSON.
    func submission(for manifest: LessonManifest) throws(GradeProblem) -> String {
        if let submission { return submission }
        if manifest.exerciseFiles.isEmpty || manifest.exerciseFiles.contains(where: { HostFile.kind($0) == .file }) {
            return "."
        }
        if HostFile.kind(manifest.id) == .folder { return manifest.id }
        throw GradeProblem(
            .usage,
            "neither the current folder nor ./\(manifest.id) has \(manifest.exerciseFiles[0]): "
                + "begin with traplab start \(manifest.id), or name a folder with --submission")
    }
}
