import Confinement
import Lessons

/// A lesson on disk: its Lua files, the kernel that it runs on, and the folders of attempts.
public struct LessonFolder: Sendable {
    /// Absolute or relative path of the folder that holds lesson.lua.
    public let path: String
    let bundle: LessonBundle
    let kernel: [String: [UInt8]]

    /// Reads the lesson's files and the kernel's (`kernel/` beside or above the lesson, else in one of `roots`).
    public init(path: String, roots: [String]) throws(GradeProblem) {
        self.path = path
        for name in HostFile.names(in: path) ?? [] where name.hasSuffix(".lua") && HostFile.isLink("\(path)/\(name)") {
            throw GradeProblem(.usage, "\(path)/\(name) is a link; a lesson's files must be in its folder")
        }
        do { bundle = try LessonBundle.read(folder: path) } catch {
            throw GradeProblem(.usage, error.description)
        }
        kernel = LessonFolder.readKernel(near: path, roots: roots)
    }

    /// A folder of attempts: "starter", "solution", "mutants/<name>".
    public func folder(_ name: String) -> String { "\(path)/\(name)" }

    /// Names of the mutants, sorted.
    public var mutants: [String] {
        (HostFile.names(in: folder("mutants")) ?? []).filter { HostFile.kind(folder("mutants/\($0)")) == .folder }
    }

    private static func readKernel(near path: String, roots: [String]) -> [String: [UInt8]] {
        var candidates: [String] = []
        var folder = HostFile.resolve(path) ?? path
        while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            folder = String(folder[..<slash])
            candidates.append(folder + "/kernel")
        }
        for root in roots { candidates += [root + "/kernel", root + "/lessons/kernel"] }
        for candidate in candidates where HostFile.kind(candidate + "/kernel.inc") == .file {
            return files(in: candidate)
        }
        return [:]
    }

    private static func files(in folder: String) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in HostFile.names(in: folder) ?? [] {
            guard name.hasSuffix(".asm") || name.hasSuffix(".inc") || name.hasSuffix(".ld") else { continue }
            files[name] = HostFile.read("\(folder)/\(name)", limit: 4 << 20)
        }
        return files
    }
}
