extension Core {
    /// CALL of selector:offset (SDM Vol. 2A "CALL", far calls). Throws #GP, #NP, #TS, #SS, #PF.
    func farCall(selector: UInt16, offset: UInt32, is32: Bool) throws(Fault) {
        let eip = is32 ? offset : offset & 0xFFFF
        guard !usesRealSegments else { return try callReal(selector, eip, is32: is32) }
        let target = try transferDescriptor(Selector(selector))
        if target.entry.isCode {
            try requireDirectAccess(target)
            return try callSameLevel(target, eip, is32: is32)
        }
        // SDM Vol. 2A "CALL": any other code, data or system type is #GP(selector).
        guard !target.entry.isCodeOrData else { throw .protection(target.selector.errorCode) }
        switch target.entry.type {
        case SystemType.callGate16, SystemType.callGate32: try callThroughGate(target)
        case SystemType.taskGate: try transferThroughTaskGate(target, source: .call)
        case SystemType.availableTSS16, SystemType.availableTSS32, SystemType.busyTSS16, SystemType.busyTSS32:
            try transferToTask(target, source: .call)
        default: throw .protection(target.selector.errorCode)
        }
    }

    /// SDM Vol. 2A "CALL", REAL-MODE-OR-VIRTUAL-8086-MODE: room, then the limit, then the pushes.
    private func callReal(_ selector: UInt16, _ eip: UInt32, is32: Bool) throws(Fault) {
        let stack = try returnAddressStack(is32: is32)
        try requireInsideRealCode(eip)
        try pushReturnAddress(stack, is32: is32)
        enterRealCode(selector, eip)
    }

    /// SDM Vol. 2A "CALL", SAME-PRIVILEGE: the code segment has been checked but for the limit.
    func callSameLevel(_ code: CodeSegment, _ eip: UInt32, is32: Bool) throws(Fault) {
        let stack = try returnAddressStack(is32: is32)
        try requireInside(code, eip)
        try setAccessed(code.entry, at: code.address)
        // Point of no return.
        try pushReturnAddress(stack, is32: is32)
        enterCode(code, eip, level: s.pointee.cpl)
    }

    /// The current stack, which has room for CS and EIP, else #SS(0) or #PF.
    private func returnAddressStack(is32: Bool) throws(Fault) -> NewStack {
        let stack = currentStack()
        try requireRoom(stack, bytes: is32 ? 8 : 4, itemBytes: is32 ? 4 : 2)
        return stack
    }

    private func pushReturnAddress(_ room: NewStack, is32: Bool) throws(Fault) {
        var stack = room
        try push(UInt32(segment(.cs).pointee.selector), on: &stack, is32: is32)
        try push(s.pointee.eip, on: &stack, is32: is32)
        write32(GeneralRegister.esp.rawValue, stack.pointer)
    }
}
