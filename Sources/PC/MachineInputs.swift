import Chipset
import IA32

extension Machine {
    /// An edge on the NMI pin, now. It passes port 70h bit 7 and LINT1 of the local APIC.
    public func nmi() {
        noteInput(.nmi)
        guard state.devices.clockSelect & 0x80 == 0 else {
            state.heldNMI = true
            return
        }
        guard state.devices.localAPIC.passesNMI else { return }
        raiseNMI(.pin)
    }

    /// An edge on request line 0...15, now: high until it is acknowledged. Other numbers do nothing.
    public func irq(_ line: Int) {
        guard (0...15).contains(line) else { return }
        noteInput(.irq(line))
        setRequestLine(line, false)
        state.pulsedLines |= 1 << UInt16(line)
        setRequestLine(line, true)
    }

    /// Drives request line 0...15 to a level, now. Other numbers do nothing.
    public func setIRQ(_ line: Int, _ high: Bool) {
        guard (0...15).contains(line) else { return }
        noteInput(.irq(line), level: high ? 1 : 0)
        state.pulsedLines &= ~(1 << UInt16(line))
        setRequestLine(line, high)
    }

    /// Lets an input come at an instruction count; one that is already over means now.
    public func schedule(_ input: MachineInput, at count: UInt64) {
        let place = state.inputs.firstIndex { $0.count > count } ?? state.inputs.endIndex
        state.inputs.insert(ScheduledInput(count: count, input: input), at: place)
        scheduleNextEvent()
    }

    /// An edge on the NMI pin at an instruction count.
    public func scheduleNMI(at count: UInt64) { schedule(.nmi, at: count) }

    /// An edge on request line 0...15 at an instruction count.
    public func scheduleIRQ(_ line: Int, at count: UInt64) { schedule(.irq(line), at: count) }

    /// Lets bytes come on the receive line of COM1 from an instruction count on, at 115,200 bits a second.
    public func scheduleSerial(_ bytes: [UInt8], at count: UInt64) {
        let character = max(configuration.clockHz / 11_520, 1)
        for (index, byte) in bytes.enumerated() {
            let (time, overflow) = count.addingReportingOverflow(UInt64(index) &* character)
            schedule(.serial(byte), at: overflow ? .max : time)
        }
    }

    /// Lets keys be pressed and released one after the other, ten milliseconds apart, from an instruction count on.
    /// `keys` are codes of set 1, such as 1Eh for A; codes without a key do nothing.
    public func scheduleKeys(_ keys: [UInt8], at count: UInt64) {
        let step = max(configuration.clockHz / 100, 1)
        for (index, key) in keys.enumerated() {
            let press = count &+ UInt64(index) &* 2 &* step
            for code in ScanCodes.secondSet(of: key) { schedule(.key(code), at: press) }
            for code in ScanCodes.secondSet(of: key, released: true) { schedule(.key(code), at: press &+ step) }
        }
    }

    /// Inputs still to come, in order.
    public var scheduledInputs: [(count: UInt64, input: MachineInput)] {
        state.inputs.map { ($0.count, $0.input) }
    }

    func accept(_ input: MachineInput) {
        switch input {
        case .nmi: nmi()
        case .irq(let line): irq(line)
        case .serial(let byte):
            noteInput(input)
            state.devices.serial.receive(byte)
            setRequestLine(4, state.devices.serial.interruptRequested)
        case .key(let code):
            noteInput(input)
            state.devices.keyboardController.press(code)
            setRequestLine(1, state.devices.keyboardController.interruptRequested)
        }
    }

    /// Inputs are part of what determines a run: each is logged with its count.
    private func noteInput(_ input: MachineInput, level: UInt32 = 2) {
        let count = instructionCount
        switch input {
        case .nmi: record(.init(kind: .nmi, instruction: count, vector: Vector.nonMaskableInterrupt))
        case .irq(let line):
            record(.init(kind: .interruptRequest, instruction: count, detail: 1 + level, address: UInt32(line)))
        case .serial(let byte):
            record(.init(kind: .interruptRequest, instruction: count, detail: 4, value: UInt32(byte), address: 0x3F8))
        case .key(let code):
            record(.init(kind: .interruptRequest, instruction: count, detail: 5, value: UInt32(code), address: 0x60))
        }
    }

    /// Passes an NMI to the processor, which latches one.
    func raiseNMI(_ source: NMIEvent.Source) {
        let event = NMIEvent(
            source: source, isBlocked: processor.isNMIBlocked, wasPending: processor.isNMIPending,
            instructionCount: instructionCount)
        processor.raiseNMI()
        for hook in hooks.didRaiseNMI.entries { settleObserver(hook.body(event)) }
    }

    /// Port 70h was written: an NMI that its bit 7 held back comes now.
    func releaseHeldNMI() {
        guard state.heldNMI, state.devices.clockSelect & 0x80 == 0 else { return }
        state.heldNMI = false
        if state.devices.localAPIC.passesNMI { raiseNMI(.pin) }
    }
}
