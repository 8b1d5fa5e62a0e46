import IA32

// Hook points. `will...` may alter or suppress where said, `did...` only observes; every one may stop the run.
// Hooks of a point run in the order of installation. The first that suppresses decides; the later ones still run and
// see what earlier ones altered. Capture the machine unowned, or it is never released.
extension Machine {
    /// Before an exception or interrupt with a vector in `vectors` is delivered.
    ///
    /// May alter vector, error code and CR2, and suppress. `.stop` lets the delivery happen and stops before the
    /// handler's first instruction.
    public func willDeliver(
        vectors: ClosedRange<UInt8> = 0...255, _ body: @escaping (inout Delivery) -> HookAction
    ) -> HookToken {
        hooks.install(\.willDeliver) { vectors.contains($0.vector) ? body(&$0) : .resume }
    }

    /// After a delivery: the registers are those of the handler's first instruction.
    public func didDeliver(
        vectors: ClosedRange<UInt8> = 0...255, _ body: @escaping (Delivery) -> HookAction
    ) -> HookToken {
        hooks.install(\.didDeliver) { vectors.contains($0.vector) ? body($0) : .resume }
    }

    /// After an IRET.
    public func didReturn(_ body: @escaping (ReturnEvent) -> HookAction) -> HookToken {
        hooks.install(\.didReturn, body)
    }

    /// When a page fault at a linear address in `range` was raised, before `willDeliver`.
    public func willFaultPage(
        in range: ClosedRange<UInt32> = 0...UInt32.max, _ body: @escaping (PageFaultEvent) -> HookAction
    ) -> HookToken {
        hooks.install(\.willFaultPage) { range.contains($0.linear.value) ? body($0) : .resume }
    }

    /// Before the first check of a task switch.
    public func willSwitchTask(_ body: @escaping (TaskSwitchEvent) -> HookAction) -> HookToken {
        hooks.install(\.willSwitchTask, body)
    }

    /// After a task switch.
    public func didSwitchTask(_ body: @escaping (TaskSwitchEvent) -> HookAction) -> HookToken {
        hooks.install(\.didSwitchTask, body)
    }

    /// Before the instruction at a linear address executes. Going on after a stop does not call it again for it.
    public func willExecute(
        at address: LinearAddress, _ body: @escaping (CodeEvent) -> HookAction
    ) -> HookToken {
        hooks.install(at: address, body)
    }

    /// Before a read that begins at one of `ports`. Suppressed, the device is not touched and the value is the hook's.
    public func willReadPort(
        _ ports: ClosedRange<UInt16>, _ body: @escaping (inout PortAccess) -> HookAction
    ) -> HookToken {
        hooks.install(\.willReadPort) { ports.contains($0.port) ? body(&$0) : .resume }
    }

    /// After a read that began at one of `ports`; the value may be altered before the guest sees it.
    public func didReadPort(
        _ ports: ClosedRange<UInt16>, _ body: @escaping (inout PortAccess) -> HookAction
    ) -> HookToken {
        hooks.install(\.didReadPort) { ports.contains($0.port) ? body(&$0) : .resume }
    }

    /// Before a write that begins at one of `ports`; may alter the value, or suppress the write.
    public func willWritePort(
        _ ports: ClosedRange<UInt16>, _ body: @escaping (inout PortAccess) -> HookAction
    ) -> HookToken {
        hooks.install(\.willWritePort) { ports.contains($0.port) ? body(&$0) : .resume }
    }

    /// After a request line that is not masked rose, or a vector entered the local APIC's IRR.
    public func didRaiseIRQ(_ body: @escaping (InterruptEvent) -> HookAction) -> HookToken {
        hooks.install(\.didRaiseIRQ, body)
    }

    /// After the acknowledge cycle of a maskable interrupt.
    public func didAcknowledgeInterrupt(_ body: @escaping (InterruptEvent) -> HookAction) -> HookToken {
        hooks.install(\.didAcknowledgeInterrupt, body)
    }

    /// After an NMI reached the processor.
    public func didRaiseNMI(_ body: @escaping (NMIEvent) -> HookAction) -> HookToken {
        hooks.install(\.didRaiseNMI, body)
    }

    /// When the processor begins to wait in HLT.
    public func didHalt(_ body: @escaping (HaltEvent) -> HookAction) -> HookToken {
        hooks.install(\.didHalt, body)
    }

    /// When the processor shut down.
    public func didShutDown(_ body: @escaping (ShutdownEvent) -> HookAction) -> HookToken {
        hooks.install(\.didShutDown, body)
    }

    /// When a run ends, whatever the reason.
    public func didStop(_ body: @escaping (StopReason) -> Void) -> HookToken {
        hooks.install(\.didStop, body)
    }

    /// Tells the processor which of its hook points have listeners.
    func updateProcessorHooks() {
        processor.hooks = hooks.mask
        let addresses = breakpoints.union(hooks.willExecute.keys)
        if addresses != processor.codeHooks { processor.codeHooks = addresses }
    }

    /// A hook that can only observe: `.stop` counts, `.suppress` does not.
    func settleObserver(_ action: HookAction) {
        if case .stop(let reason) = action { requestStop(reason) }
    }

    /// A hook that can suppress: true if it does.
    func settle(_ action: HookAction) -> Bool {
        settleObserver(action)
        return action == .suppress
    }
}
