import Assembly
import LessonScripting
import Lessons
import PC
import PluginHost

/// The Lua of `--script` and `--plugin`; nothing of Lua is made without one.
final class BootScripts {
    private var scripts: [MachineScript] = []

    /// Nil when there is nothing to load.
    init?(_ command: BootCommand, _ machine: Machine, _ image: [UInt8]) throws {
        guard command.script != nil || !command.plugins.isEmpty else { return nil }
        let symbols = AssembledImage(elf: image).symbols
        let catalogue = PluginCatalogue(roots: Session.current.roots(command.library.folder))
        for name in command.plugins {
            do {
                try load(catalogue.bundle(name), "plugin.lua", machine, symbols)
            } catch {
                Console.error("plugin \(name) is disabled: \(error)")
            }
        }
        guard let script = command.script else { return }
        let name = script.split(separator: "/").last.map(String.init) ?? script
        let bundle = LessonBundle(name: name, files: [name: try command.read(script)])
        do { try load(bundle, name, machine, symbols) } catch let fault as ScriptFault {
            throw CommandEnd.usage(fault.message)
        }
    }

    private func load(_ bundle: LessonBundle, _ entry: String, _ machine: Machine, _ symbols: SymbolTable) throws {
        scripts.append(
            try MachineScript(
                source: bundle, entry: entry, machine: machine, symbols: symbols, output: BootScripts.show,
                limits: ScriptLimits()))
    }

    private static func show(_ line: AttemptLine) {
        switch line {
        case .trace(let text), .note(let text), .notice(let text): Console.error(text)
        }
    }

    /// What a hook raised, if one did.
    var fault: String? { scripts.lazy.compactMap(\.fault).first?.message }
}
