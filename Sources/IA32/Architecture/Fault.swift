/// What an instruction throws when it cannot complete: an exception of the architecture, or a host condition.
///
/// Eight trivial bytes, so that a typed throw costs no allocation. CR2 travels in the state (`faultAddress`):
/// it is architectural only once #PF is delivered.
struct Fault: Error, Equatable {
    enum Kind: UInt8 {
        /// An exception: state is as before the instruction (SDM Vol. 3A 6.5 "Exception Classifications").
        case exception
        /// The instruction needs something this core does not have; `errorCode` is an `Unsupported` raw value.
        case unsupported
        /// A hook asked to stop; nothing is to be delivered.
        case stop
    }

    var errorCode: UInt32
    var vector: UInt8
    var kind: Kind
    /// Whether the vector pushes an error code (SDM Vol. 3A 6.13 "Error Code").
    var hasErrorCode: Bool

    init(_ vector: UInt8, code: UInt32? = nil, kind: Kind = .exception) {
        self.vector = vector
        self.kind = kind
        hasErrorCode = code != nil
        errorCode = code ?? 0
    }

    static var divideError: Fault { Fault(Vector.divideError) }
    static var boundRange: Fault { Fault(Vector.boundRange) }
    static var invalidOpcode: Fault { Fault(Vector.invalidOpcode) }
    static var deviceNotAvailable: Fault { Fault(Vector.deviceNotAvailable) }
    /// #TS; `code` is a selector without RPL, plus EXT where it applies.
    static func invalidTSS(_ code: UInt32) -> Fault { Fault(Vector.invalidTSS, code: code) }
    static func notPresent(_ code: UInt32) -> Fault { Fault(Vector.segmentNotPresent, code: code) }
    static func stack(_ code: UInt32) -> Fault { Fault(Vector.stackFault, code: code) }
    static func protection(_ code: UInt32) -> Fault { Fault(Vector.generalProtection, code: code) }
    static func page(_ code: UInt32) -> Fault { Fault(Vector.pageFault, code: code) }
    static func unsupported(_ what: Unsupported) -> Fault {
        Fault(0, code: UInt32(what.rawValue), kind: .unsupported)
    }
    static var stop: Fault { Fault(0, kind: .stop) }
}

/// What this core names instead of executing it. A host error, never a guest fault.
enum Unsupported: UInt8 {
    case x87, virtual8086, task16, gate16Task, debugRegisters, pentium, taskInVirtual8086

    var text: String {
        switch self {
        case .x87: "x87 floating-point instructions"
        case .virtual8086: "virtual-8086 mode"
        case .task16, .gate16Task: "a task switch to a 16-bit TSS"
        case .debugRegisters: "breakpoints in the debug registers"
        case .pentium: "an instruction newer than the 486"
        case .taskInVirtual8086: "a task switch into virtual-8086 mode"
        }
    }
}
