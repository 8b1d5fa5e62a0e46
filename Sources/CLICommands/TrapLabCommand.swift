import ArgumentParser
import Grading

/// The command line: `traplab <subcommand>`.
public struct TrapLabCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "traplab",
        abstract: "Learn how an IA-32 processor and an NT-style kernel handle interrupts and exceptions.",
        version: Session.version,
        subcommands: [
            ListCommand.self, ShowCommand.self, StartCommand.self, RunCommand.self, GradeCommand.self,
            HintCommand.self, BootCommand.self, LessonCommand.self, PluginCommand.self, DoctorCommand.self,
        ])

    public init() {}

    /// Runs a command line (without the program's name); the exit status, 2 for a line that cannot be parsed.
    public static func execute(_ arguments: [String]) -> Int32 {
        if arguments.first == AttemptChild.subcommand { return AttemptChild.run() }
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            return 0
        } catch let end as CommandEnd {
            if let message = end.message { Console.error("traplab: \(message)") }
            return end.status
        } catch {
            let text = fullMessage(for: error)
            guard exitCode(for: error) != .success else {
                Console.out(text + "\n")
                return 0
            }
            Console.error(text)
            return GradeStatus.usage.rawValue
        }
    }
}
