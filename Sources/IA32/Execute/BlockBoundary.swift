// Between blocks: follow a link if nothing is to be done, else look at everything that has its turn at an instruction
// boundary (SDM Vol. 3A 6.9 "Priority Among Simultaneous Exceptions and Interrupts").

extension Core {
    /// Leaves the running block and enters the next; false ends the run.
    @inline(__always) func leaveBlock(_ exit: BlockExit) throws(Fault) -> Bool {
        let block = s.pointee.block
        switch exit {
        case .taken:
            let key = block.pointee.takenKey
            if key == s.pointee.pageKey || key == s.pointee.fetchKey, key != 0,
                let next = block.pointee.taken, enter(next)
            {
                return true
            }
            return try linkAndEnter(block, isTaken: true)
        case .fallThrough:
            if s.pointee.isCut { return try leaveCutBlock() }
            s.pointee.eip &+= UInt32(block.pointee.byteLength)
            let key = block.pointee.fallKey
            if key == s.pointee.pageKey || key == s.pointee.fetchKey, key != 0,
                let next = block.pointee.fall, enter(next)
            {
                return true
            }
            return try linkAndEnter(block, isTaken: false)
        case .lookup:
            s.pointee.operation = s.pointee.blockEnd
            let linear = segment(.cs).pointee.base &+ s.pointee.eip
            let entry = jumpCacheEntry(linear)
            if entry.pointee.linear == linear, entry.pointee.key == s.pointee.fetchKey,
                let next = entry.pointee.block, enter(next)
            {
                return true
            }
            return try enterBlock()
        }
    }

    @inline(__always) private func jumpCacheEntry(_ linear: UInt32) -> JumpCachePointer {
        s.pointee.cache.jumps + Int((linear ^ linear &>> 11) & UInt32(JumpCacheEntry.count - 1))
    }

    /// Enters a whole block if it ends before the deadline and nothing needs attention.
    @inline(__always) private func enter(_ block: BlockPointer) -> Bool {
        let retired = s.pointee.retired &+ UInt64(block.pointee.count)
        guard retired <= s.pointee.softDeadline else { return false }
        s.pointee.retired = retired
        s.pointee.block = block
        s.pointee.operation = block.pointee.operations
        s.pointee.blockEnd = block.pointee.operations + Int(block.pointee.count)
        s.pointee.isCut = false
        return true
    }

    /// The end of a part of a block: EIP is that of the first operation that did not run.
    private func leaveCutBlock() throws(Fault) -> Bool {
        s.pointee.operation = s.pointee.blockEnd
        var operation = s.pointee.block.pointee.operations
        while operation < s.pointee.blockEnd {
            s.pointee.eip &+= UInt32(operation.pointee.length)
            operation += 1
        }
        return try enterBlock()
    }

    /// Finds the successor and remembers it in the block that was left.
    @inline(never) private func linkAndEnter(_ from: BlockPointer, isTaken: Bool) throws(Fault) -> Bool {
        s.pointee.operation = s.pointee.blockEnd
        let epochs = (s.pointee.codeEpoch, s.pointee.cache.generation, s.pointee.fetchKey)
        let target = segment(.cs).pointee.base &+ s.pointee.eip
        guard try enterBlock() else { return false }
        let block = s.pointee.block
        guard epochs == (s.pointee.codeEpoch, s.pointee.cache.generation, s.pointee.fetchKey),
            segment(.cs).pointee.base &+ s.pointee.eip == target, isLinkable(block), isLinkable(from),
            from.pointee.kind != Block.dead
        else { return true }
        let isLocal = from.pointee.physical >> 12 == block.pointee.physical >> 12 && isSamePage(from, isTaken: isTaken)
        let key = isLocal ? s.pointee.pageKey : s.pointee.fetchKey
        if isTaken {
            from.pointee.taken = block
            from.pointee.takenKey = key
        } else {
            from.pointee.fall = block
            from.pointee.fallKey = key
        }
        return true
    }

    /// Whether the successor's linear page is that of `from`: the distance stays within the page.
    private func isSamePage(_ from: BlockPointer, isTaken: Bool) -> Bool {
        let last = (from.pointee.operations + Int(from.pointee.count) - 1).pointee
        // A 16-bit target may wrap.
        if isTaken, last.mode & MicroOperation.operand16 != 0 { return false }
        let distance = isTaken ? Int64(Int32(bitPattern: last.immediate)) : Int64(from.pointee.byteLength)
        return (0..<0x1000).contains(Int64(from.pointee.physical & 0xFFF) + distance)
    }

    private func isLinkable(_ block: BlockPointer) -> Bool {
        !block.pointee.isHookCandidate && block.pointee.secondPage == .max && s.pointee.pageKey != 0
            && s.pointee.memory.contains(block.pointee.physical & 0xFFFF_F000, 4096)
    }

    /// Does what the boundary demands, then enters the block at EIP, or as much of it as may run. False ends the run.
    @inline(never) func enterBlock() throws(Fault) -> Bool {
        var isSingle = false
        repeat {
            s.pointee.instructionEIP = s.pointee.eip
            if s.pointee.attention.isEmpty {
                if s.pointee.retired >= s.pointee.deadline { return false }
                isSingle = false
            } else {
                guard let single = try attend() else { return false }
                isSingle = single
            }
        } while try reportCodeHook()
        s.pointee.instructionEIP = s.pointee.eip
        s.pointee.isFetching = true
        try start(try findBlock(), isSingle: isSingle)
        s.pointee.isFetching = false
        return true
    }

    private func start(_ block: BlockPointer, isSingle: Bool) throws(Fault) {
        var count = UInt64(block.pointee.count)
        count = min(count, isSingle ? 1 : count, s.pointee.deadline &- s.pointee.retired)
        if s.pointee.pageKey == 0 { count = min(count, try operationsWithinLimit(block)) }
        s.pointee.retired &+= count
        if !s.pointee.attention.isEmpty { beginSingle() }
        s.pointee.block = block
        s.pointee.operation = block.pointee.operations
        s.pointee.blockEnd = block.pointee.operations + Int(count)
        s.pointee.isCut = count != UInt64(block.pointee.count)
        guard !s.pointee.isCut, isLinkable(block) else { return }
        let linear = segment(.cs).pointee.base &+ s.pointee.eip
        let entry = jumpCacheEntry(linear)
        entry.pointee = JumpCacheEntry(linear: linear, key: s.pointee.fetchKey, block: block)
    }

    /// Operations of the block that lie within the CS limit; #GP(0) if not even the first does.
    private func operationsWithinLimit(_ block: BlockPointer) throws(Fault) -> UInt64 {
        let limit = UInt64(segment(.cs).pointee.limit)
        var end = UInt64(s.pointee.eip)
        var count: UInt64 = 0
        while count < UInt64(block.pointee.count) {
            end += UInt64((block.pointee.operations + Int(count)).pointee.length)
            if end > limit + 1 { break }
            count += 1
        }
        if count == 0 { throw .protection(0) }
        return count
    }

    /// Calls the host at a hooked address, once each time it is reached. True if the boundary must be looked at again.
    private func reportCodeHook() throws(Fault) -> Bool {
        guard s.pointee.cache.hasHooks else { return false }
        let linear = segment(.cs).pointee.base &+ s.pointee.eip
        guard isHookCandidate(linear) else { return false }
        if s.pointee.codeBreakpoints != 0 { try checkCodeBreakpoint(linear) }
        let visit = s.pointee.retired << 24 ^ UInt64(linear)
        guard s.pointee.hookPassed != visit, let owner, owner.codeHooks.contains(LinearAddress(linear)) else {
            return false
        }
        s.pointee.hookPassed = visit
        owner.host?.reachedCodeAddress(s.pointee.eip, linear: LinearAddress(linear))
        return true
    }

    /// Takes the most urgent event. Answers whether only one instruction may run next; nil ends the run.
    private func attend() throws(Fault) -> Bool? {
        let attention = s.pointee.attention
        if attention.contains(.shutdown) || attention.contains(.stopRequest) { return nil }
        if s.pointee.retired >= s.pointee.deadline { return nil }
        let shadow = attention.intersection([.interruptShadow, .stackShadow])
        if s.pointee.isTrapPending, !shadow.contains(.stackShadow) {
            s.pointee.isTrapPending = false
            lower(.trapPending)
            wake()
            deliverDebugTrap()
            return try attendAgain()
        }
        if attention.contains(.nmi), !shadow.contains(.stackShadow) {
            wake()
            s.pointee.isNMIPending = false
            lower([.interruptShadow, .stackShadow])
            deliverInterrupt(vector: Vector.nonMaskableInterrupt, source: .nmi)
            refreshInterruptAttention()
            return try attendAgain()
        }
        if attention.contains(.interruptLine), shadow.isEmpty {
            wake()
            let vector = host?.acknowledgeInterrupt() ?? 0
            deliverInterrupt(vector: vector, source: .externalInterrupt)
            return try attendAgain()
        }
        if s.pointee.isHalted { return nil }
        return !shadow.isEmpty || attention.contains(.singleStep)
    }

    /// After a delivery: the handler's first instruction may itself be preempted by something more urgent.
    private func attendAgain() throws(Fault) -> Bool? {
        s.pointee.instructionEIP = s.pointee.eip
        if s.pointee.attention.isEmpty { return s.pointee.retired < s.pointee.deadline ? false : nil }
        return try attend()
    }

    private func wake() {
        s.pointee.isHalted = false
        lower(.halted)
    }

    /// The one instruction that a shadow protects or a single step covers starts now. TF is looked at before it: the
    /// instruction that sets TF is not trapped (SDM Vol. 3A 17.3.1.4).
    private func beginSingle() {
        lower([.interruptShadow, .stackShadow])
        guard s.pointee.flags & EFLAGS.trap != 0 else { return }
        s.pointee.trapCauses |= DR6.singleStep
        s.pointee.isTrapPending = true
        raise(.trapPending)
    }

    /// Takes a fault thrown by the running operation: the state is put back to before it, and the fault is delivered.
    /// Answers how the run ends, if it does.
    func handle(_ fault: Fault) -> RunExit? {
        let isInBlock = s.pointee.operation != s.pointee.blockEnd
        let eip = isInBlock ? operationEIP : s.pointee.instructionEIP
        if isInBlock { s.pointee.retired &-= UInt64(s.pointee.blockEnd - s.pointee.operation - 1) }
        // A fetch that faults counts as the instruction it was for.
        if s.pointee.isFetching { s.pointee.retired &+= 1 }
        s.pointee.isFetching = false
        s.pointee.operation = s.pointee.blockEnd
        s.pointee.eip = eip
        s.pointee.isTrapPending = false
        s.pointee.trapCauses = 0
        lower([.trapPending, .interruptShadow, .stackShadow])
        switch fault.kind {
        case .exception:
            deliver(exception: fault)
            return nil
        case .stop:
            return .stopRequested
        case .freeze:
            // As HLT, but EIP stays at the instruction.
            s.pointee.retired &-= 1
            s.pointee.isHalted = true
            raise(.halted)
            return nil
        }
    }
}
