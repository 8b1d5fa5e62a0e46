import Confinement
import FoundationEssentials
import Glibc
import LessonScripting
import PluginHost

/// The side of grading that runs untrusted Lua and guests: it reads its task, confines itself, works in memory, writes lines, ends.
public enum AttemptChild {
    /// The hidden subcommand that runs it.
    public static let subcommand = "attempt-child"

    /// Carries out the task on standard input. The exit status: 0 an answer was written, 1 none could be.
    public static func run() -> Int32 {
        let input = readAll()
        guard SelfConfinement.enter() else {
            write(.failure("this host cannot confine a lesson (see traplab doctor)"))
            return 1
        }
        guard let task = try? JSONDecoder().decode(ChildTask.self, from: Data(input)) else {
            write(.failure("the task could not be read"))
            return 1
        }
        write(answer(task))
        return 0
    }

    private static func answer(_ task: ChildTask) -> ChildLine {
        switch task {
        case .evaluate(let bundle):
            do { return .manifest(try LessonScript.evaluate(bundle)) } catch { return .fault(error) }
        case .attempt(let request):
            let wantsTrace = request.trace
            return .result(
                Attempt(request).run { line in
                    if case .trace = line, !wantsTrace { return }
                    write(ChildLine(line))
                })
        case .plugin(let bundle):
            return .plugin(PluginCatalogue(roots: []).check(bundle))
        }
    }

    private static func write(_ line: ChildLine) {
        guard var bytes = try? JSONEncoder().encode(line) else { return }
        bytes.append(UInt8(ascii: "\n"))
        _ = HostFile.write(Array(bytes), to: STDOUT_FILENO)
    }

    private static func readAll() -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += block[..<count]
        }
    }
}
