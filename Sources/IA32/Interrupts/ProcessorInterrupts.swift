// Choices where implementations of the architecture differ.

extension Processor {
    /// Whether an IRET that faults leaves NMI blocked. False by default, as on Intel processors.
    /// SDM Vol. 3A 6.7.1 "Handling Multiple NMIs".
    public var keepsNMIBlockedOnFaultingReturn: Bool {
        get { core.s.pointee.keepsNMIBlockedOnFaultingReturn }
        set { core.s.pointee.keepsNMIBlockedOnFaultingReturn = newValue }
    }
}
