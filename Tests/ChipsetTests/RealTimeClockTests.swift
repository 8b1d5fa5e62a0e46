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

    @Test func memoryKeepsWhatIsWrittenAndTimeDoesNot() {
        var clock = RealTimeClock(epoch: 0)
        clock.write(0x40, 0xA5, at: 0)
        clock.write(0x09, 0x99, at: 0)
        #expect(clock.read(0x40, at: 0) == 0xA5)
        #expect(clock.read(0x09, at: 0) == 0x70)
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
}
