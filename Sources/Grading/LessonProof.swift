import LessonScripting
import Lessons

/// One statement about a lesson, proven or not.
public struct ProofStep: Codable, Sendable {
    /// The attempt: "solution", "starter", "mutants/<name>".
    public var subject: String
    /// What was expected of it.
    public var statement: String
    /// Why it does not hold; nil when it does.
    public var failure: String?
}

/// Proves a lesson: the solution has full marks (and the same digest when resumed), the starter does not pass, every mutant fails
/// the check that it names and nothing else but what depends on it.
public struct LessonProof: Codable, Sendable {
    /// The lesson's id.
    public var lesson: String
    /// What was tried.
    public var steps: [ProofStep] = []
    /// Passed, failed, or why it could not be tried.
    public var status: GradeStatus = .passed

    /// Tries everything on every target of the lesson.
    public init(_ lesson: LessonFolder, _ grader: Grader) {
        self.lesson = lesson.bundle.name
        do {
            let manifest = try grader.manifest(of: lesson)
            self.lesson = manifest.id
            for target in manifest.targets {
                Trial(lesson: lesson, manifest: manifest, grader: grader, target: target).run(&self)
            }
        } catch {
            add("lesson.lua", "is a manifest", error.message, error.status)
        }
    }

    mutating func add(_ subject: String, _ statement: String, _ failure: String?, _ status: GradeStatus = .failed) {
        steps.append(ProofStep(subject: subject, statement: statement, failure: failure))
        guard failure != nil else { return }
        self.status = self.status.rawValue < status.rawValue ? status : self.status
    }
}

/// The attempts of one lesson on one target.
private struct Trial {
    let lesson: LessonFolder
    let manifest: LessonManifest
    let grader: Grader
    let target: String

    func run(_ proof: inout LessonProof) {
        proveSolution(&proof)
        let starter = grade("starter")
        let passes = starter.status == .passed ? "it passes" : unlessRun(starter)
        proof.add("starter", "assembles, runs and does not pass", passes)
        let mutants = lesson.mutants
        if mutants.isEmpty { proof.add("mutants", "there are some", "there are none") }
        for name in mutants { proveMutant(name, &proof) }
    }

    private func grade(_ folder: String, resumeAfter: UInt64? = nil) -> GradeReport {
        var options = GradeOptions()
        options.target = target
        options.resumeAfter = resumeAfter
        return grader.grade(
            lesson, manifest, submission: lesson.folder(folder), fallback: lesson.folder("solution"), options: options)
    }

    private func proveSolution(_ proof: inout LessonProof) {
        let solution = grade("solution")
        let lost = solution.checks.first { $0.outcome != .passed || $0.points < Double($0.maximum) }
        let reason = solution.message ?? lost.map { "\($0.id): \($0.message ?? $0.outcome.rawValue)" }
        let isFull = solution.status == .passed && lost == nil
        proof.add("solution", "has full marks on \(target)", isFull ? nil : reason ?? "it has not")
        guard isFull else { return }
        let resumed = grade("solution", resumeAfter: 1000)
        let same = resumed.digest == solution.digest && resumed.status == .passed
        proof.add(
            "solution", "ends in the same digest when resumed from a snapshot",
            same ? nil : "\(resumed.digest ?? "none") instead of \(solution.digest ?? "none")")
    }

    /// Nil when the attempt ran without a defect.
    private func unlessRun(_ report: GradeReport) -> String? {
        report.digest == nil || report.status.rawValue > GradeStatus.failed.rawValue
            ? report.message ?? report.status.word : nil
    }

    private func proveMutant(_ name: String, _ proof: inout LessonProof) {
        let subject = "mutants/\(name)"
        let id = name.firstRange(of: "--").map { String(name[..<$0.lowerBound]) } ?? name
        let statement = "fails \(id) and nothing else"
        guard manifest.checks.contains(where: { $0.id == id }) else {
            return proof.add(subject, statement, "the lesson has no check \(id)")
        }
        let report = grade(subject)
        if let reason = unlessRun(report) { return proof.add(subject, statement, reason) }
        let dependents = dependents(of: id)
        for check in report.checks {
            let allowed: [CheckOutcome] =
                check.id == id ? [.failed] : dependents.contains(check.id) ? [.passed, .failed, .notRun] : [.passed]
            guard !allowed.contains(check.outcome) else { continue }
            return proof.add(subject, statement, "\(check.id): \(check.outcome.rawValue) \(check.message ?? "")")
        }
        proof.add(subject, statement, nil)
    }

    private func dependents(of id: String) -> Set<String> {
        var found: Set<String> = [id]
        var grew = true
        while grew {
            let more = manifest.checks.filter { !found.contains($0.id) && !found.isDisjoint(with: $0.after) }
            found.formUnion(more.map(\.id))
            grew = !more.isEmpty
        }
        return found
    }
}
