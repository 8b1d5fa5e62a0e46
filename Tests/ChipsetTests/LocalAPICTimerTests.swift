import Chipset
import Testing

/// The local APIC's timer against its definition, clock by clock.
struct LocalAPICTimerTests {
    /// Divide configuration and the divisor.
    @Test(
        arguments: [
            (UInt32(0), UInt64(2)), (1, 4), (2, 8), (3, 16), (8, 32), (9, 64), (10, 128), (11, 1),
        ] as [(UInt32, UInt64)])
    func oneShot(configuration: UInt32, divisor: UInt64) {
        var timer = LocalAPICTimer()
        timer.setDivide(configuration, at: 0)
        timer.setInitialCount(10, at: 1000)
        #expect(timer.nextExpiry == 1000 + 10 * divisor)
        #expect(timer.currentCount(at: 1000 + 4 * divisor) == 6)
        #expect(timer.currentCount(at: 999 + 4 * divisor) == 7)
        #expect(timer.expire(at: 999 + 10 * divisor) == false)
        #expect(timer.expire(at: 1000 + 10 * divisor) == true)
        #expect(timer.expire(at: 100_000) == false)
        #expect(timer.currentCount(at: 100_000) == 0)
        #expect(timer.nextExpiry == nil)
    }

    @Test func periodic() {
        var timer = LocalAPICTimer()
        timer.setDivide(0xB, at: 0)
        timer.setPeriodic(true, at: 0)
        timer.setInitialCount(100, at: 7)
        var expiries: [UInt64] = []
        for tick in UInt64(0)...500 where timer.expire(at: tick) { expiries.append(tick) }
        #expect(expiries == [107, 207, 307, 407])
        #expect(timer.currentCount(at: 507) == 100)
        #expect(timer.currentCount(at: 506) == 1)
        #expect(timer.expire(at: 1_000_000) == true)
        #expect(timer.nextExpiry == 1_000_007, "periods missed are one expiry")
    }

    @Test func zeroStops() {
        var timer = LocalAPICTimer()
        timer.setInitialCount(5, at: 0)
        timer.setInitialCount(0, at: 1)
        #expect(timer.nextExpiry == nil)
        #expect(timer.currentCount(at: 50) == 0)
    }

    @Test func dividerChangesWhileItRuns() {
        var timer = LocalAPICTimer()
        timer.setDivide(0xB, at: 0)
        timer.setInitialCount(100, at: 0)
        timer.setDivide(0x0, at: 40)
        #expect(timer.currentCount(at: 40) == 60)
        #expect(timer.nextExpiry == 40 + 120)
        #expect(timer.currentCount(at: 42) == 59)
    }

    @Test func modeChangesWhileItRuns() {
        var timer = LocalAPICTimer()
        timer.setDivide(0xB, at: 0)
        timer.setInitialCount(100, at: 0)
        #expect(timer.expire(at: 100) == true)
        timer.setPeriodic(true, at: 150)
        #expect(timer.nextExpiry == 200)
        timer.setPeriodic(false, at: 160)
        #expect(timer.nextExpiry == nil)
    }
}
