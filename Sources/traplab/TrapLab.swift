import CLICommands
import Glibc

@main
enum TrapLab {
    static func main() {
        exit(TrapLabCommand.execute(Array(CommandLine.arguments.dropFirst())))
    }
}
