import Confinement
import Testing

@Suite struct HostConfinementTests {
    @Test(.enabled(if: HostConfinement.current.hasFilter)) func confinedProcessCanDoNothing() throws {
        let acts = try #require(SelfConfinement.actsPossibleWhenConfined())
        #expect(acts.isEmpty)
    }
}
