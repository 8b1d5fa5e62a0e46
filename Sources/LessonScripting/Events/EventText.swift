import IA32
import PC

/// One line about an event, with names instead of numbers: the evidence of a failed check.
struct EventText {
    let names: SymbolNames

    /// "@104312 #PF, error code 0x7 (present, write, user), CR2 0x00410000, at UserMain+5 (0x00401005), CPL 3".
    func line(_ event: MachineEvent) -> String { "@\(event.count) \(text(event.payload))" }

    /// "UserMain+5 (0x00401005)".
    func place(_ address: UInt32) -> String {
        guard let symbol = names.text(address) else { return hex(address, 8) }
        return "\(symbol) (\(hex(address, 8)))"
    }

    private func text(_ payload: MachineEvent.Payload) -> String {
        switch payload {
        case .delivery(let event, _): return delivery(event)
        case .pageFault(let event):
            let code = ErrorCode(event.errorCode, vector: 14)
            return "page fault at \(place(event.linear.value)), error code \(code.description), by \(place(event.eip))"
        case .returned(let event):
            return "\(event.taskReturn ? "task return" : "IRET") to \(place(event.toEIP)), CPL \(event.toCPL)"
        case .taskSwitch(let event):
            return
                "task switch (\(event.source.word)) from TSS \(hex(event.oldSelector, 2)) to \(hex(event.newSelector, 2))"
        case .execute(let event, let name, _): return "\(name) reached (\(hex(event.linear.value, 8)))"
        case .port(let event):
            return "\(event.isWrite ? "OUT" : "IN") port \(hex(event.port, 2)), value \(hex(event.value))"
        case .halt(let event): return "HLT at \(place(event.eip)), IF=\(event.interruptsEnabled ? 1 : 0)"
        case .shutdown(let event):
            return "shutdown, chain of vectors \(event.chain.map { String($0) }.joined(separator: ", "))"
        case .stop(let reason, let eip, _): return "\(reason.name) at \(place(eip))"
        case .bugcheck(_, let code, let parameters):
            return "bugcheck \(hex(code)) (\(parameters.map { hex($0) }.joined(separator: ", ")))"
        case .status(_, let record):
            let list = record.parameters.map { hex($0) }.joined(separator: ", ")
            return "status \(hex(record.code, 8)) (\(list)) at \(place(record.address))"
        }
    }

    private func delivery(_ event: Delivery) -> String {
        var parts = [VectorName.text(event.vector, event.source)]
        if let code = event.errorCode {
            parts.append("error code \(ErrorCode(code, vector: event.vector).description)")
        }
        if let address = event.cr2 { parts.append("CR2 \(place(address))") }
        parts.append("at \(place(event.eip))")
        parts.append("CPL \(event.cpl)")
        if event.depth > 1 { parts.append("depth \(event.depth)") }
        return parts.joined(separator: ", ")
    }
}
