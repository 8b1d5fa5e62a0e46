import Testing

@Suite struct TrapTraceTests {
    @Test func aPageFaultIsToldAsAStory() throws {
        let (told, traced, plain) = try PluginRun.told(by: "trap-trace")
        for part in [
            "#PF, fault, depth", "at UserMain (0x00401000), CPL 3: mov",
            "why: the page tables do not allow this access",
            "error code: 0x7 (present, write, user)", "linear address 0x00410000 (USER_RO_PAGE)",
            "gate: interrupt32, DPL 0, clears IF; handler KiTrap0E", "pushes ss=23", "error=7",
        ] {
            #expect(told.contains(part), "no '\(part)' in:\n\(told)")
        }
        #expect(plain.digest == traced.digest)
        #expect(traced.notices.isEmpty)
    }
}
