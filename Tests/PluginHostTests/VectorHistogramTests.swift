import Testing

@Suite struct VectorHistogramTests {
    @Test func countsAreToldWhenTheRunStops() throws {
        let (told, traced, plain) = try PluginRun.told(by: "vector-histogram")
        for part in [
            "halted: deliveries by vector", "         1  0Eh #PF", "page faults by cause",
            "         1  user write, no right",
        ] {
            #expect(told.contains(part), "no '\(part)' in:\n\(told)")
        }
        #expect(plain.digest == traced.digest)
        #expect(traced.notices.isEmpty)
    }
}
