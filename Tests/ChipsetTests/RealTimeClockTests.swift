import Chipset
import Testing

/// Calendar, registers and interrupts of the MC146818.
struct RealTimeClockTests {
    private static let registers: [UInt8] = [0x00, 0x02, 0x04, 0x06, 0x07, 0x08, 0x09, 0x32]

    /// Seconds since 1970 and the registers seconds, minutes, hours, weekday, day, month, year, century in BCD.
    @Test(
        arguments: [
            (Int64(0), [UInt8(0x00), 0x00, 0x00, 5, 0x01, 0x01, 0x70, 0x19]),
            (946_684_800, [0x00, 0x00, 0x00, 7, 0x01, 0x01, 0x00, 0x20]),
            (951_868_799, [0x59, 0x59, 0x23, 3, 0x29, 0x02, 0x00, 0x20]),
            (1_048_464_000, [0x00, 0x00, 0x00, 2, 0x24, 0x03, 0x03, 0x20]),
            (4_107_542_399, [0x59, 0x59, 0x23, 1, 0x28, 0x02, 0x00, 0x21]),
            (4_107_542_400, [0x00, 0x00, 0x00, 2, 0x01, 0x03, 0x00, 0x21]),
        ] as [(Int64, [UInt8])])
    func calendar(epoch: Int64, expected: [UInt8]) {
        var clock = RealTimeClock(epoch: epoch)
        #expect(RealTimeClockTests.registers.map { clock.read($0, at: 0) } == expected)
    }

    @Test func timePasses() {
        var clock = RealTimeClock(epoch: 946_684_800)
        #expect(clock.read(0, at: 32_767) == 0x00)
        #expect(clock.read(0, at: 32_768) == 0x01)
        #expect(clock.read(2, at: 32_768 * 61) == 0x01)
    }

    /// Register B, hour of the day, register 4.
    @Test(
        arguments: [
            (UInt8(0x02), 0, UInt8(0x00)), (0x02, 23, 0x23), (0x06, 23, 23), (0x00, 0, 0x12), (0x00, 12, 0x92),
            (0x00, 13, 0x81), (0x04, 23, 0x8B), (0x00, 11, 0x11),
        ] as [(UInt8, Int64, UInt8)])
    func hourForms(registerB: UInt8, hour: Int64, expected: UInt8) {
        var clock = RealTimeClock(epoch: hour * 3600)
        clock.write(0x0B, registerB, at: 0)
        #expect(clock.read(4, at: 0) == expected)
    }

    @Test(
        arguments: [(UInt64(0), false), (32_694, false), (32_695, true), (32_767, true), (32_768, false)]
            as [(UInt64, Bool)])
    func updateInProgress(tick: UInt64, expected: Bool) {
        var clock = RealTimeClock(epoch: 0)
        #expect((clock.read(0x0A, at: tick) & 0x80 != 0) == expected)
    }

    @Test func memoryKeepsWhatIsWritten() {
        var clock = RealTimeClock(epoch: 0)
        clock.write(0x40, 0xA5, at: 0)
        clock.write(0x0C, 0xFF, at: 0)
        clock.write(0x0D, 0x00, at: 0)
        #expect(clock.read(0x40, at: 0) == 0xA5)
        #expect(clock.read(0x0C, at: 0) == 0x00)
        #expect(clock.read(0x0D, at: 0) == 0x80)
        clock.setMemory(0x15, 0x80)
        clock.setMemory(0x0D, 0)
        clock.setMemory(500, 1)
        #expect(clock.read(0x15, at: 0) == 0x80)
        #expect(clock.peek(0x0D) == 0x80)
    }

    /// Rate of register A and the period in pulses.
    @Test(arguments: [(UInt8(6), UInt64(32)), (15, 16_384), (1, 128), (2, 256), (3, 4)] as [(UInt8, UInt64)])
    func periodicInterrupt(rate: UInt8, period: UInt64) {
        var clock = RealTimeClock(epoch: 0)
        clock.write(0x0A, 0x20 | rate, at: 0)
        #expect(clock.nextEvent == nil)
        clock.write(0x0B, 0x42, at: 0)
        #expect(clock.nextEvent == period)
        clock.advance(to: period - 1)
        #expect(!clock.interruptRequested)
        clock.advance(to: period)
        #expect(clock.interruptRequested)
        #expect(clock.nextEvent == nil, "the line stays high until register C is read")
        #expect(clock.read(0x0C, at: period) == 0xC0)
        #expect(!clock.interruptRequested)
        #expect(clock.nextEvent == 2 * period)
    }

    @Test func updateEndedInterrupt() {
        var clock = RealTimeClock(epoch: 0)
        clock.write(0x0A, 0x20, at: 0)
        clock.write(0x0B, 0x12, at: 5)
        #expect(clock.nextEvent == 32_768)
        clock.advance(to: 32_768)
        #expect(clock.read(0x0C, at: 32_768) == 0x90)
        #expect(clock.read(0x0C, at: 32_768) == 0x00)
    }

    @Test func aStoppedDividerStopsInterrupts() {
        var clock = RealTimeClock(epoch: 0)
        clock.write(0x0B, 0x42, at: 0)
        clock.write(0x0A, 0x66, at: 0)
        #expect(clock.nextEvent == nil)
    }

    /// Register B, the time registers as written, and the seconds since 1970 they mean.
    @Test(
        arguments: [
            (UInt8(0x02), [UInt8(0x59), 0x58, 0x23, 1, 0x28, 0x02, 0x24, 0x20], Int64(1_709_164_739)),
            (0x06, [59, 58, 23, 1, 28, 2, 24, 20], 1_709_164_739),
            (0x00, [0x59, 0x58, 0x91, 1, 0x28, 0x02, 0x24, 0x20], 1_709_164_739),
            (0x00, [0x00, 0x00, 0x12, 1, 0x01, 0x01, 0x70, 0x19], 0),
            (0x02, [0x00, 0x00, 0x00, 1, 0x01, 0x01, 0x00, 0x19], 0),
        ] as [(UInt8, [UInt8], Int64)])
    func settingTheTime(registerB: UInt8, registers: [UInt8], seconds: Int64) {
        var clock = RealTimeClock(epoch: 500_000_000)
        let now: UInt64 = 32_768 * 100
        clock.write(0x0B, registerB | 0x80, at: now)
        for (index, value) in zip(RealTimeClockTests.registers, registers) { clock.write(index, value, at: now) }
        #expect(clock.read(0, at: now + 40_000) == registers[0], "SET stops the time")
        clock.write(0x0B, registerB, at: now)
        #expect(clock.epoch == seconds - 101, "one second passed with SET")
        #expect(clock.read(7, at: now + 40_000) == registers[4])
    }

    @Test func withoutSETEachWriteSetsTheTime() {
        var clock = RealTimeClock(epoch: 0)
        clock.write(0x09, 0x99, at: 0)
        #expect(clock.epoch == 915_148_800, "1999-01-01 came with one write, century 19")
        clock.write(0x00, 0x30, at: 32_768 * 5)
        #expect(clock.read(0, at: 32_768 * 5) == 0x30)
        #expect(clock.read(0, at: 32_768 * 6) == 0x31)
    }

    /// Alarm registers (seconds, minutes, hours), second of the day, and the seconds to wait.
    @Test(
        arguments: [
            ([UInt8(0x05), 0x00, 0x00], Int64(0), UInt64(5)), ([0x05, 0x00, 0x00], 5, 86_400),
            ([0x00, 0x30, 0x12], 0, 45_000), ([0xFF, 0xC0, 0xC0], 7, 1), ([0x00, 0xFF, 0xFF], 59, 1),
            ([0x00, 0x01, 0xFF], 60, 3600), ([0x59, 0x59, 0x23], 86_398, 1), ([0x99, 0x00, 0x00], 0, 0),
        ] as [([UInt8], Int64, UInt64)])
    func alarm(registers: [UInt8], second: Int64, wait: UInt64) {
        var clock = RealTimeClock(epoch: 946_684_800 + second)
        for (index, value) in zip([1, 3, 5] as [UInt8], registers) {
            clock.write(index, value, at: 0)
            #expect(clock.read(index, at: 0) == value)
        }
        clock.write(0x0B, 0x22, at: 0)
        guard wait > 0 else {
            #expect(clock.nextEvent == nil, "99 is no second")
            return
        }
        #expect(clock.nextEvent == wait * 32_768)
        clock.advance(to: wait * 32_768 - 1)
        #expect(!clock.interruptRequested)
        clock.advance(to: wait * 32_768)
        #expect(clock.interruptRequested)
        #expect(clock.read(0x0C, at: wait * 32_768) & 0xA0 == 0xA0)
        #expect(!clock.interruptRequested)
    }

    @Test func setClearsTheUpdateInterrupt() {
        var clock = RealTimeClock(epoch: 0)
        clock.write(0x0B, 0x92, at: 0)
        #expect(clock.read(0x0B, at: 0) == 0x82)
        #expect(clock.nextEvent == nil)
    }
}
