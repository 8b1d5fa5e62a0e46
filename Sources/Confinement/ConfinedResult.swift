/// How a confined child ended.
public enum ConfinedEnd: Hashable, Sendable {
    case exited(Int32)
    /// Killed by a signal that no limit explains: a crash.
    case signalled(Int32)
    case wallClock
    case cpuTime
    case memory
    case fileSize
    case outputLimit
}

extension ConfinedEnd: CustomStringConvertible {
    /// A short phrase for a message, such as "ran out of processor time".
    public var description: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .signalled(let number): "was ended by signal \(number)"
        case .wallClock: "ran past its time limit"
        case .cpuTime: "ran out of processor time"
        case .memory: "ran out of memory"
        case .fileSize: "wrote too large a file"
        case .outputLimit: "wrote too much output"
        }
    }
}

/// What a confined child did.
public struct ConfinedResult: Sendable {
    /// How it ended.
    public let end: ConfinedEnd
    /// Bytes of standard output, cut at the limit.
    public let output: [UInt8]
    /// Bytes of standard error, cut at the limit.
    public let errorOutput: [UInt8]
    /// Processor time used, in microseconds.
    public let cpuMicroseconds: UInt64
    /// Largest resident size, in bytes.
    public let peakBytes: UInt64

    /// Standard output as text; bytes that are not UTF-8 are replaced.
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    /// Standard error as text; bytes that are not UTF-8 are replaced.
    public var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}

/// Why a child could not be started.
public enum ConfinementError: Error, Hashable, Sendable, CustomStringConvertible {
    /// This host offers no way to hide its files from a program.
    case notConfinable
    /// A step before the program started failed; `code` is an errno.
    case cannotStart(step: String, code: Int32)

    /// One line for a user.
    public var description: String {
        switch self {
        case .notConfinable:
            "this host has neither user namespaces nor Landlock, so no program can be confined (see traplab doctor)"
        case .cannotStart(let step, let code):
            "a confined child could not be started: \(step): \(systemMessage(code))"
        }
    }
}
