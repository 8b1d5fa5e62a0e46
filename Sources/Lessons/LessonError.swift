/// What is wrong with a request for a lesson, its files or its manifest. Never the student's fault.
public enum LessonError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No lesson of that id; with ids that look like it.
    case unknown(String, near: [String])
    /// A name that is neither an id nor a folder.
    case badName(String)
    /// A folder without a lesson.lua.
    case notALesson(String)
    /// A file that cannot be used: its path and why.
    case file(String, String)
    /// A field of the manifest: its name, as written in Lua, and what is wrong.
    case field(String, String)

    /// One sentence.
    public var description: String {
        switch self {
        case .unknown(let id, let near):
            near.isEmpty ? "no lesson '\(id)'" : "no lesson '\(id)'; did you mean \(near.joined(separator: " or "))?"
        case .badName(let name): "'\(name)' is neither a lesson's id ([a-z0-9-]+) nor a folder"
        case .notALesson(let folder): "\(folder): no lesson.lua in this folder"
        case .file(let path, let reason): "\(path): \(reason)"
        case .field(let name, let reason): "\(name): \(reason)"
        }
    }
}
