import Lessons
import LuaHost

/// What a script may use.
public typealias ScriptLimits = LuaLimits

/// Why a script ended early: its author's fault.
public struct ScriptFault: Error, Codable, Sendable, Hashable, CustomStringConvertible {
    /// What kind of end it was.
    public enum Kind: String, Codable, Sendable {
        case syntax
        case runtime
        case instructions
        case memory
        /// The script runs, but what it returned is not a lesson or a plugin.
        case manifest
    }

    /// What kind of end it was.
    public var kind: Kind
    /// One sentence, beginning with `file:line: ` where that is known.
    public var message: String
    /// The calls that led there, innermost first.
    public var traceback: [String]

    /// A fault that the host itself finds.
    public init(_ kind: Kind, _ message: String, traceback: [String] = []) {
        self.kind = kind
        self.message = message
        self.traceback = traceback
    }

    init(_ error: LuaError) {
        kind =
            switch error.kind {
            case .syntax: .syntax
            case .runtime: .runtime
            case .memory: .memory
            case .instructions: .instructions
            }
        message = [error.location, error.message].compactMap(\.self).joined(separator: ": ")
        traceback = error.traceback
    }

    init(_ error: any Error) {
        switch error {
        case let fault as ScriptFault: self = fault
        case let error as LuaError: self.init(error)
        case let error as LessonError: self.init(.manifest, "lesson.lua: \(error)")
        default: self.init(.runtime, "\(error)")
        }
    }

    /// The message, then the calls, one a line.
    public var description: String { ([message] + traceback.map { "  " + $0 }).joined(separator: "\n") }
}
