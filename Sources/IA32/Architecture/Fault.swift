/// What an instruction throws when it cannot complete: an exception of the architecture, or a host condition.
///
/// Eight trivial bytes, so that a typed throw costs no allocation. CR2 travels in the state (`faultAddress`):
/// it is architectural only once #PF is delivered.
struct Fault: Error, Equatable {
    enum Kind: UInt8 {
        /// An exception: state is as before the instruction (SDM Vol. 3A 6.5 "Exception Classifications").
        case exception
        /// A hook asked to stop; nothing is to be delivered.
        case stop
        /// Execution waits before the instruction until an interrupt comes; nothing is to be delivered.
        case freeze
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
    static var floatingPointError: Fault { Fault(Vector.floatingPointError) }
    /// #TS; `code` is a selector without RPL, plus EXT where it applies.
    static func invalidTSS(_ code: UInt32) -> Fault { Fault(Vector.invalidTSS, code: code) }
    static func notPresent(_ code: UInt32) -> Fault { Fault(Vector.segmentNotPresent, code: code) }
    static func stack(_ code: UInt32) -> Fault { Fault(Vector.stackFault, code: code) }
    static func protection(_ code: UInt32) -> Fault { Fault(Vector.generalProtection, code: code) }
    static func page(_ code: UInt32) -> Fault { Fault(Vector.pageFault, code: code) }
    /// #AC; its error code is 0.
    static var alignmentCheck: Fault { Fault(Vector.alignmentCheck, code: 0) }
    /// #DB as a fault. The cause, a bit of DR6, travels where others have an error code.
    static func debug(_ cause: UInt32) -> Fault {
        var fault = Fault(Vector.debug)
        fault.errorCode = cause
        return fault
    }
    static var stop: Fault { Fault(0, kind: .stop) }
    static var freeze: Fault { Fault(0, kind: .freeze) }
}
