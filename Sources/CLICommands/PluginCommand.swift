import ArgumentParser
import Grading
import PluginHost

/// `traplab plugin list`.
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Work with plugins.", subcommands: [List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the plugins; a broken one with the reason.")

        @OptionGroup var library: LibraryArguments

        func run() throws {
            let catalogue = PluginCatalogue(roots: Session.current.roots(library.folder))
            var broken = false
            for entry in catalogue.entries() {
                let (line, isBroken) = describe(entry, catalogue)
                broken = broken || isBroken
                Console.out(line + "\n")
            }
            if broken { throw CommandEnd(3) }
        }

        private func describe(_ entry: PluginEntry, _ catalogue: PluginCatalogue) -> (String, Bool) {
            do {
                let report = try library.grader.check(plugin: catalogue.bundle(entry.name))
                if let fault = report.fault { return ("\(entry.name)  disabled: \(fault.message)", true) }
                return ("\(report.name) \(report.version)  \(report.summary)", false)
            } catch let end as GradeProblem {
                return ("\(entry.name)  disabled: \(end.message)", true)
            } catch {
                return ("\(entry.name)  disabled: \(error)", true)
            }
        }
    }
}
