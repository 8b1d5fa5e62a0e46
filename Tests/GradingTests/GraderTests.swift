import Confinement
import Grading
import Testing

@Suite struct GraderTests {
    static let lessons = ["01-nmi/nmi-storm", "02-page-faults/pf-read-only"]

    private func grade(_ lesson: String, _ attempt: String, _ change: (inout GradeOptions) -> Void = { _ in }) throws
        -> GradeReport
    {
        var options = GradeOptions()
        change(&options)
        let folder = try LessonFolder(path: "\(Checkout.root)/lessons/\(lesson)", roots: [Checkout.root])
        return Checkout.grader().grade(folder, submission: folder.folder(attempt), options: options)
    }

    @Test(arguments: lessons) func solutionHasFullMarks(lesson: String) throws {
        let report = try grade(lesson, "solution")
        #expect(report.status == .passed, "\(report.message ?? "")")
        #expect(report.score == Double(report.maximum))
        #expect(report.maximum > 0)
    }

    @Test(arguments: lessons) func starterFailsWithAMessage(lesson: String) throws {
        let report = try grade(lesson, "starter")
        #expect(report.status == .failed)
        #expect(report.score < Double(report.maximum))
        let failed = report.checks.filter { $0.outcome == .failed }
        #expect(!failed.isEmpty)
        #expect(failed.allSatisfy { $0.message?.isEmpty == false })
    }

    @Test(arguments: lessons) func digestIsTheSameHoweverItIsRun(lesson: String) throws {
        let plain = try #require(try grade(lesson, "solution").digest)
        for _ in 0..<3 { #expect(try grade(lesson, "solution").digest == plain) }
        let traced = try grade(lesson, "solution") {
            $0.trace = true
            $0.plugins = ["trap-trace"]
        }
        #expect(traced.digest == plain)
        #expect(!traced.trace.isEmpty)
        for count: UInt64 in [1, 1000, 50_000] {
            let resumed = try grade(lesson, "solution") { $0.resumeAfter = count }
            #expect(resumed.digest == plain, "resumed after \(count) instructions")
            #expect(resumed.status == .passed)
        }
    }

    @Test func unknownTargetAndPlugin() throws {
        #expect(try grade(GraderTests.lessons[0], "solution") { $0.target = "none" }.status == .usage)
        let report = try grade(GraderTests.lessons[0], "solution") { $0.plugins = ["no-such-plugin"] }
        #expect(report.status == .passed)
        #expect(report.notices.contains { $0.contains("no-such-plugin") })
    }

    @Test func wallClockLimit() throws {
        let folder = try LessonFolder(
            path: "\(Checkout.root)/lessons/\(GraderTests.lessons[0])", roots: [Checkout.root])
        let report = Checkout.grader(wallMilliseconds: 1).grade(folder, submission: folder.folder("solution"))
        #expect(report.status == .limit)
    }
}
