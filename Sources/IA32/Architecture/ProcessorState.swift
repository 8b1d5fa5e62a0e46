/// Everything a processor is, in one trivially copyable struct.
///
/// The first 64 bytes are the ones that every instruction touches; a code generator may rely on their offsets:
/// general registers at 0, the always-zero slot at 32, `flagResult` at 36, `flagCarries` at 40, `flags` at 44, `eip` at 48.
struct ProcessorState {
    /// EAX to EDI in encoding order.
    var general: InlineArray<8, UInt32> = .init(repeating: 0)
    /// What a memory operand without base or index register reads as one (slot 8).
    var zeroSlot: UInt32 = 0
    /// Lazy flags: the last result, sign-extended to 32 bits (see `LazyFlags.swift`).
    var flagResult: UInt32 = 1
    /// Lazy flags: the carry-out vector.
    var flagCarries: UInt32 = 0
    /// EFLAGS without the six arithmetic flags.
    var flags: UInt32 = EFLAGS.reserved1
    /// While a block runs: EIP of its first instruction. Between blocks: EIP.
    var eip: UInt32 = 0
    /// 0xFFFF_FFFF or 0xFFFF, from SS.B (SDM Vol. 3A 6.2.3 of Vol. 1 "Stack address-size").
    var stackMask: UInt32 = 0xFFFF
    /// Byte offset of the TLB tags to compare: 0 at CPL 0 to 2, 4 at CPL 3.
    var tagOffset: UInt = 0

    /// The operation being executed, and one past the last of the block (or of the part that may run).
    var operation: MicroOperationPointer
    var blockEnd: MicroOperationPointer
    var block: BlockPointer
    /// Instructions counted up to and including the whole running block.
    var retired: UInt64 = 0
    /// Where `run()` ends.
    var deadline: UInt64 = 0
    /// `deadline`, or 0 while `attention` holds something: one compare at each block finds both.
    var softDeadline: UInt64 = 0
    var attention: Attention = []
    /// Set while fewer operations than the block has may run (deadline, single step, modified code).
    var isCut = false
    var cpl: UInt8 = 0
    /// Processor number, from 0.
    var cpu: UInt8 = 0
    var isHalted = false

    // Code cache keys (see `CodeCache.swift`).
    var codeEpoch: UInt32 = 1
    var translationEpoch: UInt32 = 1
    /// Equal to a link's key if the link, within a page or across pages, may be followed.
    var pageKey: UInt32 = 0
    var fetchKey: UInt32 = 0

    /// ES, CS, SS, DS, FS, GS, LDTR, TR.
    var segments: InlineArray<8, SegmentRegister> = .init(repeating: .real(0))
    var gdtBase: UInt32 = 0
    var idtBase: UInt32 = 0
    var gdtLimit: UInt32 = 0xFFFF
    var idtLimit: UInt32 = 0x3FF
    var cr0: UInt32 = CR0.extensionType
    var cr2: UInt32 = 0
    var cr3: UInt32 = 0
    var cr4: UInt32 = 0
    /// The page-directory-pointer-table entries that PAE paging uses (SDM Vol. 3A 4.4.1 "PDPTE Registers").
    var pagePointers: InlineArray<4, UInt64> = .init(repeating: 0)
    var modelSpecific = ModelSpecificRegisters()
    /// What CPUID offers; bits of CR4 and MSRs exist as they do.
    var features = ProcessorFeatures.implemented
    var dr: InlineArray<8, UInt32> = [0, 0, 0, 0, 0, 0, 0xFFFF_0FF0, 0x400]

    /// The linear address of the page fault being thrown; becomes CR2 when #PF is delivered.
    var faultAddress: UInt32 = 0
    /// While a synchronised operation runs (`operation == blockEnd`): its own EIP; `eip` is already the next one's.
    var instructionEIP: UInt32 = 0
    var isNMIPending = false
    /// From the delivery of an NMI to the next IRET (SDM Vol. 3A 6.7.1 "Handling Multiple NMIs").
    var isNMIBlocked = false
    var isInterruptLineHigh = false
    /// Debug trap to deliver at the next boundary; `trapCauses` says why (SDM Vol. 3A 17.3.1).
    var isTrapPending = false
    /// 1 in EXT for faults that arise now: an external event or an exception is being delivered.
    var externalEvent: UInt32 = 0
    /// Deliveries not yet returned from.
    var depth: UInt32 = 0
    /// Linear address of the code hook that was just reported, so that it is not reported again on resumption.
    var hookPassed: UInt64 = .max
    /// Instruction count at which EFLAGS.RF was set.
    var resumeMark: UInt64 = .max
    /// A store changed memory, or a device was touched, since the repetition watch began.
    var isWatchTripped = false
    var isWatching = false
    var hooks = HookMask()
    /// An instruction is being fetched: a fault belongs to none that has been counted.
    var isFetching = false

    /// Physical pieces of a read-modify-write operand that has no host address.
    var modifyFirst: UInt64 = 0
    var modifySecond: UInt64 = 0

    /// Sixteen bytes for an instruction that lies in two pages.
    var fetchWindow: BytePointer
    /// Event records not yet handed over; `eventCount` of them.
    var events: EventPointer
    var eventCount = 0
    static let eventBatch = 256
    var memory: MemoryAccess
    var cache: CodeCacheStorage
    var tlb: TLBPointer
    /// The `Processor` that owns this state.
    var owner: OwnerReference?

    /// The vectors that led to shutdown, in order; `shutdownCount` of them count (SDM Vol. 3A 6.15 "Interrupt 8").
    var shutdownVectors: InlineArray<8, UInt8> = .init(repeating: 0)
    var shutdownCount: UInt8 = 0
    /// DR6 bits of a pending debug trap: B0 to B3, BS, BT (SDM Vol. 3A 17.2.3 "Debug Status Register").
    var trapCauses: UInt32 = 0
    /// A faulting IRET leaves NMI blocked. Implementation-specific: Intel processors unblock (SDM Vol. 3A 6.7.1).
    var keepsNMIBlockedOnFaultingReturn = false
    /// Bit n of word m: TLB entry 64m + n may hold something. A flush looks at these only.
    var filledEntries: InlineArray<16, UInt64> = .init(repeating: 0)
    // Breakpoints that are enabled, bit n for DRn (see `Breakpoints.swift`).
    var codeBreakpoints: UInt8 = 0
    var dataBreakpoints: UInt8 = 0
    var portBreakpoints: UInt8 = 0
    /// The x87 unit.
    var floatingPoint = FloatingPointState()
}

/// What ends a block before its successor is entered; any of these sets `softDeadline` to 0.
struct Attention: OptionSet {
    var rawValue: UInt32
    /// INTR is high; taken if IF is set and no shadow holds it.
    static let interruptLine = Attention(rawValue: 1)
    static let nmi = Attention(rawValue: 2)
    /// EFLAGS.TF is set: one instruction at a time.
    static let singleStep = Attention(rawValue: 4)
    /// The instruction after STI or MOV SS runs before anything maskable (SDM Vol. 3A 6.8.1, 6.8.3).
    static let interruptShadow = Attention(rawValue: 8)
    /// As above for debug traps and NMI as well: after MOV SS and POP SS.
    static let stackShadow = Attention(rawValue: 16)
    static let stopRequest = Attention(rawValue: 32)
    static let trapPending = Attention(rawValue: 64)
    static let halted = Attention(rawValue: 128)
    static let shutdown = Attention(rawValue: 256)
}
