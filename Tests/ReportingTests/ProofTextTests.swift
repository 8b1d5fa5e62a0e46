import FoundationEssentials
import Grading
import Reporting
import Testing

@Suite struct ProofTextTests {
    @Test func brokenStatementsShowTheReason() throws {
        let json = """
            {"lesson": "sample", "status": "failed", "steps": [
              {"subject": "solution", "statement": "has full marks"},
              {"subject": "starter", "statement": "does not pass", "failure": "it passes"}]}
            """
        let proof = try JSONDecoder().decode(LessonProof.self, from: Data(json.utf8))
        let text = ProofText(style: TextStyle(usesColour: false)).text(proof)
        #expect(text.contains("holds  solution: has full marks"))
        #expect(text.contains("BROKEN starter: does not pass\n         it passes"))
    }
}
