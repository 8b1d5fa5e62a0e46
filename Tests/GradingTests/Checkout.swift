import Confinement
import Grading
import Testing

/// The checkout that the tests were built in, and the executable built beside them.
enum Checkout {
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    static let executable: String = {
        var parts = (HostFile.resolve("/proc/self/exe") ?? "").split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast()
        return parts.joined(separator: "/") + "/traplab"
    }()

    static func grader(wallMilliseconds: UInt64 = 10_000) -> Grader {
        Grader(executable: executable, roots: [root], wallMilliseconds: wallMilliseconds)
    }

    /// A copy of a lesson that a test may change; the kernel is found through the roots.
    static func copy(_ lesson: String) throws -> PrivateFolder {
        let folder = try PrivateFolder()
        try copy("\(root)/lessons/\(lesson)", to: "", in: folder)
        return folder
    }

    private static func copy(_ source: String, to name: String, in folder: PrivateFolder) throws {
        for entry in HostFile.names(in: source) ?? [] {
            let target = name.isEmpty ? entry : "\(name)/\(entry)"
            if HostFile.kind("\(source)/\(entry)") == .folder {
                try copy("\(source)/\(entry)", to: target, in: folder)
            } else {
                try folder.write(try #require(HostFile.read("\(source)/\(entry)")), to: target)
            }
        }
    }
}
