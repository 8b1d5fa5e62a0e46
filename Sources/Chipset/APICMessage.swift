/// One interrupt message between local APICs (SDM Vol. 3A 10.6 "Issuing Interprocessor Interrupts").
public struct APICMessage: Sendable, Equatable {
    /// Delivery mode, as encoded in ICR and LVT bits 8 to 10 (SDM Vol. 3A Figure 10-12).
    public enum DeliveryMode: UInt8, Sendable {
        case fixed, lowestPriority, smi, reserved, nmi, initialize, startUp, external
    }

    /// Destination shorthand, ICR bits 18 and 19.
    public enum Shorthand: UInt8, Sendable {
        case none, selfOnly, allIncludingSelf, allExcludingSelf
    }

    /// Vector; meaning depends on the mode.
    public let vector: UInt8
    /// Delivery mode.
    public let mode: DeliveryMode
    /// Destination shorthand; other than `none` it overrides the destination.
    public let shorthand: Shorthand
    /// True for a logical destination, false for a physical one.
    public let isLogical: Bool
    /// False only for an INIT level de-assert.
    public let isAssert: Bool
    /// Trigger mode, bit 15.
    public let isLevelTriggered: Bool
    /// APIC identifier or logical set; FFh is everybody.
    public let destination: UInt8

    /// The message that writing `low` to ICR (0-31) sends, with `high` in ICR (32-63).
    public init(low: UInt32, high: UInt32) {
        vector = UInt8(low & 0xFF)
        mode = DeliveryMode(rawValue: UInt8(low >> 8 & 7)) ?? .fixed
        shorthand = Shorthand(rawValue: UInt8(low >> 18 & 3)) ?? .none
        isLogical = low & 0x800 != 0
        isAssert = low & 0x4000 != 0
        isLevelTriggered = low & 0x8000 != 0
        destination = UInt8(high >> 24)
    }
}

/// A local vector table register (SDM Vol. 3A 10.5.1 "Local Vector Table").
public struct LocalVector: Sendable, Equatable {
    /// The register's value.
    public var value: UInt32

    /// The state after reset: masked, fixed, vector 0 (SDM Vol. 3A 10.4.7.1).
    public static let reset = LocalVector(value: 0x1_0000)

    /// Wraps a register value.
    public init(value: UInt32) {
        self.value = value
    }

    /// Vector, bits 0 to 7.
    public var vector: UInt8 { UInt8(value & 0xFF) }
    /// Delivery mode, bits 8 to 10.
    public var mode: APICMessage.DeliveryMode { APICMessage.DeliveryMode(rawValue: UInt8(value >> 8 & 7)) ?? .fixed }
    /// Mask, bit 16.
    public var isMasked: Bool { value & 0x1_0000 != 0 }
    /// Timer only: periodic rather than one-shot.
    public var isPeriodic: Bool { value & 0x2_0000 != 0 }
}
