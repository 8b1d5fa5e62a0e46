import IA32
import LuaHost
import PC

extension ScriptHost {
    /// listen(machine, event, filter, address, name, function) -> number; unlisten(machine, number)
    func defineListeners() {
        state.define("listen") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            let number = Int(arguments[0].integer ?? 0)
            guard let point = EventPoint(rawValue: arguments[1].string ?? "") else {
                let known = EventPoint.allCases.map(\.rawValue).joined(separator: ", ")
                throw LuaRaise("there is no event '\(arguments[1].string ?? "")'; there are \(known)")
            }
            guard let function = arguments[5].function else { throw LuaRaise("a listener needs a function") }
            let listener = try guest.listen(
                point, EventFilter(arguments[2].table),
                address: arguments[3].integer.map { UInt32(truncatingIfNeeded: $0) }, name: arguments[4].string
            ) { [unowned self, unowned guest] event in
                answer(function, event, guest, number)
            }
            remember(guest: number, listener: listener)
            return [.integer(Int64(listener))]
        }
        state.define("unlisten") { [unowned self] arguments in
            try guest(arguments[0]).removeListener(Int(arguments[1].integer ?? 0))
            return []
        }
    }

    /// Calls a listener. The library returns nil, or a table of what the listener asked for.
    private func answer(_ function: LuaFunction, _ event: MachineEvent, _ guest: GuestMachine, _ number: Int)
        -> HookOutcome
    {
        do {
            let fields = LuaValue.table(LuaTable(fields: guest.fields.fields(event)))
            let values = try state.call(function, [fields])
            guard let wish = values.first?.table else { return HookOutcome() }
            noteAlteration(number)
            return HookOutcome(
                suppress: wish["suppress"].isTruthy, stop: wish["stop"].string,
                vector: wish["vector"].integer.flatMap { UInt8(exactly: $0) },
                error: wish["error"].integer.map { UInt32(truncatingIfNeeded: $0) },
                cr2: wish["cr2"].integer.map { UInt32(truncatingIfNeeded: $0) })
        } catch {
            let fault = ScriptFault(error)
            if let onListenerFault {
                onListenerFault(fault, guest)
                return HookOutcome()
            }
            if guest.fault == nil { guest.fault = fault }
            return HookOutcome(stop: "a hook raised an error")
        }
    }
}
