import PC
import Testing

/// Exact integer ratios between instructions and device clocks.
struct VirtualClockTests {
    /// Clock rate, device rate, instruction count, pulses.
    @Test(
        arguments: [
            (100_000_000, 1_193_182, 100_000_000, 1_193_182), (100_000_000, 1_193_182, 83, 0),
            (100_000_000, 1_193_182, 84, 1), (100_000_000, 32_768, 3052, 1), (100_000_000, 32_768, 3051, 0),
            (1, 1_193_182, 2, 2_386_364), (3, 7, 10, 23), (100_000_000, 100_000_000, 12_345, 12_345),
            (1_000_000_000_000, 1, .max, 18_446_744), (1, 2, .max, .max),
        ] as [(UInt64, UInt64, UInt64, UInt64)])
    func ticks(clockHz: UInt64, rate: UInt64, count: UInt64, expected: UInt64) {
        #expect(VirtualClock(clockHz: clockHz).ticks(of: rate, at: count) == expected)
    }

    @Test(
        arguments: [
            (100_000_000, 1_193_182), (100_000_000, 32_768), (3, 7), (7, 3), (1, 1_193_182), (1_000_000_007, 1_193_182),
        ] as [(UInt64, UInt64)])
    func aPulseIsOverAtTheFirstCountThatShowsIt(clockHz: UInt64, rate: UInt64) {
        let clock = VirtualClock(clockHz: clockHz)
        for tick in [1, 2, 3, 1000, 1_193_181, 1_193_182, 99_999_999_999, 1 << 50] as [UInt64] {
            let count = clock.count(ofTick: tick, rate: rate)
            #expect(clock.ticks(of: rate, at: count) >= tick)
            #expect(clock.ticks(of: rate, at: count - 1) < tick)
        }
    }

    @Test func nothingDriftsInAYear() {
        let clock = VirtualClock(clockHz: 100_000_000)
        let year: UInt64 = 365 * 86_400
        #expect(clock.ticks(of: 1_193_182, at: year * 100_000_000) == year * 1_193_182)
        #expect(clock.count(ofTick: year * 1_193_182, rate: 1_193_182) == year * 100_000_000)
    }

    @Test func saturates() {
        #expect(VirtualClock(clockHz: 100_000_000).count(ofTick: .max, rate: 1) == .max)
        #expect(VirtualClock(clockHz: 0).clockHz == 1)
        #expect(VirtualClock(clockHz: 1).count(ofTick: 5, rate: 0) == 5)
    }
}
