/// One IA-32 processor: a handle over its state, for the machine around it.
///
/// Not safe for concurrent use: a processor and its memory belong to one thread at a time.
public final class Processor {
    let core: Core
    let memory: PhysicalMemory
    /// The machine; not retained, so it must clear this before it goes away. Without one, ports and devices read all ones.
    public unowned(unsafe) var host: (any ProcessorHost)?

    /// Linear addresses before which `reachedCodeAddress` is called.
    public var codeHooks: Set<LinearAddress> = [] {
        didSet { installCodeHooks() }
    }

    /// What CPUID says the processor is.
    public var model = ProcessorModel() {
        didSet { core.s.pointee.features = model.features.intersection(.implemented) }
    }

    /// Makes a processor in its reset state.
    public init(memory: PhysicalMemory) {
        self.memory = memory
        core = Core(Processor.makeState(memory))
        core.s.pointee.owner = OwnerReference.passUnretained(self)
        memory.attach(core)
        reset()
    }

    deinit {
        memory.detach(core)
        core.s.pointee.cache.free()
        giveBack(core.s.pointee.tlb)
        giveBack(core.s.pointee.fetchWindow)
        giveBack(core.s.pointee.events)
        giveBack(core.s)
    }

    private static func makeState(_ memory: PhysicalMemory) -> StatePointer {
        let state = takeZeroed(ProcessorState.self, count: 1)
        let cache = CodeCacheStorage(pageCount: memory.byteCount >> 12)
        state.initialize(
            to: ProcessorState(
                operation: cache.operations, blockEnd: cache.operations, block: cache.blocks,
                fetchWindow: takeZeroed(UInt8.self, count: 32),
                events: takeZeroed(EventRecord.self, count: ProcessorState.eventBatch), memory: memory.access,
                cache: cache, tlb: takeZeroed(TLBEntry.self, count: TLBEntry.count)))
        for index in 0..<TLBEntry.count { state.pointee.tlb[index] = TLBEntry() }
        return state
    }

    /// State after RESET (SDM Vol. 3A 9.1.1 "Processor State After Reset"). Instruction count and event log stay.
    public func reset() {
        let s = core.s
        var fresh = ProcessorState(
            operation: s.pointee.cache.operations, blockEnd: s.pointee.cache.operations, block: s.pointee.cache.blocks,
            fetchWindow: s.pointee.fetchWindow, events: s.pointee.events, memory: s.pointee.memory,
            cache: s.pointee.cache, tlb: s.pointee.tlb)
        fresh.owner = s.pointee.owner
        fresh.retired = s.pointee.retired
        fresh.deadline = s.pointee.deadline
        fresh.hooks = s.pointee.hooks
        fresh.features = s.pointee.features
        fresh.cpu = s.pointee.cpu
        fresh.modelSpecific.timeStampOffset = 0 &- s.pointee.retired
        if s.pointee.cpu == 0 { fresh.modelSpecific.apicBase |= APICBase.isBootProcessor }
        fresh.eventCount = s.pointee.eventCount
        fresh.filledEntries = s.pointee.filledEntries
        fresh.keepsNMIBlockedOnFaultingReturn = s.pointee.keepsNMIBlockedOnFaultingReturn
        fresh.cr0 = CR0.extensionType | CR0.cacheDisable | CR0.notWriteThrough
        fresh.eip = 0xFFF0
        s.pointee = fresh
        core.write32(2, 0x0000_0600)
        core.flushTLB(includingGlobal: true)
        core.dropAllCode()
        core.setSegment(
            .cs, SegmentRegister(selector: 0xF000, base: 0xFFFF_0000, limit: 0xFFFF, attributes: 0x93))
        core.segment(.ldtr).pointee = SegmentRegister(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x82)
        core.segment(.tr).pointee = SegmentRegister(selector: 0, base: 0, limit: 0xFFFF, attributes: 0x8B)
        core.setCPL(0)
        core.refreshHookFilter()
        core.refreshInterruptAttention()
    }

    // MARK: Running

    /// Instructions completed or faulted, exact inside host callbacks too. Set it only to move time on while halted.
    public var instructionCount: UInt64 {
        get { core.instructionCount }
        set { core.s.pointee.retired = newValue &+ UInt64(core.s.pointee.blockEnd - core.s.pointee.operation) }
    }

    /// The instruction count at which `run()` returns. May be lowered or raised inside a host callback.
    public var deadline: UInt64 {
        get { core.s.pointee.deadline }
        set {
            core.s.pointee.deadline = newValue
            if core.s.pointee.attention.isEmpty { core.s.pointee.softDeadline = newValue }
        }
    }

    /// Executes until the deadline or another `RunExit`. The event log is handed over before it returns.
    public func run() -> RunExit {
        core.refreshInterruptAttention()
        let exit = runUntilExit()
        core.s.pointee.operation = core.s.pointee.blockEnd
        flushEvents()
        return exit
    }

    private func runUntilExit() -> RunExit {
        while true {
            do throws(Fault) {
                try core.runBlocks()
                return reasonForExit()
            } catch {
                if let exit = core.handle(error) { return exit }
            }
        }
    }

    private func reasonForExit() -> RunExit {
        let attention = core.s.pointee.attention
        if attention.contains(.shutdown) { return .shutdown }
        if attention.contains(.stopRequest) {
            core.lower(.stopRequest)
            return .stopRequested
        }
        return core.s.pointee.retired >= core.s.pointee.deadline ? .deadline : .halted
    }

    /// Ends `run()` at the next instruction boundary.
    public func requestStop() { core.raise(.stopRequest) }
    /// HLT was executed and nothing has ended it yet. Clearing it resumes after the HLT.
    public var isHalted: Bool {
        get { core.s.pointee.isHalted }
        set {
            core.s.pointee.isHalted = newValue
            if newValue { core.raise(.halted) } else { core.lower(.halted) }
        }
    }

    // MARK: Interrupt lines

    /// The INTR line, a level.
    public func setInterruptLine(_ asserted: Bool) {
        guard core.s.pointee.isInterruptLineHigh != asserted else { return }
        core.s.pointee.isInterruptLineHigh = asserted
        core.refreshInterruptAttention()
    }
    /// The NMI line, an edge: one is latched (SDM Vol. 3A 6.7.1 "Handling Multiple NMIs").
    public func raiseNMI() {
        core.s.pointee.isNMIPending = true
        core.refreshInterruptAttention()
    }
    /// An NMI was delivered and no IRET has followed.
    public var isNMIBlocked: Bool { core.s.pointee.isNMIBlocked }
    public var isNMIPending: Bool { core.s.pointee.isNMIPending }
    /// Deliveries not yet returned from.
    public var depth: UInt32 { core.s.pointee.depth }

    /// After a shutdown the vectors that led to it, in order, such as [14, 14, 8, 14]; else empty.
    public var shutdownChain: [UInt8] {
        (0..<Int(core.s.pointee.shutdownCount)).map { core.s.pointee.shutdownVectors[$0] }
    }

    // MARK: Hooks and events

    public var hooks: HookMask {
        get { core.s.pointee.hooks }
        set { core.s.pointee.hooks = newValue }
    }

    private func installCodeHooks() {
        core.refreshHookFilter()
        core.dropAllCode()
    }

    /// Adds a record to the event log.
    public func appendEvent(_ record: EventRecord) { core.appendEvent(record) }

    /// Hands the records so far to the host.
    public func flushEvents() {
        let count = core.s.pointee.eventCount
        guard count > 0 else { return }
        let records = (0..<count).map { core.s.pointee.events[$0] }
        core.s.pointee.eventCount = 0
        host?.consume(records)
    }
}

extension Core {
    /// Adds a record to the event log.
    @inline(__always) func appendEvent(_ record: EventRecord) {
        let count = s.pointee.eventCount
        s.pointee.events[count] = record
        s.pointee.eventCount = count + 1
        if count + 1 == ProcessorState.eventBatch { flushEvents() }
    }

    @inline(never) private func flushEvents() { owner?.flushEvents() }
}
