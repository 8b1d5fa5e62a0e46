import FoundationEssentials
import Grading

/// A report as the grader makes it, from JSON.
enum SampleReport {
    static func checked(
        _ outcomes: [String], hidden: Bool = false, evidence: [String] = ["#PF at KiTrap0E"]
    ) throws -> GradeReport {
        let checks = outcomes.enumerated().map { index, outcome in
            """
            {"id": "check-\(index)", "outcome": "\(outcome)", "points": \(outcome == "passed" ? 10 : 0), "maximum": 10,
             "message": "EAX: expected 1, got 2", "evidence": \(evidence), "location": "lesson.lua:7",
             "dependsOn": ["check-0"], "hidden": \(hidden && index == 1), "hintCount": 1,
             "title": {"en": "Title \(index)", "zh": "标题"}}
            """
        }
        let passed = outcomes.filter { $0 == "passed" }.count
        let status = passed == outcomes.count ? "passed" : outcomes.contains("error") ? "ungradable" : "failed"
        return try decode(
            """
            {"schema": 1, "lesson": "sample", "title": {"en": "A sample"}, "target": "wrk-up", "seed": 0,
             "status": "\(status)", "digest": "00ff", "score": \(passed * 10), "maximum": \(outcomes.count * 10),
             "checks": [\(checks.joined(separator: ","))], "scenarios": [], "notices": ["a notice"], "trace": []}
            """)
    }

    static func decode(_ text: String) throws -> GradeReport {
        try JSONDecoder().decode(GradeReport.self, from: Data(text.utf8))
    }
}
