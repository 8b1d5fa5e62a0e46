extension Core {
    /// JMP to selector:offset (SDM Vol. 2A "JMP", far jumps). Throws #GP, #NP, #TS, #SS, #PF.
    func farJump(selector: UInt16, offset: UInt32, is32: Bool) throws(Fault) {
        let eip = is32 ? offset : offset & 0xFFFF
        guard !usesRealSegments else {
            try requireInsideRealCode(eip)
            return enterRealCode(selector, eip)
        }
        let target = try transferDescriptor(Selector(selector))
        if target.entry.isCode { return try jumpDirect(target, eip) }
        // SDM Vol. 2A "JMP": any other code, data or system type is #GP(selector).
        guard !target.entry.isCodeOrData else { throw .protection(target.selector.errorCode) }
        switch target.entry.type {
        case SystemType.callGate16, SystemType.callGate32: try jumpThroughGate(target)
        case SystemType.taskGate: try transferThroughTaskGate(target, source: .jump)
        case SystemType.availableTSS16, SystemType.availableTSS32, SystemType.busyTSS16, SystemType.busyTSS32:
            try transferToTask(target, source: .jump)
        default: throw .protection(target.selector.errorCode)
        }
    }

    /// CONFORMING-CODE-SEGMENT and NONCONFORMING-CODE-SEGMENT of the manual.
    private func jumpDirect(_ code: CodeSegment, _ eip: UInt32) throws(Fault) {
        try requireDirectAccess(code)
        try requireInside(code, eip)
        try setAccessed(code.entry, at: code.address)
        enterCode(code, eip, level: s.pointee.cpl)
    }

    /// JMP and CALL to a task gate: the gate's DPL counts, not that of the TSS (SDM Vol. 3A 7.2.5, 7.3, Table 7-1).
    func transferThroughTaskGate(_ gate: CodeSegment, source: TaskSwitchSource) throws(Fault) {
        try requireGateAccess(gate)
        let selector = Selector(gate.entry.gateSelector)
        let (entry, address) = try taskDescriptor(selector)
        try switchTask(to: selector, entry: entry, at: address, source: source, errorCode: nil)
    }

    /// JMP and CALL to a TSS descriptor (SDM Vol. 3A 7.2.2 "TSS Descriptor", 7.3).
    func transferToTask(_ target: CodeSegment, source: TaskSwitchSource) throws(Fault) {
        // 7.3 item 1: CPL and RPL do not exceed the DPL of the TSS descriptor.
        guard s.pointee.cpl <= target.entry.dpl, target.selector.rpl <= target.entry.dpl else {
            throw .protection(target.selector.errorCode)
        }
        let (entry, address) = try taskDescriptor(target.selector)
        try switchTask(to: target.selector, entry: entry, at: address, source: source, errorCode: nil)
    }
}
