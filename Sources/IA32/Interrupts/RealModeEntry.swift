// Interrupts in real-address mode: a table of four-byte far pointers, no error codes
// (SDM Vol. 3A 20.1.4 "Interrupt and Exception Handling").

extension Core {
    /// Enters a handler through the interrupt vector table. Throws #GP, #SS or #PF, the state unchanged.
    func enterRealModeHandler(_ event: InterruptEvent) throws(Fault) {
        let offset = UInt32(event.vector) * 4
        // SDM Vol. 2A "INT n", REAL-ADDRESS-MODE: the vector's entry lies beyond the table's limit.
        guard offset + 3 <= s.pointee.idtLimit else { throw Fault.protection(0) }
        let pointer = try readSystem(s.pointee.idtBase &+ offset, UInt32.self)
        var stack = currentStack()
        // SDM Vol. 2A "INT n", REAL-ADDRESS-MODE: no room for FLAGS, CS and IP.
        try requireRoom(stack, bytes: 6, itemBytes: 2)
        let target = pointer & 0xFFFF
        // SDM Vol. 2A "INT n", REAL-ADDRESS-MODE: IP beyond the code segment's limit.
        guard target <= segment(.cs).pointee.limit else { throw Fault.protection(0) }
        try push16(UInt16(truncatingIfNeeded: eflags), on: &stack)
        try push16(segment(.cs).pointee.selector, on: &stack)
        try push16(UInt16(truncatingIfNeeded: s.pointee.eip), on: &stack)
        s.pointee.general[4] = stack.pointer
        setRealModeCode(UInt16(truncatingIfNeeded: pointer >> 16))
        s.pointee.eip = target
        clearSystemFlags(EFLAGS.interrupt | EFLAGS.trap | EFLAGS.alignmentCheck | EFLAGS.resume)
    }

    /// CS in real-address mode: the base follows the selector, limit and rights stay (SDM Vol. 3A 20.1.1).
    func setRealModeCode(_ selector: UInt16) {
        var register = segment(.cs).pointee
        register.selector = selector
        register.base = UInt32(selector) << 4
        setSegment(.cs, register)
    }
}
