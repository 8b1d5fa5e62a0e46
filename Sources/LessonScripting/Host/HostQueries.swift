import LuaHost

extension ScriptHost {
    /// Recorded events, and failing a check.
    func defineQueries() {
        state.define("events") { [unowned self] arguments in
            let found = try matching(arguments)
            return [.table(LuaTable(list: found.map { .table($0) }))]
        }
        state.define("count_events") { [unowned self] arguments in
            [.integer(Int64(try matching(arguments).count))]
        }
        state.define("event_lines") { [unowned self] arguments in
            [.table(LuaTable(list: try guest(arguments[0]).evidence().map { .string($0) }))]
        }
        state.define("error_words") { arguments in
            let code = UInt32(truncatingIfNeeded: arguments[0].integer ?? 0)
            return [.string(ErrorCode(code, vector: UInt8(clamping: arguments[1].integer ?? 14)).description)]
        }
        state.define("fail") { [unowned self] arguments in
            let lines = tested.map { guests[$0 - 1].evidence() } ?? []
            throw LuaRaise.tagged("expectation", arguments.first?.string ?? "the check failed", lines: lines)
        }
    }

    /// events(machine, kind, filter, how): how is "first", "last" or "all".
    private func matching(_ arguments: LuaArguments) throws(LuaRaise) -> [LuaTable] {
        let guest = try guest(arguments[0])
        let kind = arguments[1].string ?? ""
        let recordable = [
            "delivered", "page_fault", "returned", "task_switch", "halt", "shutdown", "bugcheck", "status", "execute",
        ]
        guard recordable.contains(kind) else {
            throw LuaRaise("'\(kind)' is not recorded; recorded are \(recordable.joined(separator: ", "))")
        }
        guard !guest.isTruncated else {
            throw LuaRaise(
                "more than \(GuestMachine.eventCapacity) events happened, too many to ask about; run fewer instructions"
            )
        }
        let filter = EventFilter(arguments[2].table)
        let how = arguments[3].string
        var found: [LuaTable] = []
        let candidates = guest.recorded.filter { $0.kind == kind }
        for event in how == "last" ? candidates.reversed() : candidates {
            let fields = guest.fields.fields(event)
            guard filter.matches(fields) else { continue }
            found.append(LuaTable(fields: fields))
            if how == "first" || how == "last" { break }
        }
        return found
    }
}
