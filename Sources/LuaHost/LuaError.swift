/// An error that ended a script, as the host sees it.
public struct LuaError: Error, Sendable, CustomStringConvertible {
    /// What kind of end it was.
    public enum Kind: String, Sendable, Codable {
        case syntax
        case runtime
        case memory
        case instructions
    }

    /// What kind of end it was.
    public let kind: Kind
    /// The text, beginning with `file:line: ` where that is known.
    public let message: String
    /// The calls that led there, innermost first, without the host's own.
    public let traceback: [String]
    /// The tag of an error raised by a host function with `LuaRaise.tagged`.
    public let tag: String?
    /// Lines that the host function added.
    public let lines: [String]
    /// `file:line` of a tagged error.
    public let location: String?

    /// Describes an end that the host itself finds.
    public init(
        kind: Kind, message: String, traceback: [String] = [], tag: String? = nil, lines: [String] = [],
        location: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.traceback = traceback
        self.tag = tag
        self.lines = lines
        self.location = location
    }

    /// The message and the traceback, one call a line.
    public var description: String { ([message] + traceback.map { "  " + $0 }).joined(separator: "\n") }
}

/// Thrown by a host function to raise an error in Lua.
public struct LuaRaise: Error {
    let message: String
    let tag: String?
    let lines: [String]

    /// An error with a text; the script's position is put before it.
    public init(_ message: String) {
        self.message = message
        tag = nil
        lines = []
    }

    private init(message: String, tag: String, lines: [String]) {
        self.message = message
        self.tag = tag
        self.lines = lines
    }

    /// An error that the host recognises by its tag if no `pcall` catches it.
    public static func tagged(_ tag: String, _ message: String, lines: [String] = []) -> LuaRaise {
        LuaRaise(message: message, tag: tag, lines: lines)
    }
}

/// What a script may use.
public struct LuaLimits: Sendable, Hashable, Codable {
    /// Lua instructions for the life of the state, to within a thousand.
    public var instructions: Int64
    /// Lua instructions for one call from the host.
    public var instructionsPerCall: Int64
    /// Bytes of Lua's memory.
    public var memory: Int64

    /// Limits; the defaults suit a lesson.
    public init(instructions: Int64 = 200_000_000, instructionsPerCall: Int64 = 50_000_000, memory: Int64 = 64 << 20) {
        self.instructions = instructions
        self.instructionsPerCall = instructionsPerCall
        self.memory = memory
    }
}
