import Grading
import LessonScripting
import Lessons

/// A grade as text for people.
public struct TextReport {
    private let style: TextStyle
    private let language: Language

    /// Text in a style and a language.
    public init(style: TextStyle, language: Language) {
        self.style = style
        self.language = language
    }

    /// The whole report; ends with a newline. `detail` adds how each scenario ended.
    public func text(_ report: GradeReport, detail: Bool = false) -> String {
        var lines = [heading(report)]
        lines += report.notices.map { "  " + style.paint("notice: \($0)", .doubtful) }
        lines += report.trace.flatMap { $0.split(separator: "\n") }.map { "  | " + $0 }
        if detail { lines += report.scenarios.flatMap(scenarioLines) }
        if let message = report.message { lines.append(problemText(report.status, message)) }
        let shown = report.checks.filter { !$0.hidden }
        if report.digest != nil {
            let width = shown.map(\.id.count).max() ?? 0
            lines += shown.flatMap { checkLines($0, report, width) }
            let hidden = report.checks.count - shown.count
            if hidden > 0 { lines.append("  \(hidden) more \(hidden == 1 ? "check is" : "checks are") not shown") }
        }
        lines.append(summary(report))
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(_ report: GradeReport) -> String {
        let title = report.title.map { "  " + $0.text(language) } ?? ""
        let target = report.target.map { " (\($0))" } ?? ""
        return style.paint(report.lesson, .strong) + title + target
    }

    private func problemText(_ status: GradeStatus, _ message: String) -> String {
        let word =
            switch status {
            case .passed, .failed: "the submission cannot be run"
            case .usage: "usage"
            case .defect: "ungradable"
            case .limit: "stopped by a limit"
            }
        let lines = message.split(separator: "\n").map(String.init)
        guard lines.count > 1 else { return "  " + style.paint("\(word):", .bad) + " \(message)" }
        return "  " + style.paint("\(word):", .bad) + "\n" + indented(lines.joined(separator: "\n"), 4)
    }

    private func scenarioLines(_ scenario: ScenarioResult) -> [String] {
        let stop = scenario.stopDetail.isEmpty ? scenario.stop : scenario.stopDetail
        let first = "  scenario \(scenario.id): \(stop), after \(scenario.instructions) instructions"
        return [style.paint(first, .faint)] + scenario.notes.map { "    " + $0 }
    }

    private func checkLines(_ check: CheckReport, _ report: GradeReport, _ width: Int) -> [String] {
        let (word, role) = TextReport.words(check.outcome)
        let points = paddedLeft("\(pointsText(check.points))/\(check.maximum)", 7)
        let title = check.title.map { "  " + $0.text(language) } ?? ""
        var lines = ["  \(style.paint(padded(word, 7), role)) \(padded(check.id, width)) \(points)\(title)"]
        guard check.outcome != .passed else { return lines }
        if check.outcome == .notRun {
            lines[0] += style.paint("  (needs \(check.dependsOn.joined(separator: ", ")))", .faint)
            return lines
        }
        if let message = check.message { lines.append(indented(message, 6)) }
        if !check.evidence.isEmpty {
            lines.append("      " + style.paint("what led there:", .faint))
            lines += EvidenceText.shortened(check.evidence).map { "        " + $0 }
        }
        if check.hintCount > 0 {
            lines.append("      " + style.paint("hint: traplab hint \(report.lesson) \(check.id)", .faint))
        }
        return lines
    }

    private static func words(_ outcome: CheckOutcome) -> (String, TextStyle.Role) {
        switch outcome {
        case .passed: ("passed", .good)
        case .failed: ("FAILED", .bad)
        case .notRun: ("not run", .doubtful)
        case .error: ("error", .bad)
        }
    }

    private func summary(_ report: GradeReport) -> String {
        let digest = report.digest.map { style.paint("  event log \($0)", .faint) } ?? ""
        if report.status.rawValue > GradeStatus.failed.rawValue {
            return "  " + style.paint("no points were given or taken", .doubtful) + digest
        }
        let points = "\(pointsText(report.score)) of \(report.maximum) points"
        return "  " + style.paint(points, report.status == .passed ? .good : .bad) + digest
    }
}
