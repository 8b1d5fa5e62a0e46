import Chipset
import IA32

/// A PC: one processor, RAM, the chip set, virtual time, loaders, hooks and the event log.
///
/// Time is the number of instructions executed. A run depends on nothing but the image, the configuration and the
/// inputs. A machine belongs to one task at a time.
public final class Machine {
    /// What the machine was made of.
    public let configuration: MachineConfiguration
    /// Registers, segments, translation and the debugger's view of memory.
    public let processor: Processor
    /// RAM.
    public let memory: PhysicalMemory
    /// Takes the guest's output: at each end of line, every 4096 bytes and at the end of a run.
    public var consoleOutput: ((ConsoleSource, [UInt8]) -> Void)?
    /// The first 65,536 bytes written to the configured port.
    public internal(set) var postCodes: [UInt8] = []
    /// True from the start to the end of a run: inside hooks and the console sink.
    public internal(set) var isRunning = false
    /// The run stops before an instruction at one of these addresses; going on executes it.
    public var breakpoints: Set<LinearAddress> = [] { didSet { updateProcessorHooks() } }

    let clock: VirtualClock
    let hooks = HookTable()
    var state: MachineState
    var log: EventLog
    var console = ConsoleBuffer()
    /// Set by hooks, breakpoints and the exit port; ends the run at the next boundary.
    var pendingStop: StopReason?
    /// True while the processor executes: its own batch of records is then ahead of ours.
    var isInsideProcessor = false
    /// Count up to which this run may go.
    var runLimit: UInt64 = 0
    /// Count at which the present HLT was reported to the hooks.
    var reportedHalt: UInt64?
    private let bus: ProcessorBus

    /// Rate of the bus clock that the local APIC timer counts.
    static let busHz: UInt64 = 100_000_000
    static let postCodeLimit = 65_536

    /// Makes a machine with zeroed RAM, the devices as firmware leaves them, and nothing loaded.
    public init(_ configuration: MachineConfiguration = .init()) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        clock = VirtualClock(clockHz: configuration.clockHz)
        memory = PhysicalMemory(byteCount: configuration.memoryBytes)
        processor = Processor(memory: memory)
        state = MachineState(
            devices: Devices(epoch: configuration.epoch, memoryBytes: configuration.memoryBytes))
        log = EventLog(capacity: configuration.eventCapacity)
        bus = ProcessorBus()
        bus.machine = self
        processor.host = bus
        hooks.machine = self
        scheduleNextEvent()
    }

    deinit {
        hooks.machine = nil
        bus.machine = nil
        processor.host = nil
    }

    /// The devices, for inspection.
    public var devices: Devices { state.devices }

    /// Instructions executed, which is the virtual time; a second has `configuration.clockHz` of them.
    public var instructionCount: UInt64 { processor.instructionCount }

    /// XXH3-128 of the event log so far, 32 lower-case hexadecimal digits.
    public var digest: String { log.digest }

    /// The latest events, at least `configuration.eventCapacity` of them if there were so many, the oldest first.
    public var events: [EventRecord] { log.latest }

    /// Number of events logged since the machine was made.
    public var eventCount: UInt64 { log.count }

    /// Number of deliveries by vector, 256 entries.
    public var vectorCounts: [UInt64] { log.vectorCounts }

    /// Enters in the log that something named, such as "plugin fuzz 1.0", alters the run.
    public func noteAlteration(_ name: String) {
        for (index, byte) in name.utf8.enumerated() {
            record(.init(kind: .alteration, instruction: instructionCount, vector: byte, address: UInt32(index)))
        }
    }

    /// Adds a record of our own in its place among the processor's.
    func record(_ record: EventRecord) {
        if isInsideProcessor {
            processor.appendEvent(record)
        } else {
            log.append([record])
        }
    }

    func flushConsole() {
        if let piece = console.take() { consoleOutput?(piece.source, piece.bytes) }
    }
}
