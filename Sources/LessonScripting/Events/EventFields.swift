import IA32
import LuaHost
import PC

/// Turns events into the tables that scripts see.
struct EventFields {
    let names: SymbolNames

    func fields(_ event: MachineEvent) -> [String: LuaValue] {
        var fields = payloadFields(event.payload)
        fields["kind"] = .string(event.kind)
        fields["count"] = .integer(Int64(clamping: event.count))
        fields["cpu"] = .integer(1)
        if fields["symbol"] == nil, let eip = fields["eip"]?.integer {
            fields["symbol"] = names.text(UInt32(truncatingIfNeeded: eip)).map { .string($0) }
        }
        return fields
    }

    private func payloadFields(_ payload: MachineEvent.Payload) -> [String: LuaValue] {
        switch payload {
        case .delivery(let event, let frame): return delivery(event, frame)
        case .pageFault(let event): return pageFault(event)
        case .returned(let event):
            return [
                "from": word(event.fromEIP), "to": word(event.toEIP), "eip": word(event.toEIP),
                "cs": .integer(Int64(event.toCS)), "cpl": .integer(Int64(event.toCPL)), "eflags": word(event.eflags),
                "task": .boolean(event.taskReturn), "depth": word(event.depth),
            ]
        case .taskSwitch(let event):
            return [
                "old": .integer(Int64(event.oldSelector)), "new": .integer(Int64(event.newSelector)),
                "source": .string(event.source.word), "eip": word(event.eip),
            ]
        case .execute(let event, let name, let registers):
            var fields: [String: LuaValue] = [
                "address": word(event.linear.value), "eip": word(event.eip), "symbol": .string(name),
            ]
            if let registers { fields["registers"] = .table(RegisterTable.table(registers)) }
            return fields
        case .port(let event):
            return [
                "port": .integer(Int64(event.port)), "bytes": .integer(Int64(event.bytes)), "value": word(event.value),
                "write": .boolean(event.isWrite), "eip": word(event.eip),
            ]
        case .halt(let event):
            return ["eip": word(event.eip), "interrupts_enabled": .boolean(event.interruptsEnabled)]
        case .shutdown(let event):
            let chain = event.chain.map { LuaValue.integer(Int64($0)) }
            return ["eip": word(event.eip), "chain": .table(LuaTable(list: chain))]
        case .stop(let reason, let eip, _): return ["reason": .string(reason.name), "eip": word(eip)]
        case .bugcheck(let event, let code, let parameters):
            return ["code": word(code), "parameters": list(parameters), "eip": word(event.eip)]
        case .status(let event, let record):
            return [
                "code": word(record.code), "parameters": list(record.parameters), "address": word(record.address),
                "user": .boolean(record.isUser), "first_chance": .boolean(record.isFirstChance), "eip": word(event.eip),
            ]
        }
    }

    private func delivery(_ event: Delivery, _ frame: [PushedWord]) -> [String: LuaValue] {
        var fields: [String: LuaValue] = [
            "vector": .integer(Int64(event.vector)), "name": .string(VectorName.text(event.vector, event.source)),
            "source": .string(event.source.word), "eip": word(event.eip), "cs": .integer(Int64(event.cs)),
            "cpl": .integer(Int64(event.cpl)), "eflags": word(event.eflags), "ss": .integer(Int64(event.ss)),
            "esp": word(event.esp), "instruction": word(event.instructionEIP), "depth": word(event.depth),
            "frame": .table(
                LuaTable(fields: Dictionary(frame.map { ($0.name, word($0.value)) }, uniquingKeysWith: { a, _ in a }))),
        ]
        if let code = event.errorCode { fields["error"] = .table(error(ErrorCode(code, vector: event.vector))) }
        if let address = event.cr2 { fields["cr2"] = word(address) }
        if let gate = event.gate { fields["gate"] = .table(DescriptorFields(raw: gate).gateTable) }
        return fields
    }

    private func pageFault(_ event: PageFaultEvent) -> [String: LuaValue] {
        [
            "vector": .integer(14), "name": .string("#PF"), "source": .string("fault"),
            "address": word(event.linear.value), "cr2": word(event.linear.value), "eip": word(event.eip),
            "instruction": word(event.eip), "cpl": .integer(Int64(event.cpl)),
            "error": .table(error(ErrorCode(event.errorCode, vector: 14))),
        ]
    }

    private func error(_ code: ErrorCode) -> LuaTable {
        func bit(_ mask: UInt32) -> LuaValue { .boolean(code.value & mask != 0) }
        var fields: [String: LuaValue] = ["value": word(code.value), "words": .string(code.words)]
        if code.isPageFault {
            fields["present"] = bit(1)
            fields["write"] = bit(2)
            fields["user"] = bit(4)
            fields["reserved"] = bit(8)
            fields["fetch"] = bit(16)
        } else {
            fields["external"] = bit(1)
            fields["idt"] = bit(2)
            fields["ti"] = bit(4)
            fields["index"] = word(code.index)
            fields["selector"] = word(code.value & 0xFFFC)
        }
        return LuaTable(fields: fields)
    }

    private func word(_ value: UInt32) -> LuaValue { .integer(Int64(value)) }

    private func list(_ values: [UInt32]) -> LuaValue { .table(LuaTable(list: values.map { word($0) })) }
}

/// Registers as a script's table.
enum RegisterTable {
    static func table(_ registers: RegisterSet) -> LuaTable {
        let pairs = zip(RegisterSet.names, registers.values.map { LuaValue.integer(Int64($0)) })
        return LuaTable(fields: Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
    }
}
