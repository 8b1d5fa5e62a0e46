import LessonScripting
import Testing

@Suite struct HeadlineLessonTests {
    @Test(arguments: ["01-nmi/nmi-storm", "02-page-faults/pf-read-only"])
    func solutionHasFullMarksAndStarterDoesNot(_ lesson: String) throws {
        let solution = try Repository.attempt(lesson, "solution")
        #expect(solution.fault == nil)
        for check in solution.checks {
            #expect(
                check.outcome == .passed,
                "\(check.id): \(check.message ?? "")\n\(check.evidence.joined(separator: "\n"))")
        }
        let starter = try Repository.attempt(lesson, "starter")
        #expect(starter.fault == nil)
        #expect(starter.checks.contains { $0.outcome == .failed })
        #expect(!starter.checks.contains { $0.outcome == .error })
    }

    @Test(arguments: ["01-nmi/nmi-storm", "02-page-faults/pf-read-only"])
    func digestIsTheSameWhenResumed(_ lesson: String) throws {
        let plain = try Repository.attempt(lesson, "solution")
        for part: UInt64 in [1, 37, 500] {
            let resumed = try Repository.attempt(lesson, "solution", resumeAfter: part)
            #expect(resumed.digest == plain.digest)
            #expect(resumed.checks.map(\.outcome) == plain.checks.map(\.outcome))
        }
    }
}
