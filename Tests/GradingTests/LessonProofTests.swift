import Confinement
import Grading
import Testing

@Suite struct LessonProofTests {
    private func prove(_ folder: PrivateFolder) throws -> LessonProof {
        LessonProof(try LessonFolder(path: folder.path, roots: [Checkout.root]), Checkout.grader())
    }

    @Test func soundLessonIsProven() throws {
        let proof = try prove(try Checkout.copy("02-page-faults/pf-read-only"))
        #expect(proof.status == .passed, "\(proof.steps.filter { $0.failure != nil })")
        #expect(proof.steps.count >= 6)
    }

    @Test func brokenSolutionIsFound() throws {
        let folder = try Checkout.copy("02-page-faults/pf-read-only")
        let starter = try #require(folder.read("starter/page_fault.asm"))
        try folder.write(starter, to: "solution/page_fault.asm")
        let proof = try prove(folder)
        #expect(proof.status == .failed)
        #expect(proof.steps.contains { $0.subject == "solution" && $0.failure != nil })
    }

    @Test func weakenedChecksAreFound() throws {
        let folder = try Checkout.copy("02-page-faults/pf-read-only")
        let text = String(decoding: try #require(folder.read("lesson.lua")), as: UTF8.self)
        let weak = text.replacing("expect.", with: "lax.")
        let lax = "local lax <const> = setmetatable({}, { __index = function() return function() return {} end end })\n"
        try folder.write(Array((lax + weak).utf8), to: "lesson.lua")
        let proof = try prove(folder)
        #expect(proof.status != .passed)
        #expect(proof.steps.contains { $0.subject.hasPrefix("mutants/") && $0.failure != nil })
    }

    @Test func aMutantOfAnUnknownCheckIsFound() throws {
        let folder = try Checkout.copy("02-page-faults/pf-read-only")
        let solution = try #require(folder.read("solution/page_fault.asm"))
        try folder.write(solution, to: "mutants/no-such-check--x/page_fault.asm")
        let proof = try prove(folder)
        #expect(proof.steps.contains { $0.failure?.contains("no check no-such-check") == true })
    }
}
