/// The whole of a processor except its caches of decoded code: registers, TLB, what is pending.
public struct ProcessorSnapshot: Sendable {
    fileprivate let state: SnapshotState
    fileprivate let translations: [TLBEntry]
}

/// The state without its pointers, which belong to one processor.
private struct SnapshotState: @unchecked Sendable {
    let value: ProcessorState
}

extension Processor {
    /// Copies the state. Meant between runs, not inside a host callback.
    public func captureState() -> ProcessorSnapshot {
        let entries = (0..<TLBEntry.count).map { index in
            var entry = core.s.pointee.tlb[index]
            entry.dropTags()
            return entry
        }
        return ProcessorSnapshot(state: SnapshotState(value: core.s.pointee), translations: entries)
    }

    /// Puts a captured state back; hooks and the model stay as they are. RAM is restored by `PhysicalMemory.restore`.
    public func restore(_ snapshot: ProcessorSnapshot) {
        let old = core.s.pointee
        var new = snapshot.state.value
        new.owner = old.owner
        new.memory = old.memory
        new.cache = old.cache
        new.tlb = old.tlb
        new.fetchWindow = old.fetchWindow
        new.events = old.events
        new.eventCount = old.eventCount
        new.block = old.block
        new.operation = old.blockEnd
        new.blockEnd = old.blockEnd
        new.hooks = old.hooks
        new.features = old.features
        new.codeEpoch = old.codeEpoch
        new.translationEpoch = old.translationEpoch
        core.s.pointee = new
        for index in 0..<TLBEntry.count { core.s.pointee.tlb[index] = snapshot.translations[index] }
        core.changeTranslationEpoch()
        if new.codeBreakpoints | old.codeBreakpoints != 0 {
            core.refreshHookFilter()
            core.dropAllCode()
        }
        core.refreshInterruptAttention()
    }

    /// Executes up to `instructions` for real and answers whether the state came back to what it is now, with no store
    /// that changed memory and no device touched meanwhile: without outside events it would go on so for ever.
    public func stateRepeats(within instructions: Int) -> Bool {
        let s = core.s
        let savedDeadline = deadline
        s.pointee.isWatching = true
        s.pointee.isWatchTripped = false
        core.dropTags()
        defer {
            s.pointee.isWatching = false
            deadline = savedDeadline
        }
        let start = RepeatedState(core)
        for _ in 0..<instructions {
            guard instructionCount < savedDeadline else { return false }
            deadline = instructionCount + 1
            guard run() == .deadline, !s.pointee.isWatchTripped else { return false }
            if RepeatedState(core) == start { return true }
        }
        return false
    }
}

/// What decides how execution goes on, apart from memory.
private struct RepeatedState: Equatable {
    private let words: InlineArray<14, UInt32>
    private let segments: [UInt16]
    private let bits: [Bool]
    private let floatingPoint: FloatingPointState

    init(_ core: Core) {
        let s = core.s.pointee
        var words = InlineArray<14, UInt32>(repeating: 0)
        for index in 0..<8 { words[index] = s.general[index] }
        words[8] = s.eip
        words[9] = core.eflags
        words[10] = s.cr0
        words[11] = s.cr3
        words[12] = s.cr4
        words[13] = s.depth
        self.words = words
        segments = (0..<8).map { s.segments[$0].selector }
        floatingPoint = s.floatingPoint
        bits = [s.isHalted, s.isNMIBlocked, s.isNMIPending, s.isInterruptLineHigh]
    }

    static func == (a: RepeatedState, b: RepeatedState) -> Bool {
        for index in 0..<14 where a.words[index] != b.words[index] { return false }
        return a.segments == b.segments && a.bits == b.bits && a.floatingPoint == b.floatingPoint
    }
}
