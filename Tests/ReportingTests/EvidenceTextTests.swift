import Reporting
import Testing

@Suite struct EvidenceTextTests {
    private func text(_ evidence: [String]) throws -> String {
        let report = try SampleReport.checked(["failed"], evidence: evidence)
        return TextReport(style: TextStyle(usesColour: false), language: .en).text(report)
    }

    @Test func repetitionIsToldOnce() throws {
        let text = try text(["@1 start", "@2 #PF here", "@3 #PF here", "@4 #PF here", "then: hang"])
        #expect(
            text.contains("@1 start\n        @2 #PF here\n        ... 2 more of these, the last @4\n        then: hang")
        )
    }

    @Test func differentEventsAreKept() throws {
        let text = try text(["@1 a", "@2 b", "@3 b", "@4 a"])
        for line in ["@1 a", "@2 b", "@3 b", "@4 a"] { #expect(text.contains(line)) }
        #expect(!text.contains("more of these"))
    }
}
