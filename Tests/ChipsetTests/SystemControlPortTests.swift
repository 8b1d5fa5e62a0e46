import Chipset
import Testing

/// Port 61h.
struct SystemControlPortTests {
    @Test(arguments: [(UInt8(0xFF), UInt8(0x0F)), (0x01, 0x01), (0xF0, 0x00), (0x02, 0x02)] as [(UInt8, UInt8)])
    func onlyFourBitsAreKept(written: UInt8, read: UInt8) {
        var port = SystemControlPort()
        port.write(written)
        #expect(port.read(speakerOutput: false, at: 0) == read)
        #expect(port.speakerGate == (written & 1 != 0))
    }

    @Test(
        arguments: [(UInt64(0), false), (17, false), (18, true), (35, true), (36, false), (54, true)]
            as [(UInt64, Bool)])
    func refreshToggles(tick: UInt64, high: Bool) {
        #expect(SystemControlPort().read(speakerOutput: false, at: tick) == (high ? 0x10 : 0))
    }

    @Test func outputOfCounterTwoIsBitFive() {
        #expect(SystemControlPort().read(speakerOutput: true, at: 0) == 0x20)
    }
}
