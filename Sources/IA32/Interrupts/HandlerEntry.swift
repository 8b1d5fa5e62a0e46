// Protected-mode entry of a handler through the IDT (SDM Vol. 3A 6.12 "Exception and Interrupt Handling"; Vol. 2A
// "INT n/INTO/INT3/INT1", PROTECTED-MODE). Everything is checked before anything changes.

extension Core {
    /// Enters the handler of an event. Throws #GP, #NP, #TS, #SS or #PF, the state unchanged unless a task switch was
    /// past its point of no return.
    func enterHandler(_ event: InterruptEvent) throws(Fault) {
        let gate = try readGate(event)
        if gate.type == SystemType.taskGate {
            try enterTask(gate, event)
        } else {
            try enterProcedure(gate, event)
        }
    }

    /// Steps 1 to 3: the gate, its type, its privilege and its presence.
    @inline(__always) private func readGate(_ event: InterruptEvent) throws(Fault) -> Descriptor {
        let offset = UInt32(event.vector) &* 8
        // SDM Vol. 3A 6.13 "Error Code": IDT = 1, the index is the vector.
        let code = offset | 2 | s.pointee.externalEvent
        // SDM Vol. 3A 6.10 "Interrupt Descriptor Table (IDT)": beyond the limit.
        guard offset &+ 7 <= s.pointee.idtLimit else { throw Fault.protection(code) }
        let gate = try readDescriptor(at: s.pointee.idtBase &+ offset)
        // SDM Vol. 3A 6.11 "IDT Descriptors": task, interrupt or trap gate. S and type in one set of 32 bits.
        guard Core.gateTypes &>> ((gate.high &>> 8) & 0x1F) & 1 != 0 else { throw Fault.protection(code) }
        // SDM Vol. 3A 6.12.1.1 "Protection of Exception- and Interrupt-Handler Procedures": INT n only.
        guard !event.source.isSoftware || gate.dpl >= s.pointee.cpl else { throw Fault.protection(code) }
        // SDM Vol. 3A 6.15 "Interrupt 11".
        guard gate.isPresent else { throw Fault.notPresent(code) }
        return gate
    }

    /// Types 5, 6, 7, E and F with S = 0.
    private static let gateTypes: UInt32 = 0xC0E0

    // MARK: Task gates

    /// SDM Vol. 3A 6.12.2 "Interrupt Tasks". The offset fields of the gate are ignored.
    private func enterTask(_ gate: Descriptor, _ event: InterruptEvent) throws(Fault) {
        let selector = Selector(gate.gateSelector)
        let task = try taskDescriptor(selector)
        try switchTask(
            to: selector, entry: task.entry, at: task.address, source: .gate,
            errorCode: event.hasErrorCode ? event.errorCode : nil, savedFlags: eflags | event.resumeFlag)
    }

    // MARK: Interrupt and trap gates

    /// Steps 4 to 8: code segment, stack, pushes, flags.
    @inline(__always) private func enterProcedure(_ gate: Descriptor, _ event: InterruptEvent) throws(Fault) {
        let is32Bit = gate.type & 8 != 0
        let code = try handlerSegment(Selector(gate.gateSelector))
        let oldLevel = s.pointee.cpl
        let level = code.isConforming ? oldLevel : code.dpl
        let target = is32Bit ? gate.gateOffset : gate.gateOffset & 0xFFFF
        if level == oldLevel, is32Bit, let frame = plainFrame(event) {
            guard target <= code.limit else { throw Fault.protection(s.pointee.externalEvent) }
            fill(frame, event)
        } else {
            try pushFrame(event, level: level, target: target, code, is32Bit: is32Bit)
        }
        // Nothing below can fault.
        let selector = (gate.gateSelector & 0xFFFC) | UInt16(level)
        reloadCode(selector, code, isSameLevel: level == oldLevel)
        s.pointee.eip = target
        clearFlagsForHandler(isInterruptGate: gate.type & 1 == 0)
    }

    /// Loads CS from a checked descriptor; cheap if the hidden part is what it was, as in a flat kernel.
    @inline(__always) func reloadCode(_ selector: UInt16, _ code: Descriptor, isSameLevel: Bool) {
        let register = segment(.cs)
        if isSameLevel, register.pointee.attributes == code.attributes, register.pointee.limit == code.limit,
            register.pointee.base == code.base, register.pointee.isUsable != 0
        {
            register.pointee.selector = selector
        } else {
            setSegment(.cs, SegmentRegister(selector: selector, descriptor: code))
        }
    }

    /// Step 4: the gate's code segment, accessed. Also what the null selector says.
    @inline(__always) private func handlerSegment(_ selector: Selector) throws(Fault) -> Descriptor {
        let ext = s.pointee.externalEvent
        // SDM Vol. 3A 6.15 "Interrupt 13": null selector, outside its table, not code, or more privileged than it may.
        guard !selector.isNull else { throw Fault.protection(ext) }
        guard let address = descriptorAddress(selector) else { throw Fault.protection(selector.errorCode | ext) }
        var entry = try readDescriptor(at: address)
        guard entry.isCode, entry.dpl <= s.pointee.cpl else { throw Fault.protection(selector.errorCode | ext) }
        guard entry.isPresent else { throw Fault.notPresent(selector.errorCode | ext) }
        // SDM Vol. 2A "INT n": from virtual-8086 mode to level 0 only.
        if isVirtual8086, entry.isConforming || entry.dpl != 0 { throw Fault.protection(selector.errorCode | ext) }
        if entry.high & 0x100 == 0 {
            try setAccessed(entry, at: address)
            entry.high |= 0x100
        }
        return entry
    }

    /// Steps 5 to 7: the handler's stack, the frame on it, the handler's address; then SS:ESP and CPL.
    @inline(never) private func pushFrame(
        _ event: InterruptEvent, level: UInt8, target: UInt32, _ code: Descriptor, is32Bit: Bool
    ) throws(Fault) {
        let isInner = level < s.pointee.cpl
        var stack = isInner ? try newStack(level: level) : currentStack()
        let leavesVirtual8086 = isVirtual8086
        let count: UInt32 = (isInner ? 5 : 3) + (event.hasErrorCode ? 1 : 0) + (leavesVirtual8086 ? 4 : 0)
        try requireRoom(stack, bytes: count * (is32Bit ? 4 : 2), itemBytes: is32Bit ? 4 : 2)
        // SDM Vol. 2A "INT n": the handler's first instruction outside its segment's limit.
        guard target <= code.limit else { throw Fault.protection(s.pointee.externalEvent) }
        if leavesVirtual8086 { try pushVirtual8086Segments(on: &stack, is32: is32Bit) }
        if is32Bit {
            try pushFrame32(event, isInner: isInner, on: &stack)
        } else {
            try pushFrame16(event, isInner: isInner, on: &stack)
        }
        guard isInner else {
            s.pointee.general[4] = stack.pointer
            return
        }
        s.pointee.cpl = level
        s.pointee.tagOffset = 0
        adopt(stack)
        if leavesVirtual8086 { clearVirtual8086Segments() }
    }

    /// Where the frame of an event at the same level goes, if the stack is flat there and the bytes are plain RAM.
    @inline(__always) private func plainFrame(_ event: InterruptEvent) -> HostAddress? {
        let stack = segment(.ss)
        guard s.pointee.stackMask == .max, stack.pointee.writeEnd > UInt64(UInt32.max) else { return nil }
        let bytes: UInt32 = event.hasErrorCode ? 16 : 12
        let linear = stack.pointee.base &+ s.pointee.general[4] &- bytes
        let entry = tlbEntry(linear)
        guard (linear &+ (bytes &- 1)) & 0xFFFF_F000 == TLBEntry.writeTag(entry, s.pointee.tagOffset) else {
            return nil
        }
        return HostAddress(value: entry.pointee.addend &+ UInt(linear))
    }

    /// The frame at the same level, the last item first, and ESP.
    @inline(__always) private func fill(_ frame: HostAddress, _ event: InterruptEvent) {
        var next = frame
        if event.hasErrorCode {
            next.store(event.errorCode)
            next.value &+= 4
        }
        next.store(s.pointee.eip)
        HostAddress(value: next.value &+ 4).store(UInt32(segment(.cs).pointee.selector))
        HostAddress(value: next.value &+ 8).store(eflags | event.resumeFlag)
        s.pointee.general[4] = s.pointee.general[4] &- (event.hasErrorCode ? 16 : 12)
    }

    /// SDM Vol. 3A 6.12.1, Figure 6-4 "Stack Usage on Transfers to Interrupt and Exception-Handling Routines".
    private func pushFrame32(
        _ event: InterruptEvent, isInner: Bool, on stack: inout NewStack
    ) throws(Fault) {
        if isInner {
            try push32(UInt32(segment(.ss).pointee.selector), on: &stack)
            try push32(s.pointee.general[4], on: &stack)
        }
        try push32(eflags | event.resumeFlag, on: &stack)
        try push32(UInt32(segment(.cs).pointee.selector), on: &stack)
        try push32(s.pointee.eip, on: &stack)
        if event.hasErrorCode { try push32(event.errorCode, on: &stack) }
    }

    /// The same through a 16-bit gate: the low halves.
    private func pushFrame16(
        _ event: InterruptEvent, isInner: Bool, on stack: inout NewStack
    ) throws(Fault) {
        if isInner {
            try push16(segment(.ss).pointee.selector, on: &stack)
            try push16(UInt16(truncatingIfNeeded: s.pointee.general[4]), on: &stack)
        }
        try push16(UInt16(truncatingIfNeeded: eflags), on: &stack)
        try push16(segment(.cs).pointee.selector, on: &stack)
        try push16(UInt16(truncatingIfNeeded: s.pointee.eip), on: &stack)
        if event.hasErrorCode { try push16(UInt16(truncatingIfNeeded: event.errorCode), on: &stack) }
    }

    /// Clears TF, NT, RF and VM, and IF for an interrupt gate (SDM Vol. 3A 6.12.1.3 "Flag Usage By Exception- or
    /// Interrupt-Handler Procedure").
    @inline(__always) private func clearFlagsForHandler(isInterruptGate: Bool) {
        clearSystemFlags(
            EFLAGS.trap | EFLAGS.nestedTask | EFLAGS.resume | EFLAGS.virtual8086
                | (isInterruptGate ? EFLAGS.interrupt : 0))
    }

    /// Clears flags that are not arithmetic.
    @inline(__always) func clearSystemFlags(_ mask: UInt32) {
        // Without attention TF is clear and IF decides nothing: there is nothing to look at again.
        if s.pointee.attention.isEmpty {
            s.pointee.flags &= ~mask
        } else {
            setEFLAGS(0, mask: mask)
        }
    }
}
