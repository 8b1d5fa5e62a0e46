import Confinement
import Glibc

/// A program of the host and the files that it needs to start.
struct Tool: Sendable {
    let program: String
    /// The program, its dynamic linker and its libraries.
    let files: [String]
    /// Distinguishes versions of the program in cache keys.
    let identity: String

    /// Searches the usual folders, then PATH.
    init?(_ names: [String]) {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders = ["/usr/bin", "/bin", "/usr/local/bin"] + path.split(separator: ":").map(String.init)
        for name in names {
            for folder in folders where access("\(folder)/\(name)", X_OK) == 0 {
                guard let program = HostFile.resolve("\(folder)/\(name)") else { continue }
                self.init(program: program)
                return
            }
        }
        return nil
    }

    private init(program: String) {
        self.program = program
        var information = stat()
        stat(program, &information)
        identity = "\(program) \(information.st_size) \(information.st_mtim.tv_sec)"
        files = [program] + Tool.libraries(of: program)
    }

    /// What the dynamic linker would load: ld.so(8), LD_TRACE_LOADED_OBJECTS. No input of anyone is involved.
    private static func libraries(of program: String) -> [String] {
        let command = ConfinedCommand(
            program: program, arguments: [], environment: ["LD_TRACE_LOADED_OBJECTS=1"], view: .whole)
        guard let result = try? command.run(), result.end == .exited(0) else { return [] }
        var files: [String] = []
        for line in result.outputText.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if let path = words.first(where: { $0.hasPrefix("/") }) { files.append(String(path)) }
        }
        return files
    }

    /// Folders of the libraries: the private root has no ld.so.cache.
    var environment: [String] {
        var folders: [String] = []
        for file in files.dropFirst() {
            guard let slash = file.lastIndex(of: "/") else { continue }
            let folder = String(file[..<slash])
            if !folders.contains(folder) { folders.append(folder) }
        }
        return ["LD_LIBRARY_PATH=" + folders.joined(separator: ":")]
    }
}

/// NASM and ld, found when first needed.
struct ToolChain: Sendable {
    let assembler: Tool
    let linker: Tool

    static let current: Result<ToolChain, AssemblyError> = find()

    private static func find() -> Result<ToolChain, AssemblyError> {
        guard let assembler = Tool(["nasm"]) else { return .failure(.toolMissing("nasm")) }
        guard let linker = Tool(["i686-linux-gnu-ld", "x86_64-linux-gnu-ld", "ld"]) else {
            return .failure(.toolMissing("ld"))
        }
        return .success(ToolChain(assembler: assembler, linker: linker))
    }
}
