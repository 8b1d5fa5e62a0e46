import FoundationEssentials

/// All text that a lesson or a plugin may see, in memory: a script never opens a file.
public struct LessonBundle: Codable, Sendable, Hashable {
    /// The folder's name.
    public var name: String
    /// Contents by file name: "lesson.lua", "helper.lua", ...
    public var files: [String: [UInt8]]

    /// Largest Lua file that is read, in bytes.
    public static let maximumFileSize = 1 << 20

    /// A bundle made in memory.
    public init(name: String, files: [String: [UInt8]]) {
        self.name = name
        self.files = files
    }

    /// Reads the `.lua` files of a folder, not of folders inside it.
    public static func read(folder: String) throws(LessonError) -> LessonBundle {
        let trimmed = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: trimmed) else {
            throw .file(folder, "the folder cannot be read")
        }
        var files: [String: [UInt8]] = [:]
        for name in names.sorted() where name.hasSuffix(".lua") && !name.hasPrefix(".") {
            files[name] = try read(file: "\(trimmed)/\(name)")
        }
        let last = trimmed.split(separator: "/").last.map(String.init) ?? trimmed
        return LessonBundle(name: last, files: files)
    }

    private static func read(file path: String) throws(LessonError) -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let type = attributes?[.type] as? FileAttributeType, type == .typeRegular || type == .typeSymbolicLink
        else { throw .file(path, "not a regular file") }
        guard let data = FileManager.default.contents(atPath: path) else { throw .file(path, "cannot be read") }
        guard data.count <= maximumFileSize else {
            throw .file(path, "\(data.count) bytes are more than \(maximumFileSize)")
        }
        return Array(data)
    }

    /// The file that `require "name"` means: its contents and its name.
    public func module(_ name: String) -> (source: [UInt8], chunk: String)? {
        files[name + ".lua"].map { ($0, name + ".lua") }
    }
}
