// RET to another code segment (SDM Vol. 2B "RET", far returns; Vol. 3A 5.8.6 "Returning from a Called Procedure").

extension Core {
    /// Far RET; `popBytes` of parameters are released on each stack involved. Throws #GP, #NP, #SS, #PF.
    func farReturn(popBytes: UInt16, is32: Bool) throws(Fault) {
        let width: Int32 = is32 ? 4 : 2
        let eip = try loadStack(stackOffset(0), is32: is32)
        let selector = Selector(UInt16(truncatingIfNeeded: try loadStack(stackOffset(-width), is32: is32)))
        let top = stackOffset(-(2 * width + Int32(popBytes)))
        guard !usesRealSegments else {
            try requireInsideRealCode(eip)
            setStackPointer(top)
            return enterRealCode(selector.value, eip)
        }
        let code = try returnSegment(selector)
        if selector.rpl > s.pointee.cpl {
            return try returnOuter(code, eip, popBytes: popBytes, is32: is32)
        }
        // RETURN-SAME-PRIVILEGE-LEVEL.
        try requireInside(code, eip)
        try setAccessed(code.entry, at: code.address)
        setStackPointer(top)
        enterCode(code, eip, level: s.pointee.cpl)
    }

    /// The checks on the code segment that is returned to. Throws #GP(0), #GP(selector), #NP(selector), #PF.
    private func returnSegment(_ selector: Selector) throws(Fault) -> CodeSegment {
        let code = try transferDescriptor(selector)
        // SDM Vol. 3A 5.8.6: a return goes to the same or an outer level, and the segment must be of that level.
        let isAllowed =
            code.entry.isCode && selector.rpl >= s.pointee.cpl
            && (code.entry.isConforming ? code.entry.dpl <= selector.rpl : code.entry.dpl == selector.rpl)
        guard isAllowed else { throw .protection(selector.errorCode) }
        guard code.entry.isPresent else { throw .notPresent(selector.errorCode) }
        return code
    }

    /// RETURN-OUTER-PRIVILEGE-LEVEL: pops SS:ESP too, from above the parameters.
    private func returnOuter(_ code: CodeSegment, _ eip: UInt32, popBytes: UInt16, is32: Bool) throws(Fault) {
        let width: Int32 = is32 ? 4 : 2
        let above = 2 * width + Int32(popBytes)
        let pointer = try loadStack(stackOffset(-above), is32: is32)
        let selector = UInt16(truncatingIfNeeded: try loadStack(stackOffset(-(above + width)), is32: is32))
        let level = code.selector.rpl
        var stack = try returnStack(selector: Selector(selector), pointer: pointer, level: level)
        try requireInside(code, eip)
        try setAccessed(code.entry, at: code.address)
        // Point of no return.
        stack.pointer = (stack.pointer & ~stack.mask) | ((stack.pointer &+ UInt32(popBytes)) & stack.mask)
        enterCode(code, eip, level: level)
        adopt(stack)
        clearInaccessibleSegments()
    }

    /// After a return to an outer level: DS, ES, FS and GS become null if CPL could not have loaded them
    /// (SDM Vol. 3A 5.8.6, step 5).
    func clearInaccessibleSegments() {
        clearInaccessible(.es)
        clearInaccessible(.ds)
        clearInaccessible(.fs)
        clearInaccessible(.gs)
    }

    private func clearInaccessible(_ name: SegmentName) {
        let register = segment(name).pointee
        guard register.isUsable != 0, !register.isConforming, register.dpl < s.pointee.cpl else { return }
        setSegment(name, .null(0))
    }
}
