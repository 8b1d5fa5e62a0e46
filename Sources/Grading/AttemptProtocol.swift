import FoundationEssentials
import LessonScripting
import Lessons
import PluginHost

/// What the parent asks of a confined child; JSON on its standard input.
enum ChildTask: Codable, Sendable {
    case evaluate(LessonBundle)
    case attempt(AttemptRequest)
    case plugin(LessonBundle)
}

/// What the child answers: JSON, one value a line, on its standard output. The last line is a result or a fault.
enum ChildLine: Codable, Sendable {
    case trace(String)
    case note(String)
    case notice(String)
    case manifest(LessonManifest)
    case result(AttemptResult)
    case plugin(PluginReport)
    case fault(ScriptFault)
    case failure(String)

    init(_ line: AttemptLine) {
        switch line {
        case .trace(let text): self = .trace(text)
        case .note(let text): self = .note(text)
        case .notice(let text): self = .notice(text)
        }
    }

    /// The lines of an output; those that are cut off or not ours are left out.
    static func parse(_ output: [UInt8]) -> [ChildLine] {
        let decoder = JSONDecoder()
        return output.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(ChildLine.self, from: Data($0))
        }
    }
}
