import Confinement
import Glibc
import Grading
import Lessons
import Reporting

/// What commands know of the process that they run in.
struct Session {
    static let version = "0.1.0"

    let executable: String
    let currentFolder: String
    let environment: [String: String]

    static let current = Session()

    private init() {
        executable = HostFile.resolve("/proc/self/exe") ?? CommandLine.arguments[0]
        currentFolder = HostFile.resolve(".") ?? "."
        var environment: [String: String] = [:]
        for name in ["TRAPLAB_HOME", "NO_COLOR", "LC_ALL", "LC_MESSAGES", "LANG", "TERM"] {
            environment[name] = getenv(name).map { String(cString: $0) }
        }
        self.environment = environment
    }

    /// Chinese when the locale says so.
    var language: Language {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return locale.hasPrefix("zh") ? .zh : .en
    }

    /// Colour only on a terminal that can show it, and not when NO_COLOR is set.
    var style: TextStyle {
        let refuses = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return TextStyle(usesColour: isatty(STDOUT_FILENO) == 1 && !refuses && environment["TERM"] != "dumb")
    }

    /// Folders that hold `lessons/` and `Plugins/`.
    func roots(_ option: String?) -> [String] {
        LessonCatalogue.roots(
            option: option, environment: environment, currentFolder: currentFolder, executable: executable)
    }

    func grader(_ option: String?) -> Grader {
        Grader(executable: executable, roots: roots(option))
    }
}

/// Writes text to standard output or standard error at once.
enum Console {
    static func out(_ text: String) { _ = HostFile.write(Array(text.utf8), to: STDOUT_FILENO) }
    static func error(_ text: String) { _ = HostFile.write(Array("\(text)\n".utf8), to: STDERR_FILENO) }
}

/// Ends a command with a status other than 0; the message, if any, goes to standard error.
struct CommandEnd: Error {
    let status: Int32
    let message: String?

    init(_ status: Int32, _ message: String? = nil) {
        self.status = status
        self.message = message
    }

    init(_ problem: GradeProblem) { self.init(problem.status.rawValue, problem.message) }

    static func usage(_ message: String) -> CommandEnd { CommandEnd(GradeStatus.usage.rawValue, message) }
}
