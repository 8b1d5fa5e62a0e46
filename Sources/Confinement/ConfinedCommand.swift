import CConfinement
import Glibc

/// What a child can see of the host's files.
public enum FileView: Sendable {
    /// Everything: only for our own executable, which confines itself before it touches untrusted input.
    case whole
    /// Only `files` (absolute paths, read-only) and `folder`, which is the current folder and may be written.
    /// `scratch` is an empty folder used to mount the private root.
    case only(files: [String], folder: String, scratch: String)
}

/// A program to run in a child process under limits.
public struct ConfinedCommand: Sendable {
    /// Absolute path of the program.
    public var program: String
    /// Arguments after the program's name.
    public var arguments: [String]
    /// The whole environment, as NAME=VALUE.
    public var environment: [String]
    /// Bytes on standard input.
    public var input: [UInt8]
    /// What the child sees of the host's files.
    public var view: FileView
    /// What it may use.
    public var limits: ConfinementLimits
    /// How files are hidden; the host's best way unless changed. nil: there is none, and the command is refused.
    public var mechanism: HostConfinement.Mechanism? = HostConfinement.current.programMechanism

    /// A command with an empty environment unless one is given.
    public init(
        program: String, arguments: [String], environment: [String] = [], input: [UInt8] = [], view: FileView,
        limits: ConfinementLimits = ConfinementLimits()
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.view = view
        self.limits = limits
    }

    /// Runs the program to its end or to a limit. Blocks the calling thread.
    public func run() throws(ConfinementError) -> ConfinedResult {
        let fileView = try kernelView()
        let input = try Descriptor(memory: self.input)
        let (outputEnd, outputSource) = try Descriptor.pipe()
        let (errorEnd, errorSource) = try Descriptor.pipe()
        let child = try spawn(
            fileView: fileView, input: input.number, output: outputSource.number, errors: errorSource.number)
        outputSource.close()
        errorSource.close()
        var raw = confinement_result()
        confinement_collect(
            child, outputEnd.handOver(), errorEnd.handOver(), limits.wallMilliseconds, limits.outputBytes,
            limits.memoryBytes, &raw)
        defer { confinement_release(&raw) }
        return ConfinedResult(
            end: ConfinedEnd(raw), output: copy(raw.output, raw.output_count),
            errorOutput: copy(raw.error_output, raw.error_count), cpuMicroseconds: raw.cpu_microseconds,
            peakBytes: raw.peak_bytes)
    }

    private func kernelView() throws(ConfinementError) -> Int32 {
        guard case .only = view else { return Int32(CONFINEMENT_WHOLE) }
        guard let mechanism else { throw .notConfinable }
        return mechanism == .namespaces ? Int32(CONFINEMENT_NAMESPACES) : Int32(CONFINEMENT_LANDLOCK)
    }

    private func spawn(fileView: Int32, input: Int32, output: Int32, errors: Int32) throws(ConfinementError) -> pid_t {
        let words = CStringList([program] + arguments)
        let variables = CStringList(environment)
        var files = CStringList([])
        var paths = CStringList([])
        if case .only(let visible, let folder, let scratch) = view {
            files = CStringList(visible)
            paths = CStringList([folder, scratch])
        }
        var spec = confinement_spec()
        spec.program = UnsafePointer(words.first)
        spec.arguments = UnsafePointer(words.pointers)
        spec.environment = UnsafePointer(variables.pointers)
        spec.work_directory = UnsafePointer(paths.pointers[0])
        spec.root_directory = paths.count == 2 ? UnsafePointer(paths.pointers[1]) : nil
        spec.visible_files = files.constantPointers
        spec.file_view = fileView
        spec.standard_input = input
        spec.standard_output = output
        spec.standard_error = errors
        spec.cpu_seconds = limits.cpuSeconds
        spec.memory_bytes = limits.memoryBytes
        spec.file_bytes = limits.fileBytes
        spec.processes = limits.processes
        spec.open_files = limits.openFiles
        var child: pid_t = 0
        var failure = confinement_failure()
        let status = withExtendedLifetime((words, variables, files, paths)) {
            confinement_spawn(&spec, &child, &failure)
        }
        guard status == 0 else {
            throw .cannotStart(step: failure.stage.map { String(cString: $0) } ?? "start", code: failure.error)
        }
        return child
    }
}

extension ConfinedEnd {
    init(_ raw: confinement_result) {
        switch Int(raw.kind) {
        case Int(CONFINEMENT_EXITED): self = .exited(raw.status)
        case Int(CONFINEMENT_WALL_CLOCK): self = .wallClock
        case Int(CONFINEMENT_CPU_TIME): self = .cpuTime
        case Int(CONFINEMENT_MEMORY): self = .memory
        case Int(CONFINEMENT_FILE_SIZE): self = .fileSize
        case Int(CONFINEMENT_OUTPUT_LIMIT): self = .outputLimit
        default: self = .signalled(raw.status)
        }
    }
}

private func copy(_ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
}
