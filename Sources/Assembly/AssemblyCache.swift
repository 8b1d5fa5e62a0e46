import Confinement
import Glibc

/// Linked programs by the content of what made them, in files of the user's cache folder.
public struct AssemblyCache: Sendable {
    /// The folder; made when first written to.
    public let folder: String

    /// A cache in a folder.
    public init(folder: String) { self.folder = folder }

    /// XDG_CACHE_HOME/traplab, or ~/.cache/traplab; nil when neither is known.
    public static var standard: AssemblyCache? {
        if let base = text("XDG_CACHE_HOME"), base.hasPrefix("/") { return AssemblyCache(folder: base + "/traplab") }
        if let home = text("HOME"), home.hasPrefix("/") { return AssemblyCache(folder: home + "/.cache/traplab") }
        return nil
    }

    private static func text(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static let magic = Array("TLASM01\n".utf8)
    private static let digestCount = 32

    /// The value stored under a key; nil when there is none or the file is damaged.
    func value(for key: [UInt8]) -> [UInt8]? {
        guard let bytes = HostFile.read(path(key)), bytes.starts(with: AssemblyCache.magic) else { return nil }
        let start = AssemblyCache.magic.count + AssemblyCache.digestCount
        guard bytes.count >= start else { return nil }
        let value = Array(bytes[start...])
        return Array(bytes[AssemblyCache.magic.count..<start]) == seal(key, value) ? value : nil
    }

    /// Stores a value; a failure only costs time later.
    func store(_ value: [UInt8], for key: [UInt8]) {
        guard HostFile.makeFolders(folder) else { return }
        _ = HostFile.replace(path(key), with: AssemblyCache.magic + seal(key, value) + value)
    }

    private func path(_ key: [UInt8]) -> String { "\(folder)/\(SHA256.hex(key))" }

    /// Binds the value to the key, so that a file under the wrong name is not believed.
    private func seal(_ key: [UInt8], _ value: [UInt8]) -> [UInt8] {
        SHA256.digest(SHA256.digest(key) + SHA256.digest(value))
    }
}
