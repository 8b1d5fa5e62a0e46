/// An address after segmentation and before paging (SDM Vol. 3A 3.1 "Memory Management Overview").
public struct LinearAddress: Hashable, Sendable {
    /// The 32-bit address.
    public var value: UInt32

    /// Wraps a 32-bit linear address.
    public init(_ value: UInt32) { self.value = value }
}

/// An address on the processor's bus (SDM Vol. 3A 3.3.1 "IA-32 Memory Models").
public struct PhysicalAddress: Hashable, Sendable {
    /// The address; 32 significant bits without PAE, 36 with it.
    public var value: UInt64

    /// Wraps a physical address.
    public init(_ value: UInt64) { self.value = value }

    init(_ value: UInt32) { self.value = UInt64(value) }
}
