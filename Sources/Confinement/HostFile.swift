import Glibc

/// Whole files of the host, read and written without Foundation (it doubles the start-up time of a dynamic build).
public enum HostFile {
    /// The bytes of a regular file; nil when it cannot be read or is larger than `limit` bytes. `followLink` is false where
    /// the last part of the path must not be a symbolic link: a submission cannot name a file outside itself.
    public static func read(_ path: String, limit: Int = 256 << 20, followLink: Bool = true) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followLink ? 0 : O_NOFOLLOW))
        guard file >= 0 else { return nil }
        defer { close(file) }
        var information = stat()
        guard fstat(file, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
            information.st_size <= limit
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(information.st_size))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            done += count
        }
        bytes.removeLast(bytes.count - done)
        return bytes
    }

    /// Writes a file, replacing what it held. False on failure, with errno set.
    public static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { return false }
        let complete = write(bytes, to: file)
        return close(file) == 0 && complete
    }

    /// Writes a file so that a reader sees the old contents or the new ones, never a part.
    public static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        var template = Array("\(path).XXXXXX".utf8CString)
        let file = mkstemp(&template)
        guard file >= 0 else { return false }
        let complete = write(bytes, to: file) && fchmod(file, 0o644) == 0
        guard close(file) == 0, complete, rename(template, path) == 0 else {
            unlink(template)
            return false
        }
        return true
    }

    /// Writes all bytes to an open file. False on failure.
    public static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: done), $0.count - done) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    /// What a path names.
    public enum Kind: Sendable { case file, folder, other }

    /// The kind of `path`, links followed; nil when there is nothing.
    public static func kind(_ path: String) -> Kind? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return kind(of: information)
    }

    /// Whether `path` is a symbolic link.
    public static func isLink(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFLNK
    }

    private static func kind(of information: stat) -> Kind {
        switch information.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// Names in a folder, sorted by bytes, without "." and ".."; nil when it cannot be read.
    public static func names(in folder: String) -> [String]? {
        guard let handle = opendir(folder) else { return nil }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Makes a folder and those above it. False on failure.
    public static func makeFolders(_ path: String) -> Bool {
        if kind(path) == .folder { return true }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex, !makeFolders(String(path[..<slash])) {
            return false
        }
        return mkdir(path, 0o755) == 0 || errno == EEXIST
    }

    /// Removes a folder and what is in it; links are removed, not followed.
    public static func removeTree(_ path: String) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        guard kind(of: information) == .folder else {
            unlink(path)
            return
        }
        for name in names(in: path) ?? [] { removeTree("\(path)/\(name)") }
        rmdir(path)
    }

    /// The absolute path with links resolved; nil when there is no such file.
    public static func resolve(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
