import IA32
import LuaHost
import PC

extension ScriptHost {
    func defineRunning() {
        state.define("run") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            let reason = try guest.run(UInt64(clamping: arguments[1].integer ?? 0))
            return [.string(reason.name)]
        }
        state.define("snapshot") { [unowned self] arguments in
            [.integer(Int64(try guest(arguments[0]).snapshot()))]
        }
        state.define("restore") { [unowned self] arguments in
            try guest(arguments[0]).restore(Int(arguments[1].integer ?? 0))
            return []
        }
        state.define("nmi") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            noteAlteration(Int(arguments[0].integer ?? 0))
            guest.machine.nmi()
            return []
        }
        state.define("irq") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            guard let line = arguments[1].integer, (0...15).contains(line) else {
                throw LuaRaise("an IRQ line is 0 ... 15")
            }
            noteAlteration(Int(arguments[0].integer ?? 0))
            guest.machine.irq(Int(line))
            return []
        }
        state.define("note") { [unowned self] arguments in
            try guest(arguments[0]).note(arguments[1].string ?? "")
            return []
        }
        state.define("watch") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            guest.watch(UInt32(truncatingIfNeeded: arguments[1].integer ?? 0), name: arguments[2].string ?? "")
            return []
        }
        state.define("facts") { [unowned self] arguments in [.table(facts(try guest(arguments[0])))] }
    }

    private func facts(_ guest: GuestMachine) -> LuaTable {
        var fields: [String: LuaValue] = [
            "count": .integer(Int64(clamping: guest.machine.instructionCount)), "target": .string(guest.target),
            "digest": .string(guest.machine.digest), "notes": .table(LuaTable(list: guest.notes.map { .string($0) })),
            "seed": .integer(Int64(bitPattern: guest.machine.configuration.seed)),
        ]
        fields["scenario"] = guest.scenario.map { .string($0) }
        guard let stop = guest.stop else { return LuaTable(fields: fields) }
        fields["stop"] = .string(stop.name)
        fields["stop_text"] = .string(guest.describe(stop))
        switch stop {
        case .hang(let address), .breakpoint(let address): fields["stop_address"] = .integer(Int64(address.value))
        case .exit(let code): fields["stop_code"] = .integer(Int64(code))
        default: break
        }
        return LuaTable(fields: fields)
    }
}
