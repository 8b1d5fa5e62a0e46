import Grading
import Lessons
import Reporting
import Testing

@Suite struct TextReportTests {
    private func text(_ report: GradeReport, colour: Bool = false, language: Language = .en) -> String {
        TextReport(style: TextStyle(usesColour: colour), language: language).text(report)
    }

    @Test func failureShowsWhatTeaches() throws {
        let text = text(try SampleReport.checked(["passed", "failed", "notRun"]))
        #expect(text.contains("passed  check-0   10/10  Title 0"))
        #expect(text.contains("FAILED  check-1    0/10  Title 1"))
        #expect(text.contains("EAX: expected 1, got 2"))
        #expect(text.contains("#PF at KiTrap0E"))
        #expect(text.contains("hint: traplab hint sample check-1"))
        #expect(text.contains("not run check-2    0/10  Title 2  (needs check-0)"))
        #expect(text.contains("10 of 30 points  event log 00ff"))
        #expect(text.contains("notice: a notice"))
    }

    @Test func hiddenChecksAreCountedOnly() throws {
        let text = text(try SampleReport.checked(["passed", "failed"], hidden: true))
        #expect(!text.contains("check-1"))
        #expect(text.contains("1 more check is not shown"))
    }

    @Test func ungradableIsNotZero() throws {
        let text = text(try SampleReport.checked(["passed", "error"]))
        #expect(text.contains("no points were given or taken"))
        #expect(!text.contains("of 20 points"))
    }

    @Test(arguments: [true, false]) func colour(colour: Bool) throws {
        #expect(text(try SampleReport.checked(["failed"]), colour: colour).contains("\u{1B}[31m") == colour)
    }

    @Test func chinese() throws {
        #expect(text(try SampleReport.checked(["passed"]), language: .zh).contains("标题"))
    }

    @Test(arguments: [GradeStatus.usage, .defect, .limit]) func problem(status: GradeStatus) {
        let report = GradeReport(lesson: "x", problem: GradeProblem(status, "the reason"), seed: 0)
        #expect(text(report).contains("the reason"))
    }
}
