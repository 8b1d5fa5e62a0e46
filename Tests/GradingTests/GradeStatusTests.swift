import FoundationEssentials
import Grading
import Testing

@Suite struct GradeStatusTests {
    @Test(arguments: GradeStatus.allCases) func wordsSurviveJSON(status: GradeStatus) throws {
        let data = try JSONEncoder().encode([status])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(status.word)\"]")
        #expect(try JSONDecoder().decode([GradeStatus].self, from: data) == [status])
    }

    @Test func exitStatuses() {
        #expect(GradeStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4])
    }
}
