// What the host sees of a delivery, and may change. Reached only when a hook bit is set.

extension Core {
    static let deliveryHooks = HookMask.willDeliver.rawValue | HookMask.didDeliver.rawValue

    /// Tells the host that a #PF was raised.
    func reportPageFault(_ event: InterruptEvent) {
        guard s.pointee.hooks.contains(.pageFault) else { return }
        host?.willFaultPage(
            PageFaultEvent(
                linear: LinearAddress(event.faultAddress), errorCode: event.errorCode, eip: s.pointee.eip,
                cpl: s.pointee.cpl, instructionCount: instructionCount))
    }

    /// The event as the host sees it.
    func delivery(of event: InterruptEvent) -> Delivery {
        Delivery(
            vector: event.vector, source: event.source,
            errorCode: event.hasErrorCode && isProtected ? event.errorCode : nil,
            cr2: event.isPageFault ? event.faultAddress : nil, eip: s.pointee.eip,
            cs: segment(.cs).pointee.selector, cpl: s.pointee.cpl, eflags: eflags | event.resumeFlag,
            ss: segment(.ss).pointee.selector, esp: s.pointee.general[4],
            instructionEIP: event.source.isSoftware ? s.pointee.instructionEIP : s.pointee.eip,
            gate: rawGate(event.vector), depth: s.pointee.depth, instructionCount: instructionCount)
    }

    /// Asks the `willDeliver` hook; false if nothing is to be delivered.
    func consultHost(_ event: inout InterruptEvent) throws(Fault) -> Bool {
        guard s.pointee.hooks.contains(.willDeliver), let host else { return true }
        let before = event
        var offered = delivery(of: event)
        let verdict = host.willDeliver(&offered)
        switch verdict {
        case .deliver: break
        case .suppress:
            recordAlteration(of: before, to: before, isSuppressed: true)
            return false
        case .stop: throw Fault.stop
        }
        event.vector = offered.vector
        event.source = offered.source
        event.hasErrorCode = offered.errorCode != nil
        event.errorCode = offered.errorCode ?? 0
        event.faultAddress = offered.cr2 ?? 0
        if isAltered(before, event) { recordAlteration(of: before, to: event, isSuppressed: false) }
        return true
    }

    private func isAltered(_ a: InterruptEvent, _ b: InterruptEvent) -> Bool {
        a.vector != b.vector || a.source != b.source || a.errorCode != b.errorCode
            || (a.hasErrorCode && isProtected) != b.hasErrorCode || a.faultAddress != b.faultAddress
    }

    /// `detail`: the original vector, bit 8 set if nothing is delivered.
    private func recordAlteration(of old: InterruptEvent, to new: InterruptEvent, isSuppressed: Bool) {
        appendEvent(
            EventRecord(
                kind: .alteration, instruction: instructionCount, vector: new.vector,
                detail: UInt32(old.vector) | (isSuppressed ? 0x100 : 0), eip: s.pointee.eip,
                cs: segment(.cs).pointee.selector, newCS: segment(.cs).pointee.selector, value: new.errorCode,
                address: new.faultAddress))
    }

    /// The gate's raw bytes; nil outside the table or if the table is not mapped.
    private func rawGate(_ vector: UInt8) -> UInt64? {
        let size: UInt32 = isProtected ? 8 : 4
        guard UInt32(vector) * size + size - 1 <= s.pointee.idtLimit else { return nil }
        let faultAddress = s.pointee.faultAddress
        // Looking trips no breakpoint.
        let trapCauses = s.pointee.trapCauses
        defer {
            s.pointee.faultAddress = faultAddress
            if s.pointee.trapCauses != trapCauses { restoreTrapCauses(trapCauses) }
        }
        let linear = s.pointee.idtBase &+ UInt32(vector) * size
        if isProtected { return try? readLinear(linear, UInt64.self, user: false) }
        return (try? readLinear(linear, UInt32.self, user: false)).map { UInt64($0) }
    }
}
