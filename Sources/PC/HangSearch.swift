import Chipset
import IA32

// A hang is proven, never guessed: from some instruction on all registers repeat, no store changed memory, no device
// was touched, and nothing that is enabled or scheduled can interfere. The search begins at fixed instruction counts,
// so that neither tracing nor budgets nor snapshots move it.
extension Machine {
    /// Longest loop that is recognised, in instructions.
    static let searchWindow: UInt64 = 256
    /// Bounds of the distance between two searches.
    private static let searchInterval: ClosedRange<UInt64> = 1 << 14...1 << 24

    /// Instructions from one search to the next: an eighth of those executed, as a power of two, so that the cost
    /// stays a small part of any run.
    private func searchInterval(at count: UInt64) -> UInt64 {
        let eighth: UInt64 = count < 8 ? 1 : 1 << UInt64(60 - count.leadingZeroBitCount)
        return min(max(eighth, Machine.searchInterval.lowerBound), Machine.searchInterval.upperBound)
    }

    /// The count at which the next search begins.
    var nextSearch: UInt64 {
        let interval = searchInterval(at: instructionCount)
        let (next, overflow) = (instructionCount / interval + 1).multipliedReportingOverflow(by: interval)
        return overflow ? .max : next
    }

    /// Searches at the counts where a search begins, or goes on with one that the budget or an event cut.
    func searchForHang() -> StopReason? {
        let now = instructionCount
        if now % searchInterval(at: now) == 0 && now > 0 && state.lastSearch != now {
            state.lastSearch = now
            state.searchStart = now
        }
        guard let start = state.searchStart else { return nil }
        let end = start &+ Machine.searchWindow
        guard now < end, isQuiescent else {
            state.searchStart = nil
            return nil
        }
        let room = min(runLimit, max(state.nextEvent, now), end) - now
        guard room > 0 else { return nil }
        processor.deadline = now + room
        guard enterProcessor({ processor.stateRepeats(within: Int(room)) }) else { return nil }
        return staysMasked(period: instructionCount - now) ? .hang(instructionAddress) : nil
    }

    private var instructionAddress: LinearAddress {
        LinearAddress(processor.segment(.cs).base &+ processor.eip)
    }

    /// Follows the loop once more when only IF = 0 keeps an interrupt away: IF must stay clear in all of it.
    private func staysMasked(period: UInt64) -> Bool {
        guard deviceCouldInterrupt else { return true }
        for _ in 0..<period {
            guard !interruptsEnabled, instructionCount < runLimit else { return false }
            processor.deadline = instructionCount + 1
            guard enterProcessor({ processor.run() }) == .deadline else { return false }
        }
        return !interruptsEnabled
    }

    /// True if no input is scheduled, no NMI is about to be taken and no device can interrupt now.
    private var isQuiescent: Bool {
        guard state.inputs.isEmpty, pendingStop == nil, !processor.isHalted, !state.resetPending else { return false }
        guard !deviceCouldRaiseNMI || processor.isNMIBlocked else { return false }
        guard !processor.isNMIPending || processor.isNMIBlocked else { return false }
        return !interruptsEnabled || (!state.interruptLine && !deviceCouldInterrupt)
    }

    var interruptsEnabled: Bool { processor.eflags & EFLAGS.interrupt != 0 }

    /// True if the processor leaves HLT without any further event.
    var isAboutToWake: Bool {
        (processor.isNMIPending && !processor.isNMIBlocked) || (interruptsEnabled && state.interruptLine)
    }

    /// True if some input or device event to come could end HLT.
    var canWake: Bool {
        if state.inputs.contains(where: couldWake) { return true }
        if deviceCouldRaiseNMI && !processor.isNMIBlocked { return true }
        return interruptsEnabled && deviceCouldInterrupt
    }

    private func couldWake(_ scheduled: ScheduledInput) -> Bool {
        switch scheduled.input {
        case .nmi:
            return !processor.isNMIBlocked && state.devices.localAPIC.passesNMI
                && state.devices.clockSelect & 0x80 == 0
        case .irq(let line):
            if raisesNMI(Machine.ioAPICInput(of: line)) && !processor.isNMIBlocked { return true }
            return interruptsEnabled && reachesProcessor(line)
        case .serial: return interruptsEnabled && reachesProcessor(4)
        case .key: return interruptsEnabled && reachesProcessor(1)
        }
    }

    /// True if a running device would, by itself and with the masks as they are, raise INTR.
    var deviceCouldInterrupt: Bool {
        if state.devices.interruptControllers.interruptRequested && passesExternalInterrupts { return true }
        if state.devices.timer.nextRequestChange != nil && reachesProcessor(0) { return true }
        if state.devices.clock.nextEvent != nil && reachesProcessor(8) { return true }
        let apic = state.devices.localAPIC
        if apic.pendingVector != nil { return true }
        return apic.nextEvent != nil && apic.wouldInterrupt(apic.timerVector.vector)
    }

    private func reachesProcessor(_ line: Int) -> Bool {
        if passesExternalInterrupts && state.devices.interruptControllers.wouldInterrupt(line) { return true }
        guard let vector = state.devices.ioAPIC.wouldSend(Machine.ioAPICInput(of: line)) else { return false }
        return state.devices.localAPIC.wouldInterrupt(vector)
    }

    /// True if the 8254 or the real-time clock may raise an NMI through the I/O APIC.
    private var deviceCouldRaiseNMI: Bool {
        (raisesNMI(2) && state.devices.timer.nextRequestChange != nil)
            || (raisesNMI(8) && state.devices.clock.nextEvent != nil)
    }

    private func raisesNMI(_ input: Int) -> Bool {
        let entry = state.devices.ioAPIC.entry(input)
        return !entry.isMasked && entry.mode == .nmi
    }
}
