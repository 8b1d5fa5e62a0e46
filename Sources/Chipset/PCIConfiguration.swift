/// PCI configuration mechanism 1 with an empty bus behind it (PCI Local Bus Specification 2.1, 3.2.2.3.2
/// "Software Generation of Configuration Transactions").
public struct PCIConfiguration: Sendable, Equatable {
    /// CONFIG_ADDRESS, port CF8h: bit 31 enables, bits 24 to 30 and 0 to 1 are always 0.
    public private(set) var address: UInt32 = 0

    /// The address register after reset.
    public init() {}

    /// Writes CONFIG_ADDRESS; only a doubleword access does.
    public mutating func setAddress(_ value: UInt32) { address = value & 0x80FF_FFFC }
}
