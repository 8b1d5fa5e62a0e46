import Confinement
import Glibc
import Grading
import Testing

@Suite struct SubmissionTests {
    private func problem(_ folder: String, _ names: [String]) -> GradeProblem? {
        do throws(GradeProblem) {
            _ = try Submission(folder: folder, names: names)
            return nil
        } catch {
            return error
        }
    }

    @Test func filesAreRead() throws {
        let folder = try PrivateFolder()
        try folder.write([1], to: "a.asm")
        #expect(problem(folder.path, ["a.asm"]) == nil)
        #expect(problem(folder.path, ["a.asm", "b.asm"])?.status == .failed)
        #expect(problem(folder.path + "/none", ["a.asm"])?.status == .usage)
    }

    @Test func aLinkIsRefused() throws {
        let folder = try PrivateFolder()
        #expect(symlink("/etc/passwd", folder.path + "/a.asm") == 0)
        #expect(problem(folder.path, ["a.asm"])?.status == .failed)
    }

    @Test func theFallbackFillsGapsOnly() throws {
        let folder = try PrivateFolder()
        try folder.write([1], to: "mutant/a.asm")
        try folder.write([2], to: "solution/a.asm")
        try folder.write([3], to: "solution/b.asm")
        let names = ["a.asm", "b.asm"]
        let path = folder.path
        #expect(throws: Never.self) {
            try Submission(folder: path + "/mutant", names: names, fallback: path + "/solution")
        }
        #expect(throws: GradeProblem.self) { try Submission(folder: path + "/mutant", names: names) }
    }
}
