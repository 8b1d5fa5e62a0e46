import IA32

/// Why a run ended.
public enum StopReason: Equatable, Sendable {
    /// HLT that nothing can end.
    case halted
    /// A fault during the delivery of a double fault; the vectors in order (SDM Vol. 3A 6.15 "Interrupt 8").
    case shutdown(chain: [UInt8])
    /// A proven endless loop; the address of one of its instructions.
    case hang(LinearAddress)
    /// A write of v to port F4h; the value is (2v + 1) & 255.
    case exit(Int)
    /// The instruction at a breakpoint is next.
    case breakpoint(LinearAddress)
    /// A hook or `Machine.requestStop` asked for it.
    case hook(String)
    /// The instructions allowed were executed.
    case budget
    /// The guest needs what this machine does not have.
    case unsupported(String)

    /// The case's name.
    public var name: String {
        switch self {
        case .halted: "halted"
        case .shutdown: "shutdown"
        case .hang: "hang"
        case .exit: "exit"
        case .breakpoint: "breakpoint"
        case .hook: "hook"
        case .budget: "budget"
        case .unsupported: "unsupported"
        }
    }

    /// `detail` of a stop record; nil for stops that depend on the observer and are not logged.
    var logCode: UInt32? {
        switch self {
        case .halted: 1
        case .shutdown: 2
        case .hang: 3
        case .exit: 4
        case .breakpoint, .hook, .budget, .unsupported: nil
        }
    }
}
