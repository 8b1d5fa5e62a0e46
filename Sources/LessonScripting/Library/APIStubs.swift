/// Writes the declarations that a Lua editor (LuaLS) reads.
public enum APIStubs {
    private static let types = [
        "address": "integer|string", "count": "integer", "byte": "integer", "word": "integer", "dword": "integer",
        "line": "integer", "run": "traplab.run|traplab.machine", "event": "traplab.event", "function": "function",
    ]

    /// The text of lessons/traplab.d.lua.
    public static var text: String {
        var lines = [
            "---@meta traplab",
            "-- The Lua API of lessons and plugins, version 1. Generated from the program's own table: do not edit.",
            "", "---@class traplab.error", "---@field value integer The code as pushed.",
            "---@field words string In words.",
        ]
        for name in ["present", "write", "user", "reserved", "fetch", "external", "idt", "ti"] {
            lines.append("---@field \(name) boolean?")
        }
        lines += ["---@field index integer?", "---@field selector integer?", "", "---@class traplab.walk"]
        for name in ["present", "writable", "user", "accessed", "dirty", "large"] {
            lines.append("---@field \(name) boolean")
        }
        for name in ["physical", "pde", "pde_address", "pte", "pte_address"] {
            lines.append("---@field \(name) integer?")
        }
        for group in APITable.classes { lines += text(of: group) }
        lines += ["", "return traplab", ""]
        return lines.joined(separator: "\n")
    }

    private static func text(of group: APIClass) -> [String] {
        let local = group.stub.split(separator: ".").last.map(String.init) ?? group.stub
        var lines = ["", "--- \(group.summary)", "---@class \(group.stub)"]
        for field in group.fields { lines.append("---@field \(field.name) \(field.type) \(field.summary)") }
        lines.append("local \(local) = {}")
        for function in group.functions {
            lines += ["", "--- \(function.summary)"]
            for parameter in function.parameters where !function.isVariadic || parameter.name != "place" {
                let type = types[parameter.type] ?? parameter.type
                lines.append("---@param \(parameter.name)\(parameter.isOptional ? "?" : "") \(type)")
            }
            if function.isVariadic { lines.append("---@param ... any") }
            if let result = function.result { lines.append("---@return \(result)") }
            var names = function.parameters.map(\.name)
            if function.isVariadic {
                if names.last == "place" { names.removeLast() }
                names.append("...")
            }
            lines.append("function \(local)\(group.separator)\(function.name)(\(names.joined(separator: ", "))) end")
        }
        return lines
    }
}
