import IA32

/// The manual's names of vectors (SDM Vol. 3A 6.3, Table 6-1 "Protected-Mode Exceptions and Interrupts").
enum VectorName {
    private static let mnemonics = [
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "#9", "#TS", "#NP", "#SS", "#GP", "#PF", "#15",
        "#MF", "#AC", "#MC", "#XM",
    ]

    /// "#PF"; "INT 2Eh" for a software interrupt; "interrupt 30h" for a device's.
    static func text(_ vector: UInt8, _ source: DeliverySource) -> String {
        let digits = String(vector, radix: 16, uppercase: true)
        let padded = digits.count < 2 ? "0" + digits : digits
        switch source {
        case .softwareInterrupt: return "INT \(padded)h"
        case .externalInterrupt: return "interrupt \(padded)h"
        default: return Int(vector) < mnemonics.count ? mnemonics[Int(vector)] : "exception \(padded)h"
        }
    }
}

extension DeliverySource {
    /// The word that scripts use.
    var word: String {
        switch self {
        case .fault: "fault"
        case .trap: "trap"
        case .abort: "abort"
        case .externalInterrupt: "interrupt"
        case .nmi: "nmi"
        case .softwareInterrupt: "int"
        case .breakpointInstruction: "int3"
        case .overflowInstruction: "into"
        }
    }
}

extension TaskSwitchSource {
    /// The word that scripts use.
    var word: String {
        switch self {
        case .jump: "jump"
        case .call: "call"
        case .interruptReturn: "iret"
        case .gate: "gate"
        }
    }
}
