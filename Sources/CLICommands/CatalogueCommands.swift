import ArgumentParser
import Confinement
import Lessons

/// `traplab list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the lessons.")

    @OptionGroup var library: LibraryArguments

    func run() throws {
        let entries = library.entries
        guard !entries.isEmpty else { throw CommandEnd.usage("no lessons were found (see traplab doctor)") }
        let language = Session.current.language
        let width = entries.map(\.id.count).max() ?? 0
        for entry in entries {
            let name = entry.id + String(repeating: " ", count: width - entry.id.count)
            Console.out("\(name)  \(describe(entry, language))\n")
        }
    }

    private func describe(_ entry: LessonEntry, _ language: Language) -> String {
        do {
            let manifest = try library.manifest(library.lesson(entry.folder))
            let summary = manifest.summary.map { ": " + $0.text(language) } ?? ""
            return manifest.title.text(language) + summary
        } catch {
            return "(broken: \((error as? CommandEnd)?.message ?? "unreadable"))"
        }
    }
}

/// `traplab show LESSON`.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a lesson's text and checks.")

    @Argument(help: "Id or folder of a lesson.") var lesson: String
    @OptionGroup var library: LibraryArguments

    func run() throws {
        let folder = try library.lesson(lesson)
        let manifest = try library.manifest(folder)
        let language = Session.current.language
        let names = language == .zh ? ["README.zh.md", "README.md"] : ["README.md"]
        let text = names.lazy.compactMap { HostFile.read(folder.folder($0)) }.first
        Console.out(text.map { String(decoding: $0, as: UTF8.self) } ?? "# \(manifest.title.text(language))\n")
        Console.out("\nTo edit: \(manifest.exerciseFiles.joined(separator: ", "))\n")
        Console.out("Kernels: \(manifest.targets.joined(separator: ", "))\nChecks:\n")
        for check in manifest.checks where !check.hidden {
            let title = check.title.map { ", " + $0.text(language) } ?? ""
            Console.out("  \(check.id) (\(check.points) points)\(title)\n")
        }
    }
}

/// `traplab start LESSON [DIR]`.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Copy a lesson's starter files into a folder.")

    @Argument(help: "Id or folder of a lesson.") var lesson: String
    @Argument(help: "Folder to make; ./LESSON when not given.") var folder: String?
    @OptionGroup var library: LibraryArguments

    func run() throws {
        let source = try library.lesson(lesson)
        let manifest = try library.manifest(source)
        let target = folder ?? manifest.id
        let names = manifest.exerciseFiles
        for name in names where HostFile.kind("\(target)/\(name)") != nil {
            throw CommandEnd.usage("\(target)/\(name) is there already and was left alone")
        }
        guard HostFile.makeFolders(target) else { throw CommandEnd.usage("\(target) cannot be made") }
        for name in names {
            guard let bytes = HostFile.read(source.folder("starter/\(name)")) else {
                throw CommandEnd(3, "the lesson has no starter/\(name)")
            }
            guard HostFile.write(bytes, to: "\(target)/\(name)") else {
                throw CommandEnd.usage("\(target)/\(name) cannot be written")
            }
        }
        if let text = HostFile.read(source.folder("README.md")), HostFile.kind("\(target)/README.md") == nil {
            _ = HostFile.write(text, to: "\(target)/README.md")
        }
        Console.out(
            """
            \(target)/ is ready. Read README.md, edit \(names.joined(separator: ", ")), then:
              traplab grade \(manifest.id) --submission \(target)

            """)
    }
}

/// `traplab hint LESSON [CHECK]`.
struct HintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hint", abstract: "Show hints, one stage at a time.")

    @Argument(help: "Id or folder of a lesson.") var lesson: String
    @Argument(help: "Id of a check.") var check: String?
    @Option(help: "How many stages to show.") var stage: Int = 1
    @OptionGroup var library: LibraryArguments

    func run() throws {
        let manifest = try library.manifest(library.lesson(lesson))
        let shown = manifest.checks.filter { !$0.hidden && !$0.hints.isEmpty }
        guard let check else {
            for check in shown { Console.out("traplab hint \(manifest.id) \(check.id)\n") }
            return
        }
        guard let found = shown.first(where: { $0.id == check }) else {
            let known = shown.map(\.id).joined(separator: ", ")
            throw CommandEnd.usage("\(manifest.id) has no hints for \"\(check)\" (it has for: \(known))")
        }
        guard stage >= 1 else { throw CommandEnd.usage("stages are counted from 1") }
        for (index, hint) in found.hints.prefix(stage).enumerated() {
            Console.out("\(index + 1). \(hint.text(Session.current.language))\n")
        }
        if found.hints.count > stage {
            Console.out(
                "(\(found.hints.count - stage) more: traplab hint \(manifest.id) \(check) --stage \(stage + 1))\n")
        }
    }
}
