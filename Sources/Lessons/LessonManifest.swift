/// What a lesson says about itself; can be checked without running a guest.
public struct LessonManifest: Codable, Sendable, Hashable {
    /// Version of the Lua API that it is written for.
    public var api: Int
    /// `[a-z0-9-]+`.
    public var id: String
    public var title: LocalizedText
    /// One sentence.
    public var summary: LocalizedText?
    /// Kernels that it can be run on, the default first.
    public var targets: [String]
    /// Guest memory in bytes, 64 KiB to 1 GiB.
    public var memoryBytes: Int
    /// Guest instructions that one scenario may run.
    public var instructions: UInt64
    /// Files of a submission; each replaces the kernel's file of that name.
    public var exerciseFiles: [String]
    /// Plugins that it uses, by name.
    public var plugins: [String]
    /// Runs, in order; at least one.
    public var scenarios: [ScenarioInfo]
    /// Checks, in order; at least one.
    public var checks: [CheckInfo]
    /// The different guests that the scenarios need.
    public var builds: [GuestBuild]

    /// The version of the Lua API that this program has.
    public static let currentAPI = 1
    /// Largest guest memory, in bytes.
    public static let maximumMemory = 1 << 30

    /// Points that can be reached.
    public var maximumPoints: Int { checks.reduce(0) { $0 + $1.points } }
}

/// One run of the guest.
public struct ScenarioInfo: Codable, Sendable, Hashable {
    /// `[a-z0-9-]+`.
    public var id: String
    /// The build that it runs.
    public var build: String

    /// A run.
    public init(id: String, build: String) {
        self.id = id
        self.build = build
    }
}

/// One check.
public struct CheckInfo: Codable, Sendable, Hashable {
    /// `[a-z0-9-]+`.
    public var id: String
    public var title: LocalizedText?
    /// Zero or more.
    public var points: Int
    /// The scenario whose run is tested.
    public var scenario: String
    /// Checks that must have passed first.
    public var after: [String]
    public var group: String?
    /// Not shown to a student.
    public var hidden: Bool
    /// Stages, the mildest first.
    public var hints: [LocalizedText]
}

/// Guest code that a scenario needs, beside the kernel.
public struct GuestBuild: Codable, Sendable, Hashable {
    public var id: String
    /// Ring-3 assembly that replaces the kernel's own; nil: none.
    public var guest: String?
    /// Assembler symbols by name.
    public var defines: [String: String]
    /// Line of lesson.lua where `lab.asm` stands; 0 when there is none.
    public var line: Int

    /// A build.
    public init(id: String, guest: String?, defines: [String: String], line: Int) {
        self.id = id
        self.guest = guest
        self.defines = defines
        self.line = line
    }
}
