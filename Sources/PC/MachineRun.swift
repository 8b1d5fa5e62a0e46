import IA32

extension Machine {
    /// Runs at most `instructions` more instructions. Inside a hook it does nothing and says so.
    @discardableResult
    public func run(budget instructions: UInt64 = .max) -> StopReason {
        let (limit, overflow) = instructionCount.addingReportingOverflow(instructions)
        return run(until: overflow ? .max : limit)
    }

    /// Runs exactly `n` instructions unless something else ends the run; then `.budget`.
    @discardableResult
    public func step(_ n: UInt64 = 1) -> StopReason {
        run(budget: n)
    }

    /// Runs until the instruction count is `count`. Inside a hook it does nothing and says so.
    @discardableResult
    public func run(until count: UInt64) -> StopReason {
        guard !isRunning else {
            return .unsupported(MachineError.insideHook("run").description)
        }
        isRunning = true
        runLimit = count
        pendingStop = nil
        let reason = execute()
        logStop(reason)
        flushConsole()
        for hook in hooks.didStop.entries { hook.body(reason) }
        isRunning = false
        return reason
    }

    /// Ends the run at the next instruction boundary with `.hook(reason)`; for hooks and the console sink.
    public func requestStop(_ reason: String) {
        stop(.hook(reason))
    }

    func stop(_ reason: StopReason) {
        if pendingStop == nil { pendingStop = reason }
        processor.requestStop()
    }

    private func execute() -> StopReason {
        while true {
            takeDueEvents()
            if state.resetPending { reset() }
            if let reason = takePendingStop() { return reason }
            guard instructionCount < runLimit else { return .budget }
            if let reason = searchForHang() { return reason }
            if let reason = executeUntilEvent() { return reason }
        }
    }

    private func takePendingStop() -> StopReason? {
        defer { pendingStop = nil }
        return pendingStop
    }

    /// One call of the processor: up to the budget, the next device event or the next search for a hang.
    private func executeUntilEvent() -> StopReason? {
        // A search that ran up to an event or the budget leaves both to the caller.
        guard pendingStop == nil, instructionCount < min(runLimit, state.nextEvent) else { return nil }
        processor.deadline = min(runLimit, state.nextEvent, nextSearch)
        let exit = enterProcessor { processor.run() }
        switch exit {
        case .deadline: return nil
        case .stopRequested: return takePendingStop()
        case .halted: return pendingStop == nil ? waitInHalt() : nil
        case .shutdown:
            let chain = processor.shutdownChain
            let event = ShutdownEvent(chain: chain, eip: processor.eip, instructionCount: instructionCount)
            for hook in hooks.didShutDown.entries { _ = hook.body(event) }
            return .shutdown(chain: chain)
        }
    }

    func enterProcessor<Result>(_ body: () -> Result) -> Result {
        isInsideProcessor = true
        defer { isInsideProcessor = false }
        return body()
    }

    /// HLT: skips to the next event that may end it (SDM Vol. 2A "HLT").
    private func waitInHalt() -> StopReason? {
        if reportedHalt != instructionCount {
            reportedHalt = instructionCount
            reportHalt()
            if let reason = takePendingStop() { return reason }
        }
        // A hook may have given the processor a reason to wake at once.
        if isAboutToWake { return nil }
        guard canWake else { return .halted }
        guard state.nextEvent != .max else { return .halted }
        // An input from a hook may have come for this very count.
        let next = min(max(state.nextEvent, instructionCount), runLimit)
        processor.instructionCount = next
        reportedHalt = next
        return nil
    }

    private func reportHalt() {
        guard !hooks.didHalt.entries.isEmpty else { return }
        let event = HaltEvent(
            eip: processor.eip, interruptsEnabled: interruptsEnabled, instructionCount: instructionCount)
        for hook in hooks.didHalt.entries { settleObserver(hook.body(event)) }
    }

    /// Logs a stop that is the guest's own, once.
    private func logStop(_ reason: StopReason) {
        guard let code = reason.logCode else { return }
        // Where in its loop a hang is noticed depends on the budget; where the search began does not.
        let isHang = code == StopReason.hang(LinearAddress(0)).logCode
        let instruction = isHang ? state.searchStart ?? instructionCount : instructionCount
        let key = LoggedStop(code: code, instruction: instruction)
        guard state.loggedStop != key else { return }
        state.loggedStop = key
        var value: UInt32 = 0
        if case .exit(let status) = reason { value = UInt32(status) }
        record(
            .init(
                kind: .stop, instruction: instruction, detail: code, eip: isHang ? 0 : processor.eip, value: value))
    }
}
