/// What an `EventRecord` is about.
public enum EventKind: UInt8, Sendable, CaseIterable {
    case delivery = 1
    case interruptReturn, taskSwitch, interruptRequest, nmi, portWrite, stop, alteration, shutdown
}

/// One entry of the event log: 32 trivial bytes without padding, hashed as they are (little-endian).
public struct EventRecord: Sendable, Equatable {
    /// Number of instructions completed or faulted before this event.
    public var instruction: UInt64
    /// Raw `EventKind`.
    public var kindCode: UInt8
    /// Format of the record; 1.
    public var version: UInt8 = 1
    /// Processor, from 0.
    public var cpu: UInt8 = 0
    public var vector: UInt8
    /// Kind-specific: delivery source and CPL, stop reason, TSS selectors.
    public var detail: UInt32
    /// EIP that was pushed (delivery), was returned to (return), or was current.
    public var eip: UInt32
    /// CS before the event.
    public var cs: UInt16
    /// CS after it; for task switches the new TR is in `detail`.
    public var newCS: UInt16
    /// Error code, port value, exit code.
    public var value: UInt32
    /// CR2, port number, address.
    public var address: UInt32

    /// Makes a record of format version 1.
    public init(
        kind: EventKind, instruction: UInt64, vector: UInt8 = 0, detail: UInt32 = 0, eip: UInt32 = 0,
        cs: UInt16 = 0, newCS: UInt16 = 0, value: UInt32 = 0, address: UInt32 = 0
    ) {
        self.instruction = instruction
        kindCode = kind.rawValue
        self.vector = vector
        self.detail = detail
        self.eip = eip
        self.cs = cs
        self.newCS = newCS
        self.value = value
        self.address = address
    }

    /// The kind, if the code is one of this format's.
    public var kind: EventKind? { EventKind(rawValue: kindCode) }
}
