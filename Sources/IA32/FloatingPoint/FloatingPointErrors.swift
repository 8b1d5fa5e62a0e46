// When the unit may be used, and how its unmasked exceptions are reported: with the next instruction that waits.

extension ProcessorHost {
    /// FERR# is not connected.
    public func setFloatingPointErrorLine(_ asserted: Bool) {}
    /// IGNNE# is not asserted.
    public var ignoresFloatingPointErrors: Bool { false }
}

extension Core {
    /// What every escape instruction begins with.
    @inline(__always) func beginFloatingPoint(isWaiting: Bool = true) throws(Fault) {
        // SDM Vol. 3A 2.5 "Control Registers", Table 2-3.
        if s.pointee.cr0 & (CR0.emulation | CR0.taskSwitched) != 0 { throw .deviceNotAvailable }
        if isWaiting, s.pointee.floatingPoint.isErrorPending { try reportFloatingPointError() }
    }

    /// WAIT: #NM only if MP and TS are both set, then as any instruction that waits (SDM Vol. 2D "WAIT/FWAIT").
    @inline(never) func wait() throws(Fault) {
        let both = CR0.monitorCoprocessor | CR0.taskSwitched
        if s.pointee.cr0 & both == both { throw .deviceNotAvailable }
        if s.pointee.floatingPoint.isErrorPending { try reportFloatingPointError() }
    }

    /// #MF with CR0.NE set. Without it FERR# is asserted, and the processor freezes before the instruction until an
    /// interrupt comes, unless IGNNE# lets it go on (SDM Vol. 1 8.7 "Handling x87 FPU Exceptions in Software", D.2.1).
    @inline(never) private func reportFloatingPointError() throws(Fault) {
        if s.pointee.cr0 & CR0.numericError != 0 { throw .floatingPointError }
        s.pointee.isWatchTripped = true
        setErrorLine(true)
        if host?.ignoresFloatingPointErrors == true { return }
        throw .freeze
    }

    /// FERR# goes away with the last pending exception.
    func refreshErrorLine() {
        if !s.pointee.floatingPoint.isErrorPending { setErrorLine(false) }
    }

    private func setErrorLine(_ asserted: Bool) {
        guard s.pointee.floatingPoint.isErrorLineAsserted != asserted else { return }
        s.pointee.floatingPoint.isErrorLineAsserted = asserted
        host?.setFloatingPointErrorLine(asserted)
        // The machine may have raised or lowered an interrupt.
        cutAfterCurrentOperation()
    }
}
