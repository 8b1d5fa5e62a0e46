import Confinement

/// The files of one attempt, in memory.
public struct Submission: Sendable {
    /// Where they came from.
    public let folder: String
    let files: [String: [UInt8]]

    /// Largest file that is accepted, in bytes.
    public static let fileLimit = 1 << 20

    /// Reads the lesson's exercise files from a folder; those that are missing are taken from `fallback`. Links are refused: a
    /// submission must not name a file outside itself.
    public init(folder: String, names: [String], fallback: String? = nil) throws(GradeProblem) {
        guard HostFile.kind(folder) == .folder || names.isEmpty else {
            throw GradeProblem(.usage, "\(folder): there is no such folder")
        }
        var files: [String: [UInt8]] = [:]
        for name in names {
            if let bytes = Submission.read(folder, name) {
                files[name] = bytes
            } else if HostFile.kind("\(folder)/\(name)") == nil, let fallback,
                let bytes = Submission.read(fallback, name)
            {
                files[name] = bytes
            } else {
                throw GradeProblem(.failed, Submission.complaint(folder, name))
            }
        }
        self.folder = folder
        self.files = files
    }

    private static func read(_ folder: String, _ name: String) -> [UInt8]? {
        HostFile.read("\(folder)/\(name)", limit: fileLimit, followLink: false)
    }

    private static func complaint(_ folder: String, _ name: String) -> String {
        HostFile.kind("\(folder)/\(name)") == nil
            ? "\(name) is missing from \(folder)"
            : "\(folder)/\(name) is not an ordinary file of at most \(fileLimit >> 20) MiB"
    }
}
