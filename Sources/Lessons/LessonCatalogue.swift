import FoundationEssentials

/// A lesson found on disk.
public struct LessonEntry: Sendable, Hashable {
    /// The folder's name, which must be the lesson's id.
    public let id: String
    /// Path of the folder that holds lesson.lua.
    public let folder: String
}

/// The lessons that can be named by id.
public struct LessonCatalogue: Sendable {
    /// Folders that hold `lessons/`, best first.
    public let roots: [String]

    /// A catalogue over some roots.
    public init(roots: [String]) { self.roots = roots }

    /// Where to look: the option, TRAPLAB_HOME, the nearest ancestor of the current folder that has `lessons/`, and
    /// `share/traplab` beside the executable's folder. A root may also be the `lessons` folder itself.
    public static func roots(
        option: String?, environment: [String: String], currentFolder: String, executable: String
    ) -> [String] {
        var roots: [String] = []
        if let option { roots.append(option) }
        if let home = environment["TRAPLAB_HOME"], !home.isEmpty { roots.append(home) }
        if let ancestor = ancestors(of: currentFolder).first(where: { isFolder("\($0)/lessons") }) {
            roots.append(ancestor.isEmpty ? "/" : ancestor)
        }
        let parts = executable.split(separator: "/").dropLast(2)
        let prefix = (executable.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        let shared = (prefix.hasSuffix("/") || prefix.isEmpty ? prefix : prefix + "/") + "share/traplab"
        if isFolder(shared) { roots.append(shared) }
        return roots
    }

    /// Every lesson, sorted by folder; of two with one id the first root's.
    public func entries() -> [LessonEntry] {
        var seen: Set<String> = []
        var found: [LessonEntry] = []
        for root in roots {
            for folder in lessonFolders(root) {
                let id = lastPart(folder)
                if seen.insert(id).inserted { found.append(LessonEntry(id: id, folder: folder)) }
            }
        }
        return found
    }

    /// The lesson of an id, or in a folder.
    public func find(_ idOrFolder: String) throws(LessonError) -> LessonEntry {
        if isIdentifier(idOrFolder) {
            let all = entries()
            if let entry = all.first(where: { $0.id == idOrFolder }) { return entry }
            if !isFolder(idOrFolder) {
                throw .unknown(idOrFolder, near: all.map(\.id).filter { distance($0, idOrFolder) <= 3 })
            }
        }
        guard isFolder(idOrFolder) else { throw .badName(idOrFolder) }
        let folder = idOrFolder.count > 1 && idOrFolder.hasSuffix("/") ? String(idOrFolder.dropLast()) : idOrFolder
        guard FileManager.default.fileExists(atPath: folder + "/lesson.lua") else { throw .notALesson(folder) }
        return LessonEntry(id: lastPart(folder), folder: folder)
    }

    /// lessons/NN-topic/slug, also lessons/slug.
    private func lessonFolders(_ root: String) -> [String] {
        let base = isFolder(root + "/lessons") ? root + "/lessons" : root
        var found: [String] = []
        for name in names(base) {
            let folder = "\(base)/\(name)"
            if isLesson(folder) {
                found.append(folder)
            } else {
                found += names(folder).map { "\(folder)/\($0)" }.filter(isLesson)
            }
        }
        return found
    }

    private func isLesson(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/lesson.lua")
    }
}

private func ancestors(of folder: String) -> [String] {
    var list: [String] = []
    var parts = folder.split(separator: "/")
    while true {
        list.append(parts.isEmpty ? "" : "/" + parts.joined(separator: "/"))
        if parts.popLast() == nil { return list }
    }
}

private func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
}

private func isFolder(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
}

private func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}
