import ArgumentParser
import Confinement
import Grading
import Lessons
import Reporting

/// Formats of a result.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    func render(_ reports: [GradeReport], style: TextStyle, detail: Bool = false) -> String {
        switch self {
        case .text:
            let text = TextReport(style: style, language: Session.current.language)
            return reports.map { text.text($0, detail: detail) }.joined(separator: "\n")
        case .json: return JSONReport(reports, toolVersion: Session.version).text
        }
    }
}

/// `traplab grade [LESSON ...]`.
struct GradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grade", abstract: "Grade a submission; exit status 0: all passed, 1: some failed.",
        discussion: "2: usage or manifest, 3: defect of the lesson, a plugin or the engine, 4: killed by a limit.")

    @Argument(help: "Ids or folders of lessons; those with a folder here when not given.") var lessons: [String] = []
    @OptionGroup var library: LibraryArguments
    @OptionGroup var attempt: AttemptArguments
    @Option(help: "Format of the result: text or json.") var format = ReportFormat.text
    @Option(help: "File for the result; it is always written.") var output: String?

    func run() throws {
        let names = names
        let nothing = GradeProblem(.usage, "no lesson was named, and none has a folder here")
        let reports =
            names.isEmpty
            ? [GradeReport(lesson: "no lesson", problem: nothing, seed: attempt.seed)]
            : names.map { attempt.grade($0, library) }
        let result = JSONReport(reports, toolVersion: Session.version)
        let style = Session.current.style
        if let output {
            let text = format.render(reports, style: TextStyle(usesColour: false))
            guard HostFile.replace(output, with: Array(text.utf8)) else {
                throw CommandEnd.usage("\(output) cannot be written")
            }
            Console.out(ReportFormat.text.render(reports, style: style))
        } else {
            Console.out(format.render(reports, style: style))
        }
        if result.exitStatus != 0 { throw CommandEnd(result.exitStatus) }
    }

    /// Without names: the lesson the current folder is named after, else those that have a folder in it.
    private var names: [String] {
        guard lessons.isEmpty else { return lessons }
        let known = library.entries.map(\.id)
        let here = Session.current.currentFolder.split(separator: "/").last.map(String.init) ?? ""
        if known.contains(here) { return [here] }
        return known.filter { HostFile.kind($0) == .folder }
    }
}

extension AttemptArguments {
    /// The report on one lesson; what goes wrong is in it.
    func grade(_ name: String, _ library: LibraryArguments) -> GradeReport {
        do {
            let lesson = try library.lesson(name)
            let manifest = try library.manifest(lesson)
            let folder = try submission(for: manifest)
            return library.grader.grade(lesson, manifest, submission: folder, options: options)
        } catch let end as CommandEnd {
            let status = GradeStatus(rawValue: end.status) ?? .defect
            return GradeReport(lesson: name, problem: GradeProblem(status, end.message ?? ""), seed: seed)
        } catch let problem as GradeProblem {
            return GradeReport(lesson: name, problem: problem, seed: seed)
        } catch {
            return GradeReport(lesson: name, problem: GradeProblem(.defect, "\(error)"), seed: seed)
        }
    }
}

/// `traplab run LESSON`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a submission and show what the machine did.")

    @Argument(help: "Id or folder of a lesson.") var lesson: String
    @OptionGroup var library: LibraryArguments
    @OptionGroup var attempt: AttemptArguments

    func run() throws {
        let report = attempt.grade(lesson, library)
        Console.out(ReportFormat.text.render([report], style: Session.current.style, detail: true))
        if report.status != .passed { throw CommandEnd(report.status.rawValue) }
    }
}

/// `traplab lesson check [LESSON ...]`.
struct LessonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lesson", abstract: "Work on lessons.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove lessons: the solution passes, the starter fails, every mutant fails its check only.")

        @Argument(help: "Ids or folders; every lesson when not given.") var lessons: [String] = []
        @OptionGroup var library: LibraryArguments

        func run() throws {
            let names = lessons.isEmpty ? library.entries.map(\.folder) : lessons
            guard !names.isEmpty else { throw CommandEnd.usage("no lessons were found (see traplab doctor)") }
            var status: Int32 = 0
            for name in names {
                let proof = LessonProof(try library.lesson(name), library.grader)
                Console.out(ProofText(style: Session.current.style).text(proof))
                status = max(status, proof.status.rawValue)
            }
            if status != 0 { throw CommandEnd(status) }
        }
    }
}
