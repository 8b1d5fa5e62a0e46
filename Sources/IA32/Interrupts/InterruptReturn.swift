// IRET (SDM Vol. 2A "IRET/IRETD"; Vol. 3A 6.12.1 "Exception- or Interrupt-Handler Procedures").

/// What IRET popped.
private struct ReturnFrame {
    var eip: UInt32
    var selector: Selector
    var flags: UInt32
}

extension Core {
    /// IRET and IRETD. Throws #GP, #NP, #SS, #TS or #PF, the state unchanged except for NMI blocking.
    func interruptReturn(is32Bit: Bool) throws(Fault) {
        let keeps = s.pointee.keepsNMIBlockedOnFaultingReturn
        if !keeps { unblockNMI() }
        let oldCS = segment(.cs).pointee.selector
        var isTaskReturn = false
        if !isProtected {
            try returnInRealMode(is32Bit: is32Bit)
        } else if isVirtual8086 {
            try returnInVirtual8086(is32Bit: is32Bit)
        } else if s.pointee.flags & EFLAGS.nestedTask != 0 {
            isTaskReturn = true
            try returnToTask()
        } else {
            try returnInProtectedMode(is32Bit: is32Bit)
        }
        if keeps { unblockNMI() }
        finishReturn(oldCS: oldCS, isTaskReturn: isTaskReturn)
    }

    /// NMI is recognised again; a latched one is due at the next boundary (SDM Vol. 3A 6.7.1 "Handling Multiple NMIs").
    @inline(__always) private func unblockNMI() {
        guard s.pointee.isNMIBlocked else { return }
        s.pointee.isNMIBlocked = false
        if s.pointee.isNMIPending { raise(.nmi) }
    }

    @inline(__always) private func finishReturn(oldCS: UInt16, isTaskReturn: Bool) {
        if s.pointee.depth != 0 { s.pointee.depth &-= 1 }
        appendEvent(
            EventRecord(
                kind: .interruptReturn, instruction: instructionCount,
                detail: UInt32(s.pointee.cpl) << 8 | (isTaskReturn ? 0x1_0000 : 0), eip: s.pointee.eip, cs: oldCS,
                newCS: segment(.cs).pointee.selector, value: s.pointee.flags))
        if s.pointee.hooks.contains(.didReturn) { reportReturn(isTaskReturn: isTaskReturn) }
    }

    @inline(never) private func reportReturn(isTaskReturn: Bool) {
        host?.didReturn(
            ReturnEvent(
                fromEIP: s.pointee.instructionEIP, toEIP: s.pointee.eip, toCS: segment(.cs).pointee.selector,
                toCPL: s.pointee.cpl, eflags: eflags, taskReturn: isTaskReturn, depth: s.pointee.depth,
                instructionCount: instructionCount))
    }

    // MARK: Stack

    /// Reads item `index` above the top of the stack. Throws #SS(0) or #PF.
    @inline(__always) private func stackItem(_ index: UInt32, is32Bit: Bool) throws(Fault) -> UInt32 {
        let size: UInt32 = is32Bit ? 4 : 2
        let offset = (s.pointee.general[4] &+ index &* size) & s.pointee.stackMask
        if is32Bit { return try load(SegmentName.ss.rawValue, offset, UInt32.self) }
        return UInt32(try load(SegmentName.ss.rawValue, offset, UInt16.self))
    }

    @inline(__always) private func popFrame(is32Bit: Bool) throws(Fault) -> ReturnFrame {
        let eip = try stackItem(0, is32Bit: is32Bit)
        let selector = Selector(UInt16(truncatingIfNeeded: try stackItem(1, is32Bit: is32Bit)))
        return ReturnFrame(eip: eip, selector: selector, flags: try stackItem(2, is32Bit: is32Bit))
    }

    /// Releases three items of the current stack.
    @inline(__always) private func releaseFrame(is32Bit: Bool) {
        let mask = s.pointee.stackMask
        let pointer = s.pointee.general[4]
        s.pointee.general[4] = (pointer & ~mask) | ((pointer &+ (is32Bit ? 12 : 6)) & mask)
    }

    // MARK: Real-address mode

    private func returnInRealMode(is32Bit: Bool) throws(Fault) {
        let frame = try popFrame(is32Bit: is32Bit)
        // SDM Vol. 2A "IRET", REAL-ADDRESS-MODE: IP beyond the code segment's limit.
        guard frame.eip <= segment(.cs).pointee.limit else { throw Fault.protection(0) }
        releaseFrame(is32Bit: is32Bit)
        setRealModeCode(frame.selector.value)
        s.pointee.eip = frame.eip
        // VM stays; a 16-bit pop reaches the lower half only.
        setEFLAGS(frame.flags, mask: is32Bit ? EFLAGS.defined & ~EFLAGS.virtual8086 : 0xFFFF | EFLAGS.resume)
    }

    // MARK: Virtual-8086 mode

    /// SDM Vol. 2A "IRET", RETURN-FROM-VIRTUAL-8086-MODE: IOPL must be 3; VM and IOPL stay.
    private func returnInVirtual8086(is32Bit: Bool) throws(Fault) {
        try requireVirtual8086Privilege()
        let frame = try popFrame(is32Bit: is32Bit)
        guard frame.eip <= segment(.cs).pointee.limit else { throw Fault.protection(0) }
        // Nothing below can fault.
        releaseFrame(is32Bit: is32Bit)
        setSegment(.cs, .virtual8086(frame.selector.value))
        s.pointee.eip = frame.eip
        restoreFlags(frame.flags, level: 3, is32Bit: is32Bit)
    }

    /// SDM Vol. 2A "IRET", RETURN-TO-VIRTUAL-8086-MODE; Vol. 3A 20.2.5 "Entering Virtual-8086 Mode".
    @inline(never) private func returnToVirtual8086(_ frame: ReturnFrame) throws(Fault) {
        let pointer = try stackItem(3, is32Bit: true)
        var selectors = InlineArray<6, UInt16>(repeating: frame.selector.value)
        // Above ESP lie SS, ES, DS, FS, GS.
        let order: InlineArray<5, SegmentName> = [.ss, .es, .ds, .fs, .gs]
        for index in 0..<5 {
            let item = try stackItem(4 + UInt32(index), is32Bit: true)
            selectors[Int(order[index].rawValue)] = UInt16(truncatingIfNeeded: item)
        }
        // The limit of the new code segment is FFFFh.
        guard frame.eip <= 0xFFFF else { throw Fault.protection(0) }
        // Nothing below can fault.
        setEFLAGS(frame.flags, mask: EFLAGS.defined)
        enterVirtual8086(selectors)
        s.pointee.general[4] = pointer
        s.pointee.eip = frame.eip
    }

    // MARK: Task return

    /// NT = 1: back to the task in the link field (SDM Vol. 3A 7.4 "Task Linking"; Table 7-1 for the checks).
    @inline(never) private func returnToTask() throws(Fault) {
        let selector = Selector(try readSystem(segment(.tr).pointee.base, UInt16.self))
        let code = selector.errorCode
        // SDM Vol. 3A 6.15 "Interrupt 10": the link is local, outside the GDT, no TSS, or a task that is not busy.
        guard !selector.isNull, !selector.isLocal, let address = descriptorAddress(selector) else {
            throw Fault.invalidTSS(code)
        }
        let entry = try readDescriptor(at: address)
        let isBusyTask = entry.type == SystemType.busyTSS32 || entry.type == SystemType.busyTSS16
        guard !entry.isCodeOrData, isBusyTask else { throw Fault.invalidTSS(code) }
        // SDM Vol. 3A 6.15 "Interrupt 11".
        guard entry.isPresent else { throw Fault.notPresent(code) }
        try switchTask(to: selector, entry: entry, at: address, source: .interruptReturn, errorCode: nil)
    }

    // MARK: Same or outer level

    @inline(__always) private func returnInProtectedMode(is32Bit: Bool) throws(Fault) {
        let frame = try popFrame(is32Bit: is32Bit)
        if frame.flags & EFLAGS.virtual8086 != 0, is32Bit, s.pointee.cpl == 0 {
            return try returnToVirtual8086(frame)
        }
        let code = try returnSegment(frame.selector)
        let level = frame.selector.rpl
        guard level == s.pointee.cpl else { return try returnOutward(frame, code, is32Bit: is32Bit) }
        // SDM Vol. 2A "IRET", RETURN-TO-SAME-PRIVILEGE-LEVEL: EIP beyond the code segment's limit.
        guard frame.eip <= code.limit else { throw Fault.protection(0) }
        // Nothing below can fault.
        releaseFrame(is32Bit: is32Bit)
        reloadCode(frame.selector.value, code, isSameLevel: true)
        s.pointee.eip = frame.eip
        restoreFlags(frame.flags, level: level, is32Bit: is32Bit)
    }

    /// The code segment returned to, accessed. SDM Vol. 2A "IRET", PROTECTED-MODE.
    @inline(__always) private func returnSegment(_ selector: Selector) throws(Fault) -> Descriptor {
        // SDM Vol. 3A 6.15 "Interrupt 13": null, outside its table, not code, or of the wrong privilege.
        guard !selector.isNull else { throw Fault.protection(0) }
        guard let address = descriptorAddress(selector) else { throw Fault.protection(selector.errorCode) }
        var entry = try readDescriptor(at: address)
        let isLevelRight = entry.isConforming ? entry.dpl <= selector.rpl : entry.dpl == selector.rpl
        guard entry.isCode, selector.rpl >= s.pointee.cpl, isLevelRight else {
            throw Fault.protection(selector.errorCode)
        }
        guard entry.isPresent else { throw Fault.notPresent(selector.errorCode) }
        if entry.high & 0x100 == 0 {
            try setAccessed(entry, at: address)
            entry.high |= 0x100
        }
        return entry
    }

    /// SDM Vol. 2A "IRET", RETURN-TO-OUTER-PRIVILEGE-LEVEL.
    private func returnOutward(_ frame: ReturnFrame, _ code: Descriptor, is32Bit: Bool) throws(Fault) {
        let pointer = try stackItem(3, is32Bit: is32Bit)
        let selector = Selector(UInt16(truncatingIfNeeded: try stackItem(4, is32Bit: is32Bit)))
        let oldLevel = s.pointee.cpl
        let level = frame.selector.rpl
        let stack = try returnStack(selector: selector, pointer: pointer, level: level)
        guard frame.eip <= code.limit else { throw Fault.protection(0) }
        // Nothing below can fault.
        s.pointee.cpl = level
        s.pointee.tagOffset = level == 3 ? 4 : 0
        adopt(stack)
        setSegment(.cs, SegmentRegister(selector: frame.selector.value, descriptor: code))
        s.pointee.eip = frame.eip
        restoreFlags(frame.flags, level: oldLevel, is32Bit: is32Bit)
        clearInaccessibleSegments()
    }

    /// Which flags a return at CPL `level` may change: IF needs CPL <= IOPL, IOPL needs CPL 0
    /// (SDM Vol. 2A "IRET"; Vol. 1 3.4.3 "EFLAGS Register").
    @inline(__always) private func restoreFlags(_ flags: UInt32, level: UInt8, is32Bit: Bool) {
        // A 16-bit image has no RF: it ends.
        var mask = EFLAGS.arithmetic | EFLAGS.trap | EFLAGS.direction | EFLAGS.nestedTask | EFLAGS.resume
        if is32Bit { mask |= EFLAGS.alignmentCheck | EFLAGS.identification }
        if level <= ioPrivilegeLevel { mask |= EFLAGS.interrupt }
        if level == 0 { mask |= EFLAGS.ioPrivilege }
        setEFLAGS(flags, mask: mask)
    }
}
