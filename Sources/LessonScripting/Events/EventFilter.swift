import LuaHost

/// The conditions of a listener or a query: field names and wanted values; a list means any of them.
struct EventFilter {
    let conditions: [(path: [String], wanted: [LuaValue])]

    init(_ table: LuaTable?) {
        var conditions: [(path: [String], wanted: [LuaValue])] = []
        for (name, value) in (table?.fields ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let inner = value.table, inner.list.isEmpty, !inner.fields.isEmpty {
                conditions += inner.fields.map { ([name, $0.key], [$0.value]) }
            } else if let list = value.table?.list, !list.isEmpty {
                conditions.append(([name], list))
            } else {
                conditions.append(([name], [value]))
            }
        }
        self.conditions = conditions
    }

    /// The only vector wanted, if there is just one.
    var vector: UInt8? {
        guard let condition = conditions.first(where: { $0.path == ["vector"] }), condition.wanted.count == 1 else {
            return nil
        }
        return condition.wanted[0].integer.flatMap { UInt8(exactly: $0) }
    }

    func matches(_ fields: [String: LuaValue]) -> Bool {
        conditions.allSatisfy { condition in
            var value = fields[condition.path[0]] ?? .none
            if condition.path.count > 1 { value = value.table?[condition.path[1]] ?? .none }
            // An error code may be asked for by its number.
            if let table = value.table, let number = table.fields["value"] { value = number }
            return condition.wanted.contains { isSame($0, value) }
        }
    }

    private func isSame(_ a: LuaValue, _ b: LuaValue) -> Bool {
        if let left = a.integer, let right = b.integer { return left == right }
        if let left = a.string, let right = b.string { return left == right }
        if let left = a.boolean, let right = b.boolean { return left == right }
        return a.isNone && b.isNone
    }
}
