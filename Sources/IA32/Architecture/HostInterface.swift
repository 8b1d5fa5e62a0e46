/// How an exception or interrupt came about (SDM Vol. 3A 6.3 "Sources of Interrupts", 6.5).
public enum DeliverySource: UInt8, Sendable, CaseIterable {
    case fault, trap, abort, externalInterrupt, nmi, softwareInterrupt, breakpointInstruction, overflowInstruction

    /// INT n, INT3 and INTO: the gate's DPL is checked, EXT is clear (SDM Vol. 3A 6.12.1.2).
    public var isSoftware: Bool { rawValue >= DeliverySource.softwareInterrupt.rawValue }
}

/// An exception or interrupt about to be delivered, or just delivered.
public struct Delivery: Sendable {
    public var vector: UInt8
    public var source: DeliverySource
    /// The error code that will be pushed; nil for vectors without one.
    public var errorCode: UInt32?
    /// For #PF the faulting linear address; CR2 is loaded with it just before the delivery.
    public var cr2: UInt32?
    /// The EIP that will be pushed.
    public let eip: UInt32
    public let cs: UInt16
    public let cpl: UInt8
    public let eflags: UInt32
    public let ss: UInt16
    public let esp: UInt32
    /// The instruction being executed, or about to be for interrupts.
    public let instructionEIP: UInt32
    /// The eight raw bytes of the gate (four of the vector table in real mode); nil outside the table's limit.
    public let gate: UInt64?
    /// Deliveries not yet returned from, before this one.
    public let depth: UInt32
    public let instructionCount: UInt64
}

/// What a `willDeliver` hook decides.
public enum DeliveryVerdict: Sendable {
    /// Deliver as the (possibly altered) value stands.
    case deliver
    /// Deliver nothing; execution goes on at the current EIP.
    case suppress
    /// Deliver nothing and end `run()` with `.stopRequested`.
    case stop
}

/// An IRET that completed.
public struct ReturnEvent: Sendable {
    public let fromEIP: UInt32
    public let toEIP: UInt32
    public let toCS: UInt16
    public let toCPL: UInt8
    public let eflags: UInt32
    /// NT was set: the return was a task switch (SDM Vol. 3A 7.4 "Task Linking").
    public let taskReturn: Bool
    /// Deliveries still not returned from.
    public let depth: UInt32
    public let instructionCount: UInt64
}

/// A page fault that was raised; its delivery follows.
public struct PageFaultEvent: Sendable {
    public let linear: LinearAddress
    /// Bits P, W/R, U/S, RSVD, I/D (SDM Vol. 3A 4.7 "Page-Fault Exceptions").
    public let errorCode: UInt32
    public let eip: UInt32
    public let cpl: UInt8
    public let instructionCount: UInt64
}

/// What causes a task switch (SDM Vol. 3A 7.3 "Task Switching").
public enum TaskSwitchSource: UInt8, Sendable { case jump, call, interruptReturn, gate }

/// A hardware task switch.
public struct TaskSwitchEvent: Sendable {
    public let oldSelector: UInt16
    public let newSelector: UInt16
    public let source: TaskSwitchSource
    /// EIP at the time of the event: the outgoing task's before, the incoming task's after.
    public let eip: UInt32
    public let instructionCount: UInt64
}

/// Which hooks the host wants to be called for. With none set an event costs one test.
public struct HookMask: OptionSet, Sendable {
    public let rawValue: UInt32
    /// Makes a mask of raw bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let willDeliver = HookMask(rawValue: 1)
    public static let didDeliver = HookMask(rawValue: 2)
    public static let didReturn = HookMask(rawValue: 4)
    public static let pageFault = HookMask(rawValue: 8)
    public static let taskSwitch = HookMask(rawValue: 16)
}

/// What the machine around the processor supplies. Called on slow paths only.
public protocol ProcessorHost: AnyObject {
    /// Reads a port; `bytes` is 1, 2 or 4. Unmapped ports read all ones.
    func readPort(_ port: UInt16, bytes: Int) -> UInt32
    /// Writes a port; `bytes` is 1, 2 or 4.
    func writePort(_ port: UInt16, value: UInt32, bytes: Int)
    /// Reads a physical address that is not RAM; unmapped addresses read all ones.
    func readDevice(_ address: PhysicalAddress, bytes: Int) -> UInt32
    /// Writes a physical address that is not RAM.
    func writeDevice(_ address: PhysicalAddress, value: UInt32, bytes: Int)
    /// Interrupt acknowledge: answers the vector (8259A data sheet, "Interrupt Sequence").
    func acknowledgeInterrupt() -> UInt8
    /// FERR#: changes when an unmasked x87 exception waits to be handled with CR0.NE = 0, and when it is cleared. A PC
    /// raises IRQ 13. The default does nothing.
    func setFloatingPointErrorLine(_ asserted: Bool)
    /// IGNNE#: with CR0.NE = 0, x87 instructions execute despite a pending exception. The default is false.
    var ignoresFloatingPointErrors: Bool { get }
    /// Called before a delivery when `.willDeliver` is set.
    func willDeliver(_ delivery: inout Delivery) -> DeliveryVerdict
    /// Called when the handler's first instruction is about to execute and `.didDeliver` is set.
    func didDeliver(_ delivery: Delivery)
    /// Called after an IRET when `.didReturn` is set.
    func didReturn(_ event: ReturnEvent)
    /// Called when a #PF is raised and `.pageFault` is set.
    func willFaultPage(_ fault: PageFaultEvent)
    /// Called before a task switch's first check when `.taskSwitch` is set.
    func willSwitchTask(_ event: TaskSwitchEvent)
    /// Called after a completed task switch when `.taskSwitch` is set.
    func didSwitchTask(_ event: TaskSwitchEvent)
    /// Called before the instruction at one of `Processor.codeHooks` executes.
    func reachedCodeAddress(_ eip: UInt32, linear: LinearAddress)
    /// Takes the event log in order, in batches.
    func consume(_ records: [EventRecord])
    /// Called after WRMSR changed IA32_APIC_BASE (SDM Vol. 3A 10.4.4 "Local APIC Status and Location").
    func didSetAPICBase(_ value: UInt64)
}

extension ProcessorHost {
    /// By default the local APIC stays where it is.
    public func didSetAPICBase(_ value: UInt64) {}
}

/// Why `Processor.run()` returned.
public enum RunExit: Equatable, Sendable {
    /// `instructionCount` reached `deadline`.
    case deadline
    /// HLT: waiting for an interrupt (SDM Vol. 2A "HLT").
    case halted
    /// A fault during the delivery of #DF (SDM Vol. 3A 6.15 "Interrupt 8").
    case shutdown
    /// `requestStop()` or a hook's verdict.
    case stopRequested
}
