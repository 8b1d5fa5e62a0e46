import FoundationEssentials
import Grading

/// Grades as JSON: our own model, with snake_case names in a fixed order.
public struct JSONReport: Codable, Sendable {
    /// Version of this structure.
    public var schema = 1
    /// What wrote it.
    public var tool = "traplab"
    /// Its version.
    public var toolVersion: String
    /// The highest status of the lessons.
    public var status: GradeStatus
    /// The process's exit status.
    public var exitStatus: Int32
    /// One for each lesson, in the order asked for.
    public var lessons: [GradeReport]

    /// A file's contents for some lessons.
    public init(_ lessons: [GradeReport], toolVersion: String) {
        self.lessons = lessons
        self.toolVersion = toolVersion
        status = lessons.map(\.status).max { $0.rawValue < $1.rawValue } ?? .passed
        exitStatus = status.rawValue
    }

    /// The JSON text; ends with a newline.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(self) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
