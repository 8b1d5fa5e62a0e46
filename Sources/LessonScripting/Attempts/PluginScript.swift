import Lessons
import LuaHost

/// What a plugin says about itself.
package struct PluginManifest: Sendable {
    package let name: String
    package let version: String
    package let api: Int
    package let summary: String

    init(_ value: LuaValue) throws(ScriptFault) {
        guard let table = value.table, table["kind"].string == "plugin" else {
            throw ScriptFault(.manifest, "plugin.lua: must return lab.plugin { ... }, returned a \(value.typeName)")
        }
        guard let api = table["api"].integer else { throw ScriptFault(.manifest, "plugin.lua: api must be an integer") }
        guard api >= 1, api <= LessonManifest.currentAPI else {
            throw ScriptFault(
                .manifest,
                "plugin.lua: needs version \(api) of the Lua API; this program has \(LessonManifest.currentAPI)")
        }
        guard let name = table["name"].string, !name.isEmpty else {
            throw ScriptFault(.manifest, "plugin.lua: name must be a string")
        }
        guard let version = table["version"].string, !version.isEmpty else {
            throw ScriptFault(.manifest, "plugin.lua: version must be a string")
        }
        guard table["setup"].function != nil else {
            throw ScriptFault(.manifest, "plugin.lua: setup must be a function")
        }
        self.name = name
        self.version = version
        self.api = Int(api)
        summary = table["summary"].string ?? ""
    }
}

/// A plugin in a state of its own. When it raises it is disabled: the run goes on without it.
package final class PluginScript {
    /// What it says about itself.
    package let manifest: PluginManifest
    private let host: ScriptHost
    private let setup: LuaFunction
    private let output: (AttemptLine) -> Void
    private var isDisabled = false

    /// Loads plugin.lua of a bundle.
    package init(
        _ bundle: LessonBundle, limits: ScriptLimits, seed: UInt64, output: @escaping (AttemptLine) -> Void
    ) throws(ScriptFault) {
        self.output = output
        do {
            guard bundle.files["plugin.lua"] != nil else { throw ScriptFault(.manifest, "there is no plugin.lua") }
            host = try ScriptHost(bundle: bundle, owner: .lesson, limits: limits, seed: seed)
            let value = try host.evaluate(file: "plugin.lua")
            manifest = try PluginManifest(value)
            guard let setup = value.table?["setup"].function else { throw ScriptFault(.manifest, "no setup") }
            self.setup = setup
        } catch {
            throw ScriptFault(error)
        }
        host.owner = .plugin("\(manifest.name) \(manifest.version)")
        host.onPrint = { output(.trace($0)) }
        host.onListenerFault = { [unowned self] fault, _ in disable(fault) }
    }

    /// Lets it install its listeners on a machine.
    func attach(_ guest: GuestMachine) {
        guard !isDisabled else { return }
        let allowsRun = guest.allowsRun
        guest.allowsRun = false
        defer { guest.allowsRun = allowsRun }
        let number = host.add(guest)
        do { try host.callEntry("setup", [.function(setup), .integer(Int64(number))]) } catch {
            disable(ScriptFault(error))
        }
    }

    private func disable(_ fault: ScriptFault) {
        guard !isDisabled else { return }
        isDisabled = true
        host.removeListeners()
        output(.notice("plugin \(manifest.name) is disabled: \(fault.message)"))
    }
}
