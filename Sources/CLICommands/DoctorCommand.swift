import ArgumentParser
import Assembly
import Confinement

/// `traplab doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this host can do, and what is missing.")

    @OptionGroup var library: LibraryArguments

    func run() throws {
        var isWell = true
        for finding in confinement + [forbiddenActs, assembler] + places {
            Console.out("\(finding.isWell ? "ok     " : "MISSING") \(finding.text)\n")
            isWell = isWell && finding.isWell
        }
        if !isWell { throw CommandEnd(3) }
    }

    private struct Finding {
        let isWell: Bool
        let text: String
    }

    private var confinement: [Finding] {
        let host = HostConfinement.current
        let how =
            switch host.programMechanism {
            case .namespaces: "in namespaces with a private root"
            case .landlock: "by Landlock rules"
            case nil: "cannot be confined here, so nothing is assembled"
            }
        let filter =
            host.hasFilter ? "a seccomp filter" : "no seccomp filter: a lesson is held by namespaces or limits only"
        return [
            Finding(isWell: host.programMechanism != nil, text: "assembler and linker: \(how)"),
            Finding(isWell: host.hasFilter, text: "attempts: \(filter)"),
            Finding(
                isWell: true,
                text: "mechanisms: namespaces \(word(host.hasNamespaces)), Landlock \(word(host.hasLandlock)), "
                    + "seccomp \(word(host.hasFilter))"),
        ]
    }

    private func word(_ value: Bool) -> String { value ? "yes" : "no" }

    /// What a confined child could still do.
    private var forbiddenActs: Finding {
        guard let acts = SelfConfinement.actsPossibleWhenConfined() else {
            return Finding(isWell: false, text: "attempts cannot be confined here")
        }
        let names = acts.map { "\($0)" }.joined(separator: ", ")
        return Finding(isWell: acts.isEmpty, text: "a confined attempt can \(acts.isEmpty ? "touch nothing" : names)")
    }

    private var assembler: Finding {
        let request = AssemblyRequest(units: [SourceFile(name: "doctor.asm", text: "bits 32\nstart: ret\n")])
        do {
            _ = try Assembler(cache: nil).assemble(request)
            return Finding(isWell: true, text: "nasm and ld make a program")
        } catch {
            return Finding(isWell: false, text: "nasm and ld: \(error)")
        }
    }

    private var places: [Finding] {
        let entries = library.entries
        let cache = AssemblyCache.standard?.folder ?? "none (neither HOME nor XDG_CACHE_HOME is set)"
        return [
            Finding(isWell: !entries.isEmpty, text: "lessons found: \(entries.map(\.id).joined(separator: ", "))"),
            Finding(isWell: true, text: "cache: \(cache)"),
        ]
    }
}
