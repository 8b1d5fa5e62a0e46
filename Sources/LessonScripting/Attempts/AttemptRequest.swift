import Assembly
import Lessons
import LuaHost

/// One attempt: everything it needs, in memory.
public struct AttemptRequest: Codable, Sendable {
    /// The lesson's Lua files.
    public var bundle: LessonBundle
    /// The kernel, one of the manifest's targets.
    public var target: String
    /// Seed of everything that is by chance.
    public var seed: UInt64
    /// What was built, by the build's id.
    public var images: [String: AssembledImage]
    /// Plugins, each with its plugin.lua.
    public var plugins: [LessonBundle]
    /// Whether the caller wants what plugins print. Has no influence on the run.
    public var trace: Bool
    /// Language of messages.
    public var language: Language
    /// Each scenario is snapshotted so many instructions into its first run, run on, restored and resumed. Nil: not.
    public var resumeAfter: UInt64?
    /// What each script may use.
    public var limits: ScriptLimits

    /// An attempt.
    public init(
        bundle: LessonBundle, target: String, seed: UInt64 = 0, images: [String: AssembledImage],
        plugins: [LessonBundle] = [], trace: Bool = false, language: Language = .en, resumeAfter: UInt64? = nil,
        limits: ScriptLimits = ScriptLimits()
    ) {
        self.bundle = bundle
        self.target = target
        self.seed = seed
        self.images = images
        self.plugins = plugins
        self.trace = trace
        self.language = language
        self.resumeAfter = resumeAfter
        self.limits = limits
    }
}

/// A line that an attempt produces while it runs.
public enum AttemptLine: Sendable, Hashable {
    /// Printed by a plugin.
    case trace(String)
    /// Kept by the lesson with `m:note`, or printed by it.
    case note(String)
    /// Something to know, such as a disabled plugin.
    case notice(String)
}
