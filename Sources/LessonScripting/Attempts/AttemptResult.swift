/// What became of a check.
public enum CheckOutcome: String, Codable, Sendable {
    case passed
    case failed
    /// A check that it comes after did not pass.
    case notRun
    /// The lesson's or the engine's fault: the attempt is ungradable.
    case error
}

/// One check's result.
public struct CheckResult: Codable, Sendable, Hashable {
    public var id: String
    public var outcome: CheckOutcome
    /// Points reached; part of the maximum when the check gave a fraction.
    public var points: Double
    /// Points that can be reached.
    public var maximum: Int
    /// Expected and actual, by name.
    public var message: String?
    /// The events that led there, oldest first.
    public var evidence: [String]
    /// `file:line` of the expectation.
    public var location: String?
    /// For `error`: what ended the lesson's own code; nil when the engine is at fault.
    public var fault: ScriptFault?
}

/// How one scenario ended.
public struct ScenarioResult: Codable, Sendable, Hashable {
    public var id: String
    /// Name of the stop reason; "none" when the guest was not run.
    public var stop: String
    /// The same in words.
    public var stopDetail: String
    /// Guest instructions run.
    public var instructions: UInt64
    /// Digest of the event log, lower-case hex.
    public var digest: String
    /// What `m:note` kept.
    public var notes: [String]
    /// The scenario's own error.
    public var fault: ScriptFault?
}

/// The result of an attempt.
public struct AttemptResult: Codable, Sendable {
    public var lesson: String
    public var target: String
    public var seed: UInt64
    public var checks: [CheckResult]
    public var scenarios: [ScenarioResult]
    /// Things to know, such as a disabled plugin.
    public var notices: [String]
    /// The lesson could not be run at all; then there are no checks.
    public var fault: ScriptFault?
    /// Digest of all scenarios' digests, in order; of one scenario its own.
    public var digest: String
}

/// Digest of digests.
enum CombinedDigest {
    /// FNV-1a, 128 bits, over the texts; a single one is itself.
    static func of(_ digests: [String]) -> String {
        if digests.count == 1 { return digests[0] }
        let prime: UInt128 = 1 << 88 + 0x13B
        var value: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in digests.joined(separator: " ").utf8 {
            value = (value ^ UInt128(byte)) &* prime
        }
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 32 - text.count) + text
    }
}
