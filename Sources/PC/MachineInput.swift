/// Something that reaches the machine from outside at an instruction count.
public enum MachineInput: Equatable, Sendable {
    /// An edge on the NMI pin.
    case nmi
    /// An edge on request line 0...15: high until acknowledged.
    case irq(Int)
    /// A byte on the receive line of COM1.
    case serial(UInt8)
    /// A byte from the keyboard: codes of scan code set 2, unless the guest chose another.
    case key(UInt8)
}

/// An input and the instruction count at which it comes.
struct ScheduledInput {
    var count: UInt64
    var input: MachineInput
}

/// Everything of the machine outside the processor, the memory and the log that a snapshot must hold.
struct MachineState {
    var devices: Devices
    /// Ordered by count, then by the order of scheduling.
    var inputs: [ScheduledInput] = []
    /// Request lines to lower when they are acknowledged.
    var pulsedLines: UInt16 = 0
    /// Bytes that end at 4 GiB; empty without a ROM.
    var rom: [UInt8] = []
    /// The guest asked for a reset, which comes at the next instruction boundary.
    var resetPending = false
    /// Level of INTR as the processor was last told.
    var interruptLine = false
    /// An NMI waits for port 70h bit 7 to be cleared.
    var heldNMI = false
    /// Instruction count of the next device event or input.
    var nextEvent: UInt64 = .max
    /// Count at which the present search for a repeating state began, while it is not finished.
    var searchStart: UInt64?
    /// Count at which the last search began.
    var lastSearch: UInt64?
    /// The last stop that was logged.
    var loggedStop: LoggedStop?
}

/// Identifies a logged stop, so that asking again does not log it again.
struct LoggedStop: Equatable {
    var code: UInt32
    var instruction: UInt64
}
