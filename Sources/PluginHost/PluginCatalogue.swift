import FoundationEssentials
import LessonScripting
import Lessons

/// A plugin found on disk.
public struct PluginEntry: Sendable, Hashable {
    /// The folder's name, which must be the plugin's.
    public let name: String
    /// Path of the folder that holds plugin.lua.
    public let folder: String
}

/// What is wrong with a request for a plugin.
public enum PluginError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No plugin of that name; the names that there are.
    case unknown(String, known: [String])
    /// Its files cannot be read.
    case unreadable(String)

    /// One sentence.
    public var description: String {
        switch self {
        case .unknown(let name, let known):
            known.isEmpty
                ? "there is no plugin '\(name)'"
                : "there is no plugin '\(name)'; there are \(known.joined(separator: ", "))"
        case .unreadable(let reason): reason
        }
    }
}

/// What checking a plugin found.
public struct PluginReport: Codable, Sendable, Hashable {
    public var name: String
    public var version: String
    public var api: Int
    public var summary: String
    /// Why it is disabled; nil when it can be used.
    public var fault: ScriptFault?
}

/// The plugins that can be named: `Plugins/<name>/plugin.lua` in some roots.
public struct PluginCatalogue: Sendable {
    /// Folders that hold `Plugins/`, best first.
    public let roots: [String]

    /// A catalogue over some roots.
    public init(roots: [String]) { self.roots = roots }

    /// Every plugin folder, sorted by name within a root; of two with one name the first root's.
    public func entries() -> [PluginEntry] {
        var seen: Set<String> = []
        var found: [PluginEntry] = []
        for root in roots {
            let base = root + "/Plugins"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
            for name in names.sorted() where FileManager.default.fileExists(atPath: "\(base)/\(name)/plugin.lua") {
                if seen.insert(name).inserted { found.append(PluginEntry(name: name, folder: "\(base)/\(name)")) }
            }
        }
        return found
    }

    /// The files of a plugin, by name or by folder.
    public func bundle(_ name: String) throws(PluginError) -> LessonBundle {
        let all = entries()
        let isFolder = name.contains("/") && FileManager.default.fileExists(atPath: name + "/plugin.lua")
        guard let folder = all.first(where: { $0.name == name })?.folder ?? (isFolder ? name : nil) else {
            throw .unknown(name, known: all.map(\.name))
        }
        do { return try LessonBundle.read(folder: folder) } catch { throw .unreadable(error.description) }
    }

    /// Loads a plugin without a machine and says what it is. Belongs in a confined child.
    public func check(_ bundle: LessonBundle) -> PluginReport {
        var report = PluginReport(name: bundle.name, version: "", api: 0, summary: "", fault: nil)
        do {
            let script = try PluginScript(bundle, limits: ScriptLimits(), seed: 0) { _ in }
            report.version = script.manifest.version
            report.api = script.manifest.api
            report.summary = script.manifest.summary
            if script.manifest.name != bundle.name {
                report.fault = ScriptFault(
                    .manifest, "plugin.lua: its name is '\(script.manifest.name)' but its folder is '\(bundle.name)'")
            }
        } catch {
            report.fault = error
        }
        return report
    }
}
