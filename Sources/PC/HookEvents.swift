import IA32

/// What a hook wants to happen.
public enum HookAction: Equatable, Sendable {
    /// Go on.
    case resume
    /// Leave out what was about to happen, where the hook point allows it; else the same as `resume`.
    case suppress
    /// End the run with `.hook(reason)` at the next instruction boundary.
    case stop(String)
}

/// The instruction at a hooked address is about to execute.
public struct CodeEvent: Sendable {
    /// EIP of the instruction.
    public let eip: UInt32
    /// Its linear address.
    public let linear: LinearAddress
    /// Instructions executed so far.
    public let instructionCount: UInt64
}

/// An access to the I/O address space.
public struct PortAccess: Sendable {
    /// First port of the access.
    public let port: UInt16
    /// 1, 2 or 4.
    public let bytes: Int
    /// The value written, or read; a hook may alter it.
    public var value: UInt32
    /// OUT rather than IN.
    public let isWrite: Bool
    /// Instruction pointer at the access.
    public let eip: UInt32
    /// Instructions executed so far.
    public let instructionCount: UInt64
}

/// A maskable interrupt was requested or acknowledged.
public struct InterruptEvent: Sendable {
    /// Request line 0...15 of the 8259s; nil for a local APIC interrupt.
    public let line: Int?
    /// Vector, where it is known.
    public let vector: UInt8?
    /// Instructions executed so far.
    public let instructionCount: UInt64
}

/// An NMI reached the processor.
public struct NMIEvent: Sendable {
    /// Where NMIs come from.
    public enum Source: Sendable { case pin, localAPIC }

    /// Where this one came from.
    public let source: Source
    /// An NMI handler has not yet executed IRET: this one waits (SDM Vol. 3A 6.7.1).
    public let isBlocked: Bool
    /// One was already waiting: this one is lost in it.
    public let wasPending: Bool
    /// Instructions executed so far.
    public let instructionCount: UInt64
}

/// The processor executed HLT and waits.
public struct HaltEvent: Sendable {
    /// EIP of the instruction after HLT.
    public let eip: UInt32
    /// EFLAGS.IF.
    public let interruptsEnabled: Bool
    /// Instructions executed so far.
    public let instructionCount: UInt64
}

/// The processor shut down.
public struct ShutdownEvent: Sendable {
    /// Vectors that led there, in order.
    public let chain: [UInt8]
    /// EIP at the shutdown.
    public let eip: UInt32
    /// Instructions executed so far.
    public let instructionCount: UInt64
}
