/// A stack that is being filled before the processor adopts it (SDM Vol. 3A 5.8.5 "Stack Switching").
///
/// Nothing of the state changes until `adopt`: a fault leaves SS:ESP as they were.
struct NewStack {
    /// SS as it will be.
    var register: SegmentRegister
    /// ESP, decreasing as values are pushed.
    var pointer: UInt32
    /// What #SS reports: the new selector, or 0 for the current stack (SDM Vol. 2A "INT n").
    var errorSelector: UInt32
    /// Paging rights of the privilege level that the stack belongs to.
    var isUser: Bool

    var mask: UInt32 { register.is32Bit ? .max : 0xFFFF }
}

extension Core {
    /// The current SS:ESP as a stack to be filled.
    @inline(__always) func currentStack() -> NewStack {
        NewStack(
            register: segment(.ss).pointee, pointer: s.pointee.general[4], errorSelector: 0, isUser: isUserMode)
    }

    /// The stack of an inner privilege level, from the current TSS.
    ///
    /// Throws #TS or #SS with EXT from `externalEvent`, or #PF. SDM Vol. 3A 5.8.5 "Stack Switching".
    func newStack(level: UInt8) throws(Fault) -> NewStack {
        let pair = try stackPointer(level: level)
        let ext = s.pointee.externalEvent
        // SDM Vol. 3A 6.15 "Interrupt 10": the stack segment selector is null, or outside its table.
        guard !pair.selector.isNull else { throw Fault.invalidTSS(ext) }
        let code = pair.selector.errorCode | ext
        guard let address = descriptorAddress(pair.selector) else { throw Fault.invalidTSS(code) }
        var entry = try readDescriptor(at: address)
        guard pair.selector.rpl == level, entry.dpl == level, entry.isWritableData else {
            throw Fault.invalidTSS(code)
        }
        // SDM Vol. 3A 6.15 "Interrupt 12": a stack segment that is not present is #SS.
        guard entry.isPresent else { throw Fault.stack(code) }
        try setAccessed(entry, at: address)
        entry.high |= 0x100
        return NewStack(
            register: SegmentRegister(selector: pair.selector.value, descriptor: entry), pointer: pair.pointer,
            errorSelector: pair.selector.errorCode, isUser: level == 3)
    }

    /// SSn:ESPn of a 32-bit TSS or SSn:SPn of a 16-bit one (SDM Vol. 3A 7.2.1, 7.6).
    private func stackPointer(level: UInt8) throws(Fault) -> (selector: Selector, pointer: UInt32) {
        let task = segment(.tr)
        let is32Bit = task.pointee.type & 8 != 0
        let offset = is32Bit ? UInt32(level) * 8 + 4 : UInt32(level) * 4 + 2
        // SDM Vol. 3A 6.15 "Interrupt 10": the TSS limit does not reach the stack pointer.
        guard offset + (is32Bit ? 5 : 3) <= task.pointee.limit else {
            throw Fault.invalidTSS(UInt32(task.pointee.selector & 0xFFFC) | s.pointee.externalEvent)
        }
        let linear = task.pointee.base &+ offset
        if is32Bit {
            let pointer = try readSystem(linear, UInt32.self)
            return (Selector(try readSystem(linear &+ 4, UInt16.self)), pointer)
        }
        let pointer = UInt32(try readSystem(linear, UInt16.self))
        return (Selector(try readSystem(linear &+ 2, UInt16.self)), pointer)
    }

    /// The stack that a return to an outer level pops (RET, IRET; SDM Vol. 2A "IRET", RETURN-TO-OUTER-PRIVILEGE-LEVEL).
    ///
    /// Throws #GP(0) or #GP(selector) for a bad selector, #SS(selector) for a segment that is not present, or #PF.
    func returnStack(selector: Selector, pointer: UInt32, level: UInt8) throws(Fault) -> NewStack {
        guard !selector.isNull else { throw Fault.protection(0) }
        guard let address = descriptorAddress(selector) else { throw Fault.protection(selector.errorCode) }
        var entry = try readDescriptor(at: address)
        guard selector.rpl == level, entry.isWritableData, entry.dpl == level else {
            throw Fault.protection(selector.errorCode)
        }
        guard entry.isPresent else { throw Fault.stack(selector.errorCode) }
        try setAccessed(entry, at: address)
        entry.high |= 0x100
        let register = SegmentRegister(selector: selector.value, descriptor: entry)
        // A 16-bit stack segment takes SP only; the upper half of ESP stays.
        let full = register.is32Bit ? pointer : (s.pointee.general[4] & 0xFFFF_0000) | (pointer & 0xFFFF)
        return NewStack(register: register, pointer: full, errorSelector: selector.errorCode, isUser: level == 3)
    }

    /// Checks that `bytes` can be pushed in items of `itemBytes`: the limit, then every page, for writing.
    ///
    /// Throws #SS(selector + EXT) or #PF. After it the pushes cannot fault.
    @inline(__always) func requireRoom(_ stack: NewStack, bytes: UInt32, itemBytes: UInt32 = 4) throws(Fault) {
        let offset = (stack.pointer &- bytes) & stack.mask
        if UInt64(offset) &+ UInt64(bytes) <= stack.register.writeEnd {
            let linear = stack.register.base &+ offset
            let tag = TLBEntry.writeTag(tlbEntry(linear), stack.isUser ? 4 : 0)
            if (linear &+ (bytes &- 1)) & 0xFFFF_F000 == tag { return }
        }
        try requireRoomSlow(stack, bytes, itemBytes)
    }

    @inline(never) private func requireRoomSlow(
        _ stack: NewStack, _ bytes: UInt32, _ itemBytes: UInt32
    ) throws(Fault) {
        var left = bytes
        var pointer = stack.pointer
        // The top of a 16-bit stack may lie at its bottom: items wrap one by one (SDM Vol. 1 6.2 "Stacks").
        while left > 0 {
            let top = pointer & stack.mask
            let piece = stack.mask != .max && top != 0 && top < left ? min(itemBytes, left) : left
            let offset = (pointer &- piece) & stack.mask
            // SDM Vol. 3A 6.15 "Interrupt 12": no room on the stack of the handler.
            guard stack.register.isWritable, Core.isWithin(stack.register, offset, piece) else {
                throw Fault.stack(stack.errorSelector | s.pointee.externalEvent)
            }
            try probeLinear(stack.register.base &+ offset, count: piece, isWrite: true, user: stack.isUser)
            pointer = pointer &- piece
            left -= piece
        }
    }

    /// Pushes a doubleword on a stack that `requireRoom` accepted.
    @inline(__always) func push32(_ value: UInt32, on stack: inout NewStack) throws(Fault) {
        let offset = (stack.pointer &- 4) & stack.mask
        try writeSystem(stack.register.base &+ offset, value, user: stack.isUser)
        stack.pointer = stack.pointer & ~stack.mask | offset
    }

    /// Pushes a word on a stack that `requireRoom` accepted.
    @inline(__always) func push16(_ value: UInt16, on stack: inout NewStack) throws(Fault) {
        let offset = (stack.pointer &- 2) & stack.mask
        try writeSystem(stack.register.base &+ offset, value, user: stack.isUser)
        stack.pointer = stack.pointer & ~stack.mask | offset
    }

    /// Makes it the current stack: SS and ESP.
    func adopt(_ stack: NewStack) {
        setSegment(.ss, stack.register)
        s.pointee.general[4] = stack.pointer
    }
}
