import FoundationEssentials
import Grading
import Reporting
import Testing

@Suite struct JSONReportTests {
    @Test func namesAndStatus() throws {
        let report = JSONReport([try SampleReport.checked(["passed", "failed"])], toolVersion: "1.2")
        #expect(report.exitStatus == 1)
        for part in [
            "\"tool_version\" : \"1.2\"", "\"exit_status\" : 1", "\"status\" : \"failed\"", "\"outcome\" : \"passed\"",
            "\"depends_on\"", "\"digest\" : \"00ff\"", "\"schema\" : 1",
        ] {
            #expect(report.text.contains(part), "\(part)")
        }
        #expect(report.text.hasSuffix("}\n"))
    }

    static let statuses: [([GradeStatus], Int32)] = [
        ([], 0), ([.passed, .passed], 0), ([.failed, .passed], 1), ([.failed, .limit, .usage], 4),
        ([.defect, .usage], 3),
    ]

    @Test(arguments: statuses) func theHighestStatusCounts(statuses: [GradeStatus], exit: Int32) {
        let reports = statuses.map { GradeReport(lesson: "x", problem: GradeProblem($0, ""), seed: 0) }
        #expect(JSONReport(reports, toolVersion: "1").exitStatus == exit)
    }

    @Test func readBack() throws {
        let report = JSONReport([try SampleReport.checked(["passed", "notRun"])], toolVersion: "1")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let copy = try decoder.decode(JSONReport.self, from: Data(report.text.utf8))
        #expect(copy.text == report.text)
    }
}
