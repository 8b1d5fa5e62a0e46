/// What a child process may use before it is killed.
public struct ConfinementLimits: Hashable, Sendable {
    /// Time on the clock, in milliseconds; then the whole process group is killed.
    public var wallMilliseconds: UInt64
    /// Processor time, in seconds, of each process.
    public var cpuSeconds: UInt64
    /// Address space, in bytes.
    public var memoryBytes: UInt64
    /// Largest file that the child may write, in bytes.
    public var fileBytes: UInt64
    /// Processes of the user that may exist while the child starts one (the kernel's RLIMIT_NPROC).
    public var processes: UInt64
    /// Open file descriptors.
    public var openFiles: UInt64
    /// Bytes taken from standard output, and as many from standard error.
    public var outputBytes: UInt64

    /// Limits with the usual values; every one can be changed.
    public init(
        wallMilliseconds: UInt64 = 10_000, cpuSeconds: UInt64 = 10, memoryBytes: UInt64 = 1 << 30,
        fileBytes: UInt64 = 64 << 20, processes: UInt64 = 4096, openFiles: UInt64 = 32, outputBytes: UInt64 = 16 << 20
    ) {
        self.wallMilliseconds = wallMilliseconds
        self.cpuSeconds = cpuSeconds
        self.memoryBytes = memoryBytes
        self.fileBytes = fileBytes
        self.processes = processes
        self.openFiles = openFiles
        self.outputBytes = outputBytes
    }
}
