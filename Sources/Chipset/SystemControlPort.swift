/// Port 61h: speaker, gate of timer counter 2, and the NMI status bits (Intel 82371SB data sheet, "NMISC").
public struct SystemControlPort: Sendable, Equatable {
    /// Bits 0 to 3 as last written: gate of counter 2, speaker data, SERR# and IOCHK# disabled.
    public private(set) var control: UInt8 = 0

    /// CLK pulses of the 8254 in half a period of the refresh toggle: counter 1 counts 18, about 15 microseconds.
    private static let refreshPulses: UInt64 = 18

    /// Everything off.
    public init() {}

    /// True while bit 0 lets counter 2 count.
    public var speakerGate: Bool { control & 1 != 0 }

    /// Writes the four control bits.
    public mutating func write(_ value: UInt8) {
        control = value & 0x0F
    }

    /// Reads the port: bit 4 toggles with memory refresh, bit 5 is OUT of counter 2; no SERR# or IOCHK# is pending.
    public func read(speakerOutput: Bool, at tick: UInt64) -> UInt8 {
        let refresh: UInt8 = (tick / SystemControlPort.refreshPulses) & 1 != 0 ? 0x10 : 0
        return control | refresh | (speakerOutput ? 0x20 : 0)
    }
}
