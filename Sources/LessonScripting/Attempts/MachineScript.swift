import Assembly
import Lessons
import LuaHost
import PC

/// A script or plugin on a machine that the program itself runs (`boot --script`, `boot --plugin`).
/// Keep it as long as the machine runs.
public final class MachineScript {
    private let guest: GuestMachine
    private var host: ScriptHost?
    private var plugin: PluginScript?

    /// Loads `entry` of the bundle and lets it install its hooks. The chunk returns a function(m), a table
    /// `{ setup = function(m) ... end }`, or a plugin.
    public init(
        source: LessonBundle, entry: String, machine: Machine, symbols: SymbolTable?,
        output: @escaping (AttemptLine) -> Void, limits: ScriptLimits
    ) throws(ScriptFault) {
        guest = GuestMachine(machine: machine, symbols: symbols, target: "")
        guest.allowsRun = false
        guest.onNote = { output(.note($0)) }
        if entry == "plugin.lua" {
            let plugin = try PluginScript(source, limits: limits, seed: machine.configuration.seed, output: output)
            plugin.attach(guest)
            self.plugin = plugin
            return
        }
        do { try load(source, entry, output, limits) } catch { throw ScriptFault(error) }
    }

    /// What a hook raised: it asked the machine to stop with `.hook`.
    public var fault: ScriptFault? { guest.fault }

    private func load(
        _ source: LessonBundle, _ entry: String, _ output: @escaping (AttemptLine) -> Void, _ limits: ScriptLimits
    ) throws {
        let host = try ScriptHost(
            bundle: source, owner: .script, limits: limits, seed: guest.machine.configuration.seed)
        host.onPrint = { output(.trace($0)) }
        let value = try host.evaluate(file: entry)
        guard let setup = value.function ?? value.table?["setup"].function else {
            throw ScriptFault(
                .manifest, "\(entry): must return function(m) ... end, or { setup = function(m) ... end }")
        }
        self.host = host
        let number = host.add(guest)
        try host.callEntry("setup", [.function(setup), .integer(Int64(number))])
    }
}
