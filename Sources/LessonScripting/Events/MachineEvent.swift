import IA32
import PC

/// The kinds of events that a script can listen to; the raw value is the name it uses.
enum EventPoint: String, CaseIterable {
    case deliver, delivered, exception, interrupt, nmi, int
    case pageFault = "page_fault"
    case returned
    case taskSwitch = "task_switch"
    case execute, port, halt, shutdown, stop, bugcheck, status
}

/// One thing that happened, as the hooks of the machine told it.
struct MachineEvent {
    enum Payload {
        case delivery(Delivery, frame: [PushedWord])
        case pageFault(PageFaultEvent)
        case returned(ReturnEvent)
        case taskSwitch(TaskSwitchEvent)
        /// The registers are kept only when the event is recorded.
        case execute(CodeEvent, name: String, RegisterSet?)
        case port(PortAccess)
        case halt(HaltEvent)
        case shutdown(ShutdownEvent)
        case stop(StopReason, eip: UInt32, count: UInt64)
        case bugcheck(CodeEvent, code: UInt32, parameters: [UInt32])
        case status(CodeEvent, StatusRecord)
    }

    /// The name in filters: "delivered", never an alias such as "exception".
    let kind: String
    let payload: Payload

    /// Guest instructions run before it.
    var count: UInt64 {
        switch payload {
        case .delivery(let event, _): event.instructionCount
        case .pageFault(let event): event.instructionCount
        case .returned(let event): event.instructionCount
        case .taskSwitch(let event): event.instructionCount
        case .execute(let event, _, _), .bugcheck(let event, _, _), .status(let event, _): event.instructionCount
        case .port(let event): event.instructionCount
        case .halt(let event): event.instructionCount
        case .shutdown(let event): event.instructionCount
        case .stop(_, _, let count): count
        }
    }
}

/// A word that a delivery pushes.
struct PushedWord {
    let name: String
    let value: UInt32
}

/// The general registers, EIP and EFLAGS at one moment.
struct RegisterSet {
    let values: [UInt32]

    static let names = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags"]

    init(_ processor: Processor) {
        values = GeneralRegister.allCases.map { processor[$0] } + [processor.eip, processor.eflags]
    }
}

/// What the kernel's exception dispatcher was given.
struct StatusRecord {
    let code: UInt32
    let address: UInt32
    let parameters: [UInt32]
    let isUser: Bool
    let isFirstChance: Bool
}
