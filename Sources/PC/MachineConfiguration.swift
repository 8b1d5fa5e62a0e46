/// What a machine is made of; with the image, the inputs and the seed it determines a run completely.
public struct MachineConfiguration: Sendable, Equatable {
    /// RAM from physical address 0, 64 KiB to 1 GiB, rounded up to whole pages.
    public var memoryBytes = 64 << 20
    /// Virtual instructions a second, 1 to 10^12.
    public var clockHz: UInt64 = 100_000_000
    /// Source of every chance in the run; the machine itself takes none.
    public var seed: UInt64 = 0
    /// Calendar at instruction 0, in seconds since 1970-01-01 00:00 UTC; 2000-01-01 unless set.
    public var epoch: Int64 = 946_684_800
    /// Port whose bytes are kept in `Machine.postCodes`.
    public var postPort: UInt16 = 0x80
    /// Number of latest events kept for inspection, 1 or more; up to twice as many are.
    public var eventCapacity = 65_536

    /// The defaults above.
    public init() {}

    static let memoryRange = 64 << 10...1 << 30
    static let clockRange: ClosedRange<UInt64> = 1...1_000_000_000_000

    func validate() throws(ConfigurationError) {
        guard MachineConfiguration.memoryRange.contains(memoryBytes) else { throw .memorySize(memoryBytes) }
        guard MachineConfiguration.clockRange.contains(clockHz) else { throw .clock(clockHz) }
        guard eventCapacity > 0 else { throw .eventCapacity(eventCapacity) }
    }
}

/// A configuration that no machine can have.
public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The memory size asked for, in bytes.
    case memorySize(Int)
    /// The clock rate asked for.
    case clock(UInt64)
    /// The number of events asked for.
    case eventCapacity(Int)

    /// One sentence.
    public var description: String {
        switch self {
        case .memorySize(let bytes): "guest memory must be 64 KiB to 1 GiB, not \(bytes) bytes"
        case .clock(let rate): "the clock rate must be 1 to 10^12 instructions a second, not \(rate)"
        case .eventCapacity(let count): "at least one event must be kept, not \(count)"
        }
    }
}

/// A request that the machine refuses in its present state.
public enum MachineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The named operation was called while the machine runs, that is inside a hook.
    case insideHook(String)
    /// The snapshot is of a machine with another amount of memory.
    case memorySizeDiffers
    /// The snapshot is of a machine with another clock rate.
    case clockDiffers

    /// One sentence.
    public var description: String {
        switch self {
        case .insideHook(let name):
            "\(name) cannot be used inside a hook, because the machine is running: stop it and do so after the run"
        case .memorySizeDiffers: "the snapshot belongs to a machine with another amount of memory"
        case .clockDiffers: "the snapshot belongs to a machine with another clock rate"
        }
    }
}
