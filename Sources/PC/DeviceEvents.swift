import Chipset
import IA32

extension Machine {
    func tick(of rate: UInt64) -> UInt64 { clock.ticks(of: rate, at: instructionCount) }

    /// Finds the next count at which a device or an input acts, and cuts the processor's deadline to it.
    func scheduleNextEvent() {
        var next = state.inputs.first?.count ?? .max
        if let tick = state.devices.timer.nextRequestChange {
            next = min(next, clock.count(ofTick: tick, rate: IntervalTimer.frequency))
        }
        if let tick = state.devices.localAPIC.nextEvent {
            next = min(next, clock.count(ofTick: tick, rate: Machine.busHz))
        }
        if let tick = state.devices.clock.nextEvent {
            next = min(next, clock.count(ofTick: tick, rate: RealTimeClock.frequency))
        }
        state.nextEvent = next
        if isInsideProcessor && next < processor.deadline { processor.deadline = next }
    }

    /// Lets every event up to now happen, in the order of their counts.
    func takeDueEvents() {
        while state.nextEvent <= instructionCount {
            takeEvents(at: state.nextEvent)
            scheduleNextEvent()
        }
    }

    /// All events of one count: 8254, real-time clock, local APIC, inputs.
    private func takeEvents(at count: UInt64) {
        let timerTick = clock.ticks(of: IntervalTimer.frequency, at: count)
        while let change = state.devices.timer.nextRequestChange, change <= timerTick {
            state.devices.timer.advanceRequestCounter(to: change)
            driveTimerLine()
        }
        state.devices.clock.advance(to: clock.ticks(of: RealTimeClock.frequency, at: count))
        setRequestLine(8, state.devices.clock.interruptRequested)
        advanceLocalAPIC(to: clock.ticks(of: Machine.busHz, at: count))
        while let first = state.inputs.first, first.count <= count {
            state.inputs.removeFirst()
            accept(first.input)
        }
    }

    func driveTimerLine() {
        setRequestLine(0, state.devices.timer.channel(0).output)
    }

    private func advanceLocalAPIC(to tick: UInt64) {
        guard let expiry = state.devices.localAPIC.nextEvent, expiry <= tick else { return }
        state.devices.localAPIC.advance(to: tick)
        noteRequest(line: nil, vector: state.devices.localAPIC.timerVector.vector)
        updateInterruptLine()
    }

    /// Drives a line of the 8259s; a rising edge on an unmasked line is logged and reported.
    func setRequestLine(_ line: Int, _ high: Bool) {
        guard state.devices.interruptControllers.line(line) != high else { return }
        state.devices.interruptControllers.setLine(line, high)
        if high && isUnmasked(line) { noteRequest(line: line, vector: nil) }
        state.devices.ioAPIC.setLine(Machine.ioAPICInput(of: line), high)
        if state.devices.ioAPIC.hasMessages { sendIOAPICMessages() }
        updateInterruptLine()
    }

    private func isUnmasked(_ line: Int) -> Bool {
        let pair = state.devices.interruptControllers
        let mask = line < 8 ? pair.master.mask : pair.slave.mask
        return mask & (1 << UInt8(line & 7)) == 0
    }

    func noteRequest(line: Int?, vector: UInt8?) {
        record(
            .init(
                kind: .interruptRequest, instruction: instructionCount, vector: vector ?? 0,
                address: line.map { UInt32($0) } ?? 0xFFFF_FFFF))
        guard !hooks.didRaiseIRQ.entries.isEmpty else { return }
        let event = InterruptEvent(line: line, vector: vector, instructionCount: instructionCount)
        for hook in hooks.didRaiseIRQ.entries { settleObserver(hook.body(event)) }
    }

    /// INTR: the local APIC's own request, or that of the 8259s where the APIC lets it pass.
    func updateInterruptLine() {
        let asserted =
            state.devices.localAPIC.pendingVector != nil
            || (state.devices.interruptControllers.interruptRequested
                && passesExternalInterrupts)
        guard asserted != state.interruptLine else { return }
        state.interruptLine = asserted
        processor.setInterruptLine(asserted)
    }

    /// The acknowledge cycle: the local APIC's vector before that of the 8259s.
    func acknowledgeInterrupt() -> UInt8 {
        var line: Int?
        let vector: UInt8
        if state.devices.localAPIC.pendingVector != nil || !passesExternalInterrupts {
            vector = state.devices.localAPIC.acknowledge()
        } else {
            let answer = state.devices.interruptControllers.acknowledge()
            vector = answer.vector
            line = answer.line
            lowerPulse(answer.line)
        }
        updateInterruptLine()
        if !hooks.didAcknowledgeInterrupt.entries.isEmpty {
            let event = InterruptEvent(line: line, vector: vector, instructionCount: instructionCount)
            for hook in hooks.didAcknowledgeInterrupt.entries { settleObserver(hook.body(event)) }
        }
        return vector
    }

    /// True if the 8259s reach the processor, through LINT0 or as ExtINT through the I/O APIC.
    var passesExternalInterrupts: Bool {
        state.devices.localAPIC.passesExternalInterrupts || state.devices.ioAPIC.passesExternalInterrupts(0)
    }

    /// Input of the I/O APIC that ISA line 0...15 drives.
    static func ioAPICInput(of line: Int) -> Int { line == 0 ? 2 : line }

    private func lowerPulse(_ line: Int) {
        let bit = UInt16(1) << UInt16(line)
        guard state.pulsedLines & bit != 0 else { return }
        state.pulsedLines &= ~bit
        state.devices.interruptControllers.setLine(line, false)
        state.devices.ioAPIC.setLine(Machine.ioAPICInput(of: line), false)
    }
}
