/// A value that has crossed from Lua, or is to cross into it. Tables are copied.
public enum LuaValue {
    case none
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    /// A Lua string that is not UTF-8, or bytes to be pushed as they are.
    case bytes([UInt8])
    indirect case table(LuaTable)
    case function(LuaFunction)
    /// A thread or a userdata.
    case opaque

    /// What Lua's `type` would say.
    public var typeName: String {
        switch self {
        case .none: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string, .bytes: "string"
        case .table: "table"
        case .function: "function"
        case .opaque: "opaque value"
        }
    }

    /// True for everything but nil and false.
    public var isTruthy: Bool {
        switch self {
        case .none, .boolean(false): false
        default: true
        }
    }

    /// True for nil.
    public var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// The integer; also a float with an integral value, such as `1e6`.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number as a float.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The text of a string that is UTF-8.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The bytes of any string.
    public var bytes: [UInt8]? {
        switch self {
        case .string(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        default: nil
        }
    }

    /// The boolean.
    public var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The table.
    public var table: LuaTable? {
        if case .table(let table) = self { table } else { nil }
    }

    /// The function.
    public var function: LuaFunction? {
        if case .function(let function) = self { function } else { nil }
    }
}

/// A copy of a Lua table: its list part and its named fields.
public struct LuaTable {
    /// Elements 1, 2, ... up to the first gap.
    public var list: [LuaValue]
    /// Values under string keys.
    public var fields: [String: LuaValue]
    /// True when there were keys of another kind, or list elements after a gap; they are not copied.
    public var hasOtherKeys: Bool

    /// A table to be pushed.
    public init(list: [LuaValue] = [], fields: [String: LuaValue] = [:]) {
        self.list = list
        self.fields = fields
        hasOtherKeys = false
    }

    /// A named field; `.none` when there is none.
    public subscript(_ name: String) -> LuaValue { fields[name] ?? .none }
}

/// The arguments of a call from Lua. What was not given is `.none`.
public struct LuaArguments {
    let values: [LuaValue]

    /// How many were given.
    public var count: Int { values.count }
    /// The first, if any was given.
    public var first: LuaValue? { values.first }
    /// The last, if any was given.
    public var last: LuaValue? { values.last }

    /// Argument `index`, from 0.
    public subscript(_ index: Int) -> LuaValue {
        values.indices.contains(index) ? values[index] : .none
    }
}
