import LessonScripting
import Lessons

/// One check in a report.
public struct CheckReport: Codable, Sendable {
    /// The check's id.
    public var id: String
    /// What it is about; nil when the lesson says nothing.
    public var title: LocalizedText?
    /// Passed, failed, not run because of another check, or an error that is not the student's.
    public var outcome: CheckOutcome
    /// Points reached.
    public var points: Double
    /// Points possible.
    public var maximum: Int
    /// Expected and actual, by name; nil when there is nothing to say.
    public var message: String?
    /// The events that led to a failure.
    public var evidence: [String]
    /// Where the expectation stands: "lesson.lua:12".
    public var location: String?
    /// Checks that had to pass first.
    public var dependsOn: [String]
    /// Part of the lesson that it belongs to.
    public var group: String?
    /// Not shown to a student.
    public var hidden: Bool
    /// How many stages of hints `traplab hint` has for it.
    public var hintCount: Int

    init(_ information: CheckInfo, _ result: CheckResult?) {
        id = information.id
        title = information.title
        outcome = result?.outcome ?? .notRun
        points = result?.points ?? 0
        maximum = information.points
        message = result?.message
        evidence = result?.evidence ?? []
        location = result?.location
        dependsOn = information.after
        group = information.group
        hidden = information.hidden
        hintCount = information.hints.count
    }
}

/// What grading one submission of one lesson came to.
public struct GradeReport: Codable, Sendable {
    /// Version of this structure.
    public var schema = 1
    /// The lesson's id.
    public var lesson: String
    /// Its title; nil when the manifest could not be read.
    public var title: LocalizedText?
    /// The kernel it ran on.
    public var target: String?
    /// The folder that was graded.
    public var submission: String?
    /// Seed of everything that is by chance.
    public var seed: UInt64
    /// Outcome of the whole.
    public var status: GradeStatus
    /// Why there are no results, when there are none.
    public var message: String?
    /// Digest of the event log, lower-case hex; nil when nothing ran.
    public var digest: String?
    /// Points reached and possible.
    public var score: Double = 0
    public var maximum: Int = 0
    /// Every check, in the lesson's order.
    public var checks: [CheckReport] = []
    /// How each scenario ended.
    public var scenarios: [ScenarioResult] = []
    /// Things to know, such as a disabled plugin.
    public var notices: [String] = []
    /// What plugins printed, when asked for.
    public var trace: [String] = []

    init(lesson: String, submission: String?, seed: UInt64) {
        self.lesson = lesson
        self.submission = submission
        self.seed = seed
        status = .defect
    }

    mutating func add(_ manifest: LessonManifest) {
        lesson = manifest.id
        title = manifest.title
        checks = manifest.checks.map { CheckReport($0, nil) }
        maximum = manifest.checks.reduce(0) { $0 + $1.points }
    }

    mutating func add(_ problem: GradeProblem) {
        status = problem.status
        message = problem.message
    }

    mutating func add(_ result: AttemptResult, _ manifest: LessonManifest) {
        let results = Dictionary(result.checks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        checks = manifest.checks.map { CheckReport($0, results[$0.id]) }
        scenarios = result.scenarios
        notices += result.notices
        digest = result.digest
        score = checks.reduce(0) { $0 + $1.points }
        if let fault = result.fault ?? result.scenarios.lazy.compactMap(\.fault).first {
            add(GradeProblem(GradeReport.status(fault), fault.message))
        } else if let broken = result.checks.first(where: { $0.outcome == .error }) {
            let status = broken.fault.map(GradeReport.status) ?? .defect
            add(GradeProblem(status, "check \(broken.id): \(broken.message ?? "error")"))
        } else {
            status = checks.allSatisfy { $0.outcome == .passed } ? .passed : .failed
        }
    }

    /// A fault while the lesson runs: a limit, or else a defect, whatever its kind.
    private static func status(_ fault: ScriptFault) -> GradeStatus {
        GradeStatus(fault) == .limit ? .limit : .defect
    }
}

extension GradeReport {
    /// A report on a lesson that could not even be begun.
    public init(lesson: String, problem: GradeProblem, seed: UInt64) {
        self.init(lesson: lesson, submission: nil, seed: seed)
        add(problem)
    }
}
