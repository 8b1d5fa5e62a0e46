/// A local APIC in xAPIC mode (SDM Vol. 3A chapter 10 "Advanced Programmable Interrupt Controller").
///
/// Messages it sends are returned by `write`; NMI, SMI and INIT that arrive are returned by `receive`.
public struct LocalAPIC: Sendable, Equatable {
    /// Physical address of the register page after reset.
    public static let baseAddress: UInt64 = 0xFEE0_0000

    /// What a message asks of the processor beyond a vector in IRR.
    public enum Signal: Sendable, Equatable { case nmi, smi, initialize, startUp(UInt8) }

    /// Local APIC identifier, 0...15.
    public private(set) var identifier: UInt8
    /// Task priority register.
    public private(set) var taskPriority: UInt8 = 0
    /// Interrupt request register.
    public private(set) var requested = VectorSet()
    /// In-service register.
    public private(set) var inService = VectorSet()
    /// Trigger mode register.
    public private(set) var triggerMode = VectorSet()
    /// Spurious-interrupt vector register; bit 8 enables the APIC.
    public private(set) var spurious: UInt32 = 0xFF
    /// LVT timer register.
    public private(set) var timerVector = LocalVector.reset
    /// LVT performance monitoring counters register; kept only.
    public private(set) var performanceVector = LocalVector.reset
    /// LVT LINT0 register: the 8259s' output.
    public private(set) var lint0 = LocalVector.reset
    /// LVT LINT1 register: the NMI pin.
    public private(set) var lint1 = LocalVector.reset
    /// LVT error register.
    public private(set) var errorVector = LocalVector.reset
    /// The timer.
    public private(set) var timer = LocalAPICTimer()
    /// Error status register as last latched.
    public private(set) var errorStatus: UInt32 = 0

    private var endedLevelVector: UInt8?
    private var pendingErrors: UInt32 = 0
    private var logicalDestination: UInt32 = 0
    private var destinationFormat: UInt32 = 0xFFFF_FFFF
    private var commandLow: UInt32 = 0
    private var commandHigh: UInt32 = 0

    private static let sendIllegalVector: UInt32 = 0x20
    private static let receiveIllegalVector: UInt32 = 0x40
    private static let illegalRegister: UInt32 = 0x80

    /// The state after reset (SDM Vol. 3A 10.4.7.1): disabled by software, everything masked.
    public init(identifier: UInt8) {
        self.identifier = identifier & 0x0F
    }

    /// Enables virtual-wire mode as PC firmware does: SVR 1FFh, LINT0 ExtINT, LINT1 NMI.
    public mutating func enterVirtualWireMode() {
        spurious = 0x1FF
        lint0 = LocalVector(value: 0x700)
        lint1 = LocalVector(value: 0x400)
    }

    /// Bit 8 of the spurious-interrupt vector register.
    public var isEnabled: Bool { spurious & 0x100 != 0 }

    /// Processor priority register (SDM Vol. 3A 10.8.3.1).
    public var processorPriority: UInt8 {
        let serving = inService.highest ?? 0
        return taskPriority & 0xF0 >= serving & 0xF0 ? taskPriority : serving & 0xF0
    }

    /// The vector that would be dispensed now: its class is above that of the processor priority.
    public var pendingVector: UInt8? {
        guard isEnabled, let vector = requested.highest else { return nil }
        return vector >> 4 > processorPriority >> 4 ? vector : nil
    }

    /// True if a request with this vector would interrupt now, with the priorities as they are.
    public func wouldInterrupt(_ vector: UInt8) -> Bool { isEnabled && vector >> 4 > processorPriority >> 4 }

    /// True if the 8259's output reaches the processor: through LINT0 as ExtINT, or because the APIC is disabled.
    public var passesExternalInterrupts: Bool { !isEnabled || (!lint0.isMasked && lint0.mode == .external) }

    /// True if the NMI pin reaches the processor: through LINT1 as NMI, or because the APIC is disabled.
    public var passesNMI: Bool { !isEnabled || (!lint1.isMasked && lint1.mode == .nmi) }

    /// The acknowledge cycle: the pending vector goes in service; without one the spurious vector, no ISR bit.
    public mutating func acknowledge() -> UInt8 {
        guard let vector = pendingVector else { return UInt8(spurious & 0xFF) }
        requested[vector] = false
        inService[vector] = true
        return vector
    }

    /// Puts a vector in IRR; below 16 it is an error instead (SDM Vol. 3A 10.5.2 "Valid Interrupt Vectors").
    public mutating func accept(_ vector: UInt8, isLevelTriggered: Bool = false) {
        guard vector >= 16 else { return report(LocalAPIC.receiveIllegalVector) }
        requested[vector] = true
        triggerMode[vector] = isLevelTriggered
    }

    /// The vector of a level-triggered interrupt that an EOI ended since the last call: the I/O APICs are to be told
    /// (SDM Vol. 3A 10.8.5 "Signaling Interrupt Servicing Completion").
    public mutating func takeEndedLevelVector() -> UInt8? {
        defer { endedLevelVector = nil }
        return endedLevelVector
    }

    /// True if this APIC is a destination of a message (SDM Vol. 3A 10.6.2), `sentHere` if it is the sender.
    public func isDestination(of message: APICMessage, sentHere: Bool) -> Bool {
        switch message.shorthand {
        case .selfOnly: return sentHere
        case .allIncludingSelf: return true
        case .allExcludingSelf: return !sentHere
        case .none: break
        }
        if message.destination == 0xFF { return true }
        guard message.isLogical else { return message.destination & 0x0F == identifier }
        let own = UInt8(logicalDestination >> 24)
        if destinationFormat >> 28 == 0xF { return own & message.destination != 0 }
        return own >> 4 == message.destination >> 4 && own & message.destination & 0x0F != 0
    }

    /// Takes a message; returns the signal for the processor, if it is not a vector for IRR.
    public mutating func receive(_ message: APICMessage) -> Signal? {
        switch message.mode {
        case .fixed, .lowestPriority:
            // A disabled APIC answers only INIT, NMI, SMI and SIPI (SDM Vol. 3A 10.4.7.2).
            if isEnabled { accept(message.vector, isLevelTriggered: message.isLevelTriggered) }
            return nil
        case .nmi: return .nmi
        case .smi: return .smi
        case .initialize: return message.isAssert || !message.isLevelTriggered ? .initialize : nil
        case .startUp: return .startUp(message.vector)
        case .reserved, .external: return nil
        }
    }

    /// Bus clock of the next timer interrupt that can reach IRR or the NMI pin; nil if stopped or masked.
    public var nextEvent: UInt64? { timerVector.isMasked ? nil : timer.nextExpiry }

    /// Runs the timer up to bus clock `tick`.
    public mutating func advance(to tick: UInt64) {
        guard timer.expire(at: tick), !timerVector.isMasked else { return }
        accept(timerVector.vector)
    }
}

extension LocalAPIC {
    /// Reads the register at `offset` (0...FFFh) from the page's start.
    public mutating func read(_ offset: UInt32, at tick: UInt64) -> UInt32 {
        advance(to: tick)
        guard let value = peek(offset, at: tick) else {
            report(LocalAPIC.illegalRegister)
            return 0
        }
        return value
    }

    /// The register at `offset` without side effects; nil if there is none.
    public func peek(_ offset: UInt32, at tick: UInt64) -> UInt32? {
        switch offset & 0xFF0 {
        case 0x020: return UInt32(identifier) << 24
        case 0x030: return 0x0004_0014  // five LVT entries, version 14h
        case 0x080: return UInt32(taskPriority)
        case 0x090: return 0  // arbitration priority: one processor has no rival
        case 0x0A0: return UInt32(processorPriority)
        case 0x0B0: return 0  // EOI is write only
        case 0x0D0: return logicalDestination
        case 0x0E0: return destinationFormat
        case 0x0F0: return spurious
        case 0x100...0x170: return inService.doubleword(UInt8(offset >> 4 & 7))
        case 0x180...0x1F0: return triggerMode.doubleword(UInt8(offset >> 4 & 7))
        case 0x200...0x270: return requested.doubleword(UInt8(offset >> 4 & 7))
        case 0x280: return errorStatus
        case 0x300: return commandLow
        case 0x310: return commandHigh
        case 0x320: return timerVector.value
        case 0x340: return performanceVector.value
        case 0x350: return lint0.value
        case 0x360: return lint1.value
        case 0x370: return errorVector.value
        case 0x380: return timer.initialCount
        case 0x390: return timer.currentCount(at: tick)
        case 0x3E0: return timer.divideConfiguration
        default: return nil
        }
    }

    /// Writes the register at `offset`; returns the message that a write to ICR (0-31) sends.
    public mutating func write(_ offset: UInt32, _ value: UInt32, at tick: UInt64) -> APICMessage? {
        advance(to: tick)
        switch offset & 0xFF0 {
        case 0x020: identifier = UInt8(value >> 24 & 0x0F)
        case 0x080: taskPriority = UInt8(value & 0xFF)
        case 0x0B0: endOfInterrupt()
        case 0x0D0: logicalDestination = value & 0xFF00_0000
        case 0x0E0: destinationFormat = value | 0x0FFF_FFFF
        case 0x0F0: writeSpurious(value)
        case 0x280:
            errorStatus = pendingErrors
            pendingErrors = 0
        case 0x300: return writeCommand(value)
        case 0x310: commandHigh = value & 0xFF00_0000
        case 0x320...0x370: writeLocalVector(offset & 0xFF0, value, at: tick)
        case 0x380: timer.setInitialCount(value, at: tick)
        case 0x3E0: timer.setDivide(value, at: tick)
        case 0x030, 0x090, 0x0A0, 0x100...0x270, 0x390: break  // read only
        default: report(LocalAPIC.illegalRegister)
        }
        return nil
    }

    private mutating func endOfInterrupt() {
        guard let vector = inService.highest else { return }
        inService[vector] = false
        if triggerMode[vector] { endedLevelVector = vector }
    }

    /// Disabling the APIC sets the mask bit of every LVT entry (SDM Vol. 3A 10.4.7.2).
    private mutating func writeSpurious(_ value: UInt32) {
        spurious = value & 0x3FF
        guard !isEnabled else { return }
        timerVector.value |= 0x1_0000
        performanceVector.value |= 0x1_0000
        lint0.value |= 0x1_0000
        lint1.value |= 0x1_0000
        errorVector.value |= 0x1_0000
    }

    private mutating func writeCommand(_ value: UInt32) -> APICMessage? {
        commandLow = value & 0x000C_CFFF
        let message = APICMessage(low: commandLow, high: commandHigh)
        if message.vector < 16 && (message.mode == .fixed || message.mode == .lowestPriority) {
            report(LocalAPIC.sendIllegalVector)
            return nil
        }
        return message
    }

    private mutating func writeLocalVector(_ offset: UInt32, _ value: UInt32, at tick: UInt64) {
        let masked: UInt32 = isEnabled ? 0 : 0x1_0000
        switch offset {
        case 0x320:
            timerVector.value = value & 0x3_00FF | masked
            timer.setPeriodic(timerVector.isPeriodic, at: tick)
        case 0x340: performanceVector.value = value & 0x1_07FF | masked
        case 0x350: lint0.value = value & 0x1_A7FF | masked
        case 0x360: lint1.value = value & 0x1_A7FF | masked
        case 0x370: errorVector.value = value & 0x1_00FF | masked
        default: report(LocalAPIC.illegalRegister)
        }
    }

    /// Collects an error and requests the error interrupt (SDM Vol. 3A 10.5.3 "Error Handling").
    private mutating func report(_ error: UInt32) {
        pendingErrors |= error
        if !errorVector.isMasked && errorVector.vector >= 16 { requested[errorVector.vector] = true }
    }
}
