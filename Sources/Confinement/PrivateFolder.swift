import Glibc

/// A fresh folder that only this user can enter; removed with everything in it when the object goes away.
public final class PrivateFolder {
    /// Absolute path.
    public let path: String

    /// Makes a folder under TMPDIR or /tmp.
    public init() throws(ConfinementError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/traplab-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .cannotStart(step: "private folder", code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Makes a folder inside, with those above it. `name` is relative and has no "..".
    public func makeFolder(_ name: String) throws(ConfinementError) {
        var current = path
        for part in name.split(separator: "/") {
            current += "/\(part)"
            guard mkdir(current, 0o700) == 0 || errno == EEXIST else {
                throw .cannotStart(step: "folder \(name)", code: errno)
            }
        }
    }

    /// Writes a new file, with the folders above it. `name` is relative and has no "..".
    public func write(_ bytes: [UInt8], to name: String) throws(ConfinementError) {
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        guard HostFile.write(bytes, to: "\(path)/\(name)") else {
            throw .cannotStart(step: "file \(name)", code: errno)
        }
    }

    /// The bytes of a file inside; nil when it is not there or not a regular file.
    public func read(_ name: String) -> [UInt8]? {
        HostFile.read("\(path)/\(name)")
    }

    deinit { HostFile.removeTree(path) }
}
