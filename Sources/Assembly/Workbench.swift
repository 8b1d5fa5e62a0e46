import Confinement

/// A private folder with copies of the declared sources, and the tools run in it. Objects are made in `.out`, a name no source can have.
struct Workbench {
    private let request: AssemblyRequest
    private let tools: ToolChain
    private let folder: PrivateFolder

    init(_ request: AssemblyRequest, _ tools: ToolChain) throws(AssemblyError) {
        self.request = request
        self.tools = tools
        do {
            folder = try PrivateFolder()
            try folder.makeFolder("root")
            try folder.makeFolder("files/.out")
            for file in request.units + request.includes { try folder.write(file.contents, to: "files/\(file.name)") }
            if let script = request.linkerScript { try folder.write(Array(script.utf8), to: "files/.out/script.ld") }
        } catch {
            throw .host(error.description)
        }
    }

    /// Assembles one unit; what is wrong with the source, empty when it is right.
    func assemble(unit index: Int) throws(AssemblyError) -> [AssemblyDiagnostic] {
        let name = request.units[index].name
        let words = ["-X", "gnu", "-f", "elf32", "-g", "-F", "dwarf", "-o", path(index)]
        let constants = request.defines.map { "-D\($0.name)=\($0.value)" }
        let result = try run(tools.assembler, words + constants + [name], about: name)
        if result.end == .exited(0) { return [] }
        let found = Diagnostics.ofAssembler(errors(result))
        if result.errorText.contains("out of memory") { throw .limit("\(name): assembling ran out of memory") }
        return found.isEmpty ? [AssemblyDiagnostic("the assembler \(result.end)", file: name)] : found
    }

    /// Links the objects; the executable's bytes.
    func link() throws(AssemblyError) -> [UInt8] {
        var words = ["-m", "elf_i386", "-static", "-nostdlib", "--build-id=none", "-z", "noexecstack"]
        words += ["-o", ".out/image.elf"]
        words +=
            request.linkerScript == nil
            ? ["-N", "-Ttext=0x\(String(request.textAddress, radix: 16))"] : ["-T", ".out/script.ld"]
        if let entry = request.entry { words += ["-e", entry] }
        words += request.units.indices.map(path)
        let result = try run(tools.linker, words, about: "linking")
        guard result.end == .exited(0) else {
            let found = Diagnostics.ofLinker(errors(result))
            throw .diagnostics(found.isEmpty ? [AssemblyDiagnostic("the linker \(result.end)")] : found)
        }
        guard let elf = folder.read("files/.out/image.elf") else { throw .host("the linker made no image") }
        return elf
    }

    /// What a tool printed, with the folder named as it is seen in the private root.
    private func errors(_ result: ConfinedResult) -> String {
        result.errorText.replacing(folder.path + "/files/", with: "/files/")
    }

    /// The object of a unit that was assembled.
    func object(of index: Int) -> [UInt8]? { folder.read("files/\(path(index))") }

    /// Puts an object from the cache in a unit's place.
    func put(object: [UInt8], for index: Int) throws(AssemblyError) {
        do { try folder.write(object, to: "files/\(path(index))") } catch { throw .host(error.description) }
    }

    private func path(_ index: Int) -> String { ".out/\(index).o" }

    private func run(_ tool: Tool, _ words: [String], about subject: String) throws(AssemblyError) -> ConfinedResult {
        let limits = ConfinementLimits(
            wallMilliseconds: UInt64(request.limits.wallSeconds * 1000), cpuSeconds: UInt64(request.limits.cpuSeconds),
            memoryBytes: UInt64(request.limits.memoryBytes), fileBytes: UInt64(request.limits.outputBytes),
            outputBytes: 1 << 20)
        let command = ConfinedCommand(
            program: tool.program, arguments: words, environment: tool.environment,
            view: .only(files: tool.files, folder: folder.path + "/files", scratch: folder.path + "/root"),
            limits: limits)
        let result: ConfinedResult
        do { result = try command.run() } catch { throw .host(error.description) }
        switch result.end {
        case .exited: return result
        case .wallClock, .cpuTime:
            throw .limit("\(subject): assembling took too long (an endless macro or repetition?)")
        case .fileSize:
            throw .limit("\(subject): the output is larger than \(request.limits.outputBytes >> 20) MiB")
        case .memory: throw .limit("\(subject): assembling ran out of memory")
        case .outputLimit: throw .limit("\(subject): the assembler printed too much")
        case .signalled: throw .host("\(subject): the tool \(result.end)")
        }
    }
}
