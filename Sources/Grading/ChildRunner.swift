import Confinement
import FoundationEssentials
import LessonScripting

/// Starts our own executable as a confined child for one task.
struct ChildRunner: Sendable {
    /// Absolute path of the traplab executable.
    let executable: String
    /// Time on the clock for one child, in milliseconds.
    let wallMilliseconds: UInt64

    /// The lines the child wrote, the last of which is its answer. `subject` begins the message when there is none.
    func run(_ task: ChildTask, memoryBytes: UInt64, subject: String) throws(GradeProblem) -> ChildAnswer {
        guard let input = try? JSONEncoder().encode(task) else {
            throw GradeProblem(.defect, "a task was not encodable")
        }
        let command = ConfinedCommand(
            program: executable, arguments: [AttemptChild.subcommand],
            environment: ["SWIFT_BACKTRACE=enable=no", "TZ=UTC"], input: Array(input), view: .whole,
            limits: ConfinementLimits(
                wallMilliseconds: wallMilliseconds, cpuSeconds: wallMilliseconds / 1000 + 1, memoryBytes: memoryBytes,
                fileBytes: 0, outputBytes: 64 << 20))
        let result: ConfinedResult
        do { result = try command.run() } catch { throw GradeProblem(.defect, error.description) }
        let answer = ChildAnswer(ChildLine.parse(result.output))
        if answer.last != nil { return answer }
        throw problem(result.end, answer, subject)
    }

    private func problem(_ end: ConfinedEnd, _ answer: ChildAnswer, _ subject: String) -> GradeProblem {
        switch end {
        case .wallClock:
            return GradeProblem(.limit, "\(subject) ran past its time limit of \(seconds) and was ended")
        case .cpuTime, .memory, .outputLimit, .fileSize:
            return GradeProblem(.limit, "\(subject) \(end) and was ended")
        case .signalled(let number):
            return GradeProblem(
                .defect, "\(subject): the engine crashed (signal \(number)); this is a defect of traplab")
        case .exited:
            return GradeProblem(.defect, "\(subject): \(answer.failure ?? "the engine gave no answer")")
        }
    }

    private var seconds: String {
        wallMilliseconds % 1000 == 0 ? "\(wallMilliseconds / 1000) s" : "\(wallMilliseconds) ms"
    }
}

/// A child's output, sorted.
struct ChildAnswer {
    var trace: [String] = []
    var notices: [String] = []
    var failure: String?
    var last: ChildLine?

    init(_ lines: [ChildLine]) {
        for line in lines {
            switch line {
            case .trace(let text): trace.append(text)
            case .note: break
            case .notice(let text): notices.append(text)
            case .failure(let text): failure = text
            case .manifest, .result, .plugin, .fault: last = line
            }
        }
    }
}
