import IA32

/// What the processor calls: passes accesses to the machine and events to its hooks.
final class ProcessorBus: ProcessorHost {
    /// The machine that owns this object and the processor.
    unowned(unsafe) var machine: Machine?

    func readPort(_ port: UInt16, bytes: Int) -> UInt32 {
        guard let machine else { return .max }
        guard machine.hooks.hasReadHooks else { return machine.readPort(port, bytes: bytes) }
        return machine.readHookedPort(port, bytes: bytes)
    }

    func writePort(_ port: UInt16, value: UInt32, bytes: Int) {
        guard let machine else { return }
        guard machine.hooks.willWritePort.entries.isEmpty else {
            return machine.writeHookedPort(port, value: value, bytes: bytes)
        }
        machine.writePort(port, value: value, bytes: bytes)
    }

    func readDevice(_ address: PhysicalAddress, bytes: Int) -> UInt32 {
        machine?.readDevice(address, bytes: bytes) ?? .max
    }

    func writeDevice(_ address: PhysicalAddress, value: UInt32, bytes: Int) {
        machine?.writeDevice(address, value: value, bytes: bytes)
    }

    func acknowledgeInterrupt() -> UInt8 { machine?.acknowledgeInterrupt() ?? 0 }

    func setFloatingPointErrorLine(_ asserted: Bool) { machine?.setNumericError(asserted) }

    var ignoresFloatingPointErrors: Bool { machine?.devices.isNumericErrorIgnored ?? false }

    func willDeliver(_ delivery: inout Delivery) -> DeliveryVerdict {
        machine?.callDeliveryHooks(&delivery) ?? .deliver
    }

    func didDeliver(_ delivery: Delivery) {
        guard let machine else { return }
        for hook in machine.hooks.didDeliver.entries { machine.settleObserver(hook.body(delivery)) }
    }

    func didReturn(_ event: ReturnEvent) {
        guard let machine else { return }
        for hook in machine.hooks.didReturn.entries { machine.settleObserver(hook.body(event)) }
    }

    func willFaultPage(_ fault: PageFaultEvent) {
        guard let machine else { return }
        for hook in machine.hooks.willFaultPage.entries { machine.settleObserver(hook.body(fault)) }
    }

    func willSwitchTask(_ event: TaskSwitchEvent) {
        guard let machine else { return }
        for hook in machine.hooks.willSwitchTask.entries { machine.settleObserver(hook.body(event)) }
    }

    func didSwitchTask(_ event: TaskSwitchEvent) {
        guard let machine else { return }
        for hook in machine.hooks.didSwitchTask.entries { machine.settleObserver(hook.body(event)) }
    }

    func reachedCodeAddress(_ eip: UInt32, linear: LinearAddress) {
        guard let machine else { return }
        if machine.breakpoints.contains(linear) { machine.stop(.breakpoint(linear)) }
        guard let list = machine.hooks.willExecute[linear] else { return }
        let event = CodeEvent(eip: eip, linear: linear, instructionCount: machine.instructionCount)
        for hook in list.entries { machine.settleObserver(hook.body(event)) }
    }

    func consume(_ records: [EventRecord]) { machine?.log.append(records) }
}

extension HookTable {
    var hasReadHooks: Bool { !willReadPort.entries.isEmpty || !didReadPort.entries.isEmpty }
}

extension Machine {
    /// `detail` of the alteration records of port accesses; the processor logs those of deliveries itself.
    private enum PortAlteration: UInt32 {
        case value = 0x1000
        case suppressed = 0x1001
    }

    fileprivate func callDeliveryHooks(_ delivery: inout Delivery) -> DeliveryVerdict {
        var isSuppressed = false
        for hook in hooks.willDeliver.entries where settle(hook.body(&delivery)) { isSuppressed = true }
        return isSuppressed ? .suppress : .deliver
    }

    fileprivate func readHookedPort(_ port: UInt16, bytes: Int) -> UInt32 {
        var access = portAccess(port, bytes: bytes, value: UInt32.max >> UInt32(32 - 8 * bytes), isWrite: false)
        var isSuppressed = false
        for hook in hooks.willReadPort.entries where settle(hook.body(&access)) { isSuppressed = true }
        if isSuppressed {
            note(.suppressed, access)
        } else {
            access.value = readPort(port, bytes: bytes)
        }
        let read = access.value
        for hook in hooks.didReadPort.entries { settleObserver(hook.body(&access)) }
        if access.value != read { note(.value, access) }
        return access.value
    }

    fileprivate func writeHookedPort(_ port: UInt16, value: UInt32, bytes: Int) {
        var access = portAccess(port, bytes: bytes, value: value, isWrite: true)
        var isSuppressed = false
        for hook in hooks.willWritePort.entries where settle(hook.body(&access)) { isSuppressed = true }
        if isSuppressed { return note(.suppressed, access) }
        if access.value != value { note(.value, access) }
        writePort(port, value: access.value, bytes: bytes)
    }

    private func portAccess(_ port: UInt16, bytes: Int, value: UInt32, isWrite: Bool) -> PortAccess {
        PortAccess(
            port: port, bytes: bytes, value: value, isWrite: isWrite, eip: processor.eip,
            instructionCount: instructionCount)
    }

    private func note(_ alteration: PortAlteration, _ access: PortAccess) {
        record(
            .init(
                kind: .alteration, instruction: instructionCount, detail: alteration.rawValue, eip: access.eip,
                value: access.value, address: UInt32(access.port)))
    }
}
