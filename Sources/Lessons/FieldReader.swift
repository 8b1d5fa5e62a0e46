import LuaHost

/// Reads typed fields of a manifest's table; every error names the field as it is written in Lua.
struct FieldReader {
    let table: LuaTable
    /// How the table is written: "checks[2]"; empty at the top.
    let path: String

    func name(_ field: String) -> String { path.isEmpty ? field : "\(path).\(field)" }

    func wrong(_ field: String, _ expected: String) -> LessonError {
        let value = table[field]
        let got: String =
            switch value {
            case .none: "nothing"
            case .integer(let number): "\(number)"
            case .number(let number): "\(number)"
            case .string(let text): text.count <= 40 ? "'\(text)'" : "a string"
            default: "a \(value.typeName)"
            }
        return .field(name(field), "expected \(expected), got \(got)")
    }

    /// Refuses fields that nobody reads: a misspelt name must not go unnoticed.
    func allow(_ names: Set<String>) throws(LessonError) {
        for field in table.fields.keys.sorted() where !names.contains(field) {
            let near = names.sorted().min { distance($0, field) < distance($1, field) }
            let hint = near.map { distance($0, field) <= 2 ? "; did you mean '\($0)'?" : "" } ?? ""
            throw .field(name(field), "no such field\(hint)")
        }
    }

    func integer(_ field: String, _ range: ClosedRange<Int64>, default fallback: Int64? = nil) throws(LessonError)
        -> Int64
    {
        if table[field].isNone, let fallback { return fallback }
        guard let value = table[field].integer, range.contains(value) else {
            let upper =
                range.upperBound == .max
                ? "of at least \(range.lowerBound)" : "in \(range.lowerBound) ... \(range.upperBound)"
            throw wrong(field, "an integer \(upper)")
        }
        return value
    }

    func string(_ field: String) throws(LessonError) -> String {
        guard let value = table[field].string else { throw wrong(field, "a string") }
        return value
    }

    func optionalString(_ field: String) throws(LessonError) -> String? {
        table[field].isNone ? nil : try string(field)
    }

    func identifier(_ field: String) throws(LessonError) -> String {
        guard let value = table[field].string, isIdentifier(value) else {
            throw wrong(field, "an id (lower-case letters, digits and hyphens)")
        }
        return value
    }

    func flag(_ field: String) throws(LessonError) -> Bool {
        if table[field].isNone { return false }
        guard let value = table[field].boolean else { throw wrong(field, "true or false") }
        return value
    }

    /// A list of strings; a single string is a list of one.
    func strings(_ field: String) throws(LessonError) -> [String] {
        switch table[field] {
        case .none: return []
        case .string(let text): return [text]
        case .table(let list) where list.fields.isEmpty && !list.hasOtherKeys:
            let texts = list.list.compactMap(\.string)
            guard texts.count == list.list.count else { throw wrong(field, "a list of strings") }
            return texts
        default: throw wrong(field, "a list of strings")
        }
    }

    func text(_ field: String) throws(LessonError) -> LocalizedText {
        guard let text = localized(table[field]) else { throw wrong(field, "a text or { en = ..., zh = ... }") }
        return text
    }

    func optionalText(_ field: String) throws(LessonError) -> LocalizedText? {
        table[field].isNone ? nil : try text(field)
    }

    /// A list of texts.
    func texts(_ field: String) throws(LessonError) -> [LocalizedText] {
        if table[field].isNone { return [] }
        if let single = localized(table[field]) { return [single] }
        let list = table[field].table?.list ?? []
        let texts = list.compactMap(localized)
        guard !texts.isEmpty, texts.count == list.count else { throw wrong(field, "a list of texts") }
        return texts
    }

    func section(_ field: String) throws(LessonError) -> FieldReader? {
        if table[field].isNone { return nil }
        guard let inner = table[field].table else { throw wrong(field, "a table") }
        return FieldReader(table: inner, path: name(field))
    }

    /// The tables of a list.
    func sections(_ field: String) throws(LessonError) -> [FieldReader] {
        guard let list = table[field].table, list.fields.isEmpty, !list.hasOtherKeys else {
            throw wrong(field, "a list of tables")
        }
        var readers: [FieldReader] = []
        for (index, item) in list.list.enumerated() {
            let path = "\(name(field))[\(index + 1)]"
            guard let inner = item.table else { throw .field(path, "expected a table, got a \(item.typeName)") }
            readers.append(FieldReader(table: inner, path: path))
        }
        return readers
    }

    private func localized(_ value: LuaValue) -> LocalizedText? {
        if let text = value.string { return LocalizedText(en: text) }
        guard let table = value.table, table.list.isEmpty, let en = table["en"].string else { return nil }
        guard Set(table.fields.keys).isSubset(of: ["en", "zh"]) else { return nil }
        return LocalizedText(en: en, zh: table["zh"].string)
    }
}

/// Whether a text is made of lower-case letters, digits and hyphens.
func isIdentifier(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
}

/// How many letters must be changed to make one word of the other (Levenshtein).
func distance(_ a: String, _ b: String) -> Int {
    var row = Array(0...b.utf8.count)
    for (i, left) in a.utf8.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.utf8.enumerated() {
            let change = diagonal + (left == right ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.utf8.count]
}
