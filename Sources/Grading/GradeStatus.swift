import LessonScripting

/// What became of grading one lesson. The raw value is the exit status.
public enum GradeStatus: Int32, Codable, Sendable, CaseIterable {
    /// Every check passed.
    case passed = 0
    /// Some check failed, or the submission does not assemble.
    case failed = 1
    /// The request or the lesson's manifest is wrong.
    case usage = 2
    /// The lesson, a plugin or the engine is at fault: the attempt is ungradable, never zero.
    case defect = 3
    /// Killed by a limit.
    case limit = 4

    /// The word in reports.
    public var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .usage: "usage"
        case .defect: "ungradable"
        case .limit: "limit"
        }
    }

    /// The word of `word`.
    public init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        self = GradeStatus.allCases.first { $0.word == word } ?? .defect
    }

    /// Written as `word`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(word)
    }
}

/// Why there are no check results: a status and one clear line (or one line for each diagnostic).
public struct GradeProblem: Error, Hashable, Sendable {
    /// What it means for the grade.
    public var status: GradeStatus
    /// What to print.
    public var message: String

    /// A problem.
    public init(_ status: GradeStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// A fault of a lesson's or plugin's own Lua.
    public init(_ fault: ScriptFault) {
        self.init(GradeStatus(fault), fault.message)
    }
}

extension GradeStatus {
    /// Syntax and manifest faults are the caller's to mend, exhausted limits are limits, the rest are defects of the lesson.
    init(_ fault: ScriptFault) {
        switch fault.kind {
        case .syntax, .manifest: self = .usage
        case .instructions, .memory: self = .limit
        case .runtime: self = .defect
        }
    }
}
