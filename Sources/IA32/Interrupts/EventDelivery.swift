// How exceptions, interrupts and INT instructions begin (SDM Vol. 3A 6.3 "Sources of Interrupts", 6.4 "Sources of
// Exceptions"). All of them meet in `attempt`.

extension Core {
    /// Delivers an exception that an instruction threw; `eip` is what will be pushed.
    ///
    /// Always ends with a handler's first instruction, a shutdown (`Attention.shutdown`) or a stop request.
    func deliver(exception fault: Fault) {
        let event = InterruptEvent(fault, faultAddress: s.pointee.faultAddress)
        if event.isPageFault { reportPageFault(event) }
        deliverWithNested(event)
    }

    /// Delivers INTR or NMI between two instructions; `eip` is the next one's.
    func deliverInterrupt(vector: UInt8, source: DeliverySource) {
        if source == .nmi {
            // SDM Vol. 3A 6.7.1 "Handling Multiple NMIs": blocked from here to the next IRET.
            s.pointee.isNMIPending = false
            s.pointee.isNMIBlocked = true
            lower(.nmi)
        }
        deliverWithNested(InterruptEvent(vector, source: source))
    }

    /// Delivers the debug trap that is pending: a data or I/O breakpoint, single step, or the T bit of a new task.
    func deliverDebugTrap() {
        noteDebugException(s.pointee.trapCauses)
        s.pointee.trapCauses = 0
        s.pointee.isTrapPending = false
        lower(.trapPending)
        deliverWithNested(InterruptEvent(Vector.debug, source: .trap))
    }

    /// INT n, INT3 and INTO. Its faults are the instruction's own, with EXT clear.
    ///
    /// SDM Vol. 3A 6.4.4 "INT n", 6.12.1.2 "Flag Usage"; Vol. 2A "INT n/INTO/INT3/INT1".
    func softwareInterrupt(vector: UInt8, source: DeliverySource) throws(Fault) {
        s.pointee.externalEvent = 0
        // SDM Vol. 3A 20.2.7 "Sensitive Instructions": INT n, but not INT3 and INTO.
        if source == .softwareInterrupt { try requireVirtual8086Privilege() }
        var event = InterruptEvent(vector, source: source)
        try attempt(&event)
        if s.pointee.trapCauses != 0 { dropSingleStep() }
    }

    /// INT1, once called ICEBP: #DB as a trap, with no bit in DR6 and whatever the gate's DPL.
    ///
    /// SDM Vol. 2A "INT n/INTO/INT3/INT1". Its faults are the instruction's own, with EXT set.
    func debugInterrupt() throws(Fault) {
        s.pointee.externalEvent = 1
        defer { s.pointee.externalEvent = 0 }
        noteDebugException(0)
        var event = InterruptEvent(Vector.debug, source: .trap)
        try attempt(&event)
        if s.pointee.trapCauses != 0 { dropSingleStep() }
    }

    /// INT clears TF: no single-step trap follows it (SDM Vol. 3A 17.3.1.4 "Single-Step Exception Condition").
    private func dropSingleStep() { restoreTrapCauses(s.pointee.trapCauses & ~DR6.singleStep) }

    /// One delivery: hooks, CR2, the handler's entry, the record.
    func attempt(_ event: inout InterruptEvent) throws(Fault) {
        var seen: Delivery?
        if s.pointee.hooks.rawValue & Core.deliveryHooks != 0 {
            guard try consultHost(&event) else { return }
            if s.pointee.hooks.contains(.didDeliver) { seen = delivery(of: event) }
        }
        // SDM Vol. 3A 6.15 "Interrupt 14": CR2 holds the address when the handler runs.
        if event.isPageFault { s.pointee.cr2 = event.faultAddress }
        let eip = s.pointee.eip
        let cs = segment(.cs).pointee.selector
        let cpl = s.pointee.cpl
        if isProtected {
            try enterHandler(event)
        } else {
            event.hasErrorCode = false
            try enterRealModeHandler(event)
        }
        s.pointee.depth &+= 1
        recordDelivery(event, eip: eip, cs: cs, cpl: cpl)
        if let seen { host?.didDeliver(seen) }
    }

    private func recordDelivery(_ event: InterruptEvent, eip: UInt32, cs: UInt16, cpl: UInt8) {
        let detail =
            UInt32(event.source.rawValue) | UInt32(cpl) << 8 | (event.hasErrorCode ? 0x1_0000 : 0)
        appendEvent(
            EventRecord(
                kind: .delivery, instruction: instructionCount, vector: event.vector, detail: detail, eip: eip,
                cs: cs, newCS: segment(.cs).pointee.selector, value: event.errorCode,
                address: event.isPageFault ? event.faultAddress : 0))
    }
}
