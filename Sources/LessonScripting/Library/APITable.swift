import LuaHost

/// The one declaration of the Lua API, version 1.
enum APITable {
    static let classes: [APIClass] = [lab, machine, processor, event, token, run, expect]

    static let lab = APIClass(
        name: "Lab", stub: "traplab", owner: "lab", separator: ".",
        summary: "The module: local lab <const> = require \"traplab\".",
        fields: [("api", "integer", "Version of this API: 1.")],
        functions: [
            APIFunction(
                "lesson", [APIParameter("fields", "table")], returns: "table",
                "Declares a lesson; return it from lesson.lua."),
            APIFunction(
                "plugin", [APIParameter("fields", "table")], returns: "table",
                "Declares a plugin; return it from plugin.lua."),
            APIFunction(
                "asm", [APIParameter("text", "string")], returns: "table",
                "Ring-3 assembly for the guest, NASM syntax; it is assembled before the run, in a confined process."),
        ])

    private static let address = APIParameter("address", "address")

    /// Functions that only look; machines and runs have them.
    private static let looking: [APIFunction] = [
        APIFunction(
            "read8", [address], returns: "integer", "Reads a byte of linear memory; an unmapped address is an error."),
        APIFunction(
            "read16", [address], returns: "integer",
            "Reads a little-endian word of linear memory; an unmapped address is an error."),
        APIFunction(
            "read32", [address], returns: "integer",
            "Reads a little-endian dword of linear memory; an unmapped address is an error."),
        APIFunction(
            "read8_physical", [address], returns: "integer",
            "Reads a byte of physical memory; all ones where there is no RAM."),
        APIFunction(
            "read16_physical", [address], returns: "integer",
            "Reads a word of physical memory; all ones where there is no RAM."),
        APIFunction(
            "read32_physical", [address], returns: "integer",
            "Reads a dword of physical memory; all ones where there is no RAM."),
        APIFunction(
            "read", [address, APIParameter("count", "count")], returns: "string",
            "Reads bytes of linear memory as a string, at most 16 MiB; an unmapped address is an error."),
        APIFunction(
            "read_physical", [address, APIParameter("count", "count")], returns: "string",
            "Reads bytes of physical memory as a string, at most 16 MiB."),
        APIFunction(
            "walk", [address], returns: "traplab.walk",
            "What the page tables say about a linear address: no fault, no accessed bit set."),
        APIFunction(
            "tss_at", [address], returns: "table",
            "The fields of a 32-bit TSS at a linear address; an unmapped address is an error."),
        APIFunction(
            "symbol_at", [address], returns: "string?",
            "The nearest symbol at or below an address, such as \"KiTrap0E+12\"."),
        APIFunction(
            "disassemble", [address, APIParameter("count", "count", optional: true)], returns: "table[]",
            "A list of { address, length, text }, one instruction by default."),
    ]

    static let machine = APIClass(
        name: "Machine", stub: "traplab.machine", owner: "m", separator: ":", summary: "The machine of one scenario.",
        fields: machineFields,
        functions: looking + [
            APIFunction(
                "on",
                [
                    APIParameter("event", "string"), APIParameter("filter", "any", optional: true),
                    APIParameter("fn", "any", optional: true),
                ], returns: "traplab.token", "Calls fn(e) at each event that passes the filter (a table of e's fields)."
            ),
            APIFunction(
                "watch", [APIParameter("place", "address")], variadic: true,
                "Records an \"execute\" event each time one of these addresses is reached."),
            APIFunction(
                "write8", [address, APIParameter("value", "byte")],
                "Writes a byte of linear memory, read-only or not; an unmapped address is an error."),
            APIFunction(
                "write16", [address, APIParameter("value", "word")],
                "Writes a word of linear memory, read-only or not; an unmapped address is an error."),
            APIFunction(
                "write32", [address, APIParameter("value", "dword")],
                "Writes a dword of linear memory, read-only or not; an unmapped address is an error."),
            APIFunction(
                "write8_physical", [address, APIParameter("value", "byte")], "Writes a byte of physical memory."),
            APIFunction(
                "write16_physical", [address, APIParameter("value", "word")], "Writes a word of physical memory."),
            APIFunction(
                "write32_physical", [address, APIParameter("value", "dword")], "Writes a dword of physical memory."),
            APIFunction(
                "write", [address, APIParameter("bytes", "string")],
                "Writes bytes of linear memory; an unmapped address is an error."),
            APIFunction(
                "write_physical", [address, APIParameter("bytes", "string")], "Writes bytes of physical memory."),
            APIFunction("nmi", [], "Raises an edge on the NMI pin."),
            APIFunction("irq", [APIParameter("line", "line")], "Raises an edge on an interrupt line, 0 ... 15."),
            APIFunction(
                "run", [APIParameter("options", "table", optional: true)], returns: "string",
                "Runs { instructions = n } guest instructions, 10,000,000 by default; returns the name of the stop reason. Not inside a hook."
            ),
            APIFunction(
                "step", [APIParameter("count", "count", optional: true)], returns: "string",
                "Runs count instructions, one by default; returns the name of the stop reason. Not inside a hook."),
            APIFunction(
                "snapshot", [], returns: "table", "Keeps the state of the machine for m:restore. Not inside a hook."),
            APIFunction(
                "restore", [APIParameter("snapshot", "table")],
                "Goes back to a snapshot, recorded events too. Not inside a hook."),
            APIFunction(
                "note", [APIParameter("text", "string")], variadic: true,
                "Keeps a line in the result; further arguments are put in with string.format."),
        ])

    static let processor = APIClass(
        name: "Processor", stub: "traplab.processor", owner: "m.cpu", separator: ":",
        summary: "The registers of a processor.",
        fields: processorFields,
        functions: [
            APIFunction(
                "reader", [APIParameter("name", "string")], returns: "fun(): integer",
                "A fast function that reads one register."),
            APIFunction(
                "segment", [APIParameter("name", "string")], returns: "table",
                "The cached part of a segment register: selector, base, limit, type, dpl, present, big, null."),
        ])

    static let event = APIClass(
        name: "Event", stub: "traplab.event", owner: "e", separator: ":",
        summary: "One event; fields that do not apply are nil.",
        fields: eventFields,
        functions: [
            APIFunction("suppress", [], "In a \"deliver\" hook: nothing is delivered, execution goes on at EIP."),
            APIFunction(
                "stop", [APIParameter("reason", "string", optional: true)],
                "Ends the run with stop reason \"hook\"; m:run may be called again."),
            APIFunction(
                "set", [APIParameter("values", "table")],
                "In a \"deliver\" hook: alters { vector =, error =, cr2 = } of the delivery."),
        ])

    static let token = APIClass(
        name: "Token", stub: "traplab.token", owner: "token", separator: ":",
        summary: "A listener that m:on installed.",
        fields: [], functions: [APIFunction("remove", [], "Removes the listener; a second call does nothing.")])

    private static let kind = APIParameter("kind", "string")
    private static let filter = APIParameter("filter", "table", optional: true)

    static let run = APIClass(
        name: "Run", stub: "traplab.run", owner: "run", separator: ":",
        summary: "A finished scenario, as a check sees it.",
        fields: runFields,
        functions: looking + [
            APIFunction(
                "first", [kind, filter], returns: "traplab.event?",
                "The first recorded event of a kind that passes the filter."),
            APIFunction(
                "last", [kind, filter], returns: "traplab.event?",
                "The last recorded event of a kind that passes the filter."),
            APIFunction(
                "all", [kind, filter], returns: "traplab.event[]",
                "All recorded events of a kind that pass the filter, in order."),
            APIFunction(
                "count", [kind, filter], returns: "integer", "How many recorded events of a kind pass the filter."),
            APIFunction(
                "scenario", [APIParameter("id", "string")], returns: "traplab.run",
                "The run of another scenario of this attempt."),
        ])

    /// The form that the library reads.
    static var forLibrary: LuaTable {
        var all = LuaTable()
        for group in classes {
            let functions = group.functions.map { function in
                LuaValue.table(
                    LuaTable(fields: [
                        "name": .string(function.name), "separator": .string(group.separator),
                        "vararg": .boolean(function.isVariadic),
                        "params": .table(LuaTable(list: function.parameters.map(parameter))),
                    ]))
            }
            all.fields[group.name] = .table(
                LuaTable(fields: ["owner": .string(group.owner), "functions": .table(LuaTable(list: functions))]))
        }
        return all
    }

    private static func parameter(_ parameter: APIParameter) -> LuaValue {
        .table(
            LuaTable(fields: [
                "name": .string(parameter.name), "type": .string(parameter.type),
                "optional": .boolean(parameter.isOptional),
            ]))
    }
}
