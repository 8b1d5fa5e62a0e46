import FoundationEssentials
import IA32
import PC

/// What `boot --json` writes.
struct BootResult: Encodable {
    let stop: String
    let instructions: UInt64
    let registers: [String: UInt32]
    /// Deliveries by vector, those that occurred.
    let vectors: [String: UInt64]
    /// Digest of the event log, lower-case hex.
    let digest: String
    /// Bytes written to the port of `--post-port`.
    let post: [UInt8]
    /// Vectors that led to a shutdown, in order.
    let chain: [UInt8]?
    /// What the engine has not, for `unsupported`.
    let detail: String?

    init(_ machine: Machine, _ reason: StopReason) {
        stop = reason.name
        instructions = machine.instructionCount
        let processor = machine.processor
        var registers = ["eip": processor.eip, "eflags": processor.eflags, "cr0": processor.cr0, "cr2": processor.cr2]
        registers["cr3"] = processor.cr3
        registers["cr4"] = processor.cr4
        for register in GeneralRegister.allCases { registers["\(register)"] = processor[register] }
        for segment in SegmentName.allCases {
            registers["\(segment)"] = UInt32(processor.segment(segment).selector)
        }
        self.registers = registers
        let counts = machine.vectorCounts.enumerated().filter { $0.element > 0 }
        vectors = Dictionary(uniqueKeysWithValues: counts.map { (String($0.offset), $0.element) })
        digest = machine.digest
        post = machine.postCodes
        if case .shutdown(let vectors) = reason { chain = vectors } else { chain = nil }
        if case .unsupported(let what) = reason { detail = what } else { detail = nil }
    }

    /// The JSON text; ends with a newline.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
