// What JMP, CALL and RET to another code segment have in common
// (SDM Vol. 3A 5.8 "Privilege Level Checking When Transferring Program Control Between Code Segments").

/// A code segment descriptor with its selector and linear address.
struct CodeSegment {
    var selector: Selector
    var entry: Descriptor
    var address: UInt32
}

extension Core {
    /// The descriptor that a far pointer names. Throws #GP(0) for null, #GP(selector) outside the table, #PF.
    func transferDescriptor(_ selector: Selector) throws(Fault) -> CodeSegment {
        // SDM Vol. 3A 5.4.1 "Null Segment Selector Checking".
        if selector.isNull { throw .protection(0) }
        guard let (entry, address) = try descriptor(selector) else { throw .protection(selector.errorCode) }
        return CodeSegment(selector: selector, entry: entry, address: address)
    }

    /// SDM Vol. 3A 5.8.1 "Direct Calls or Jumps to Code Segments". Throws #GP(selector), #NP(selector).
    func requireDirectAccess(_ code: CodeSegment) throws(Fault) {
        let cpl = s.pointee.cpl
        // 5.8.1.2 conforming: any less or equally privileged caller; 5.8.1.1 nonconforming: the same level.
        let isAllowed =
            code.entry.isConforming
            ? code.entry.dpl <= cpl : code.selector.rpl <= cpl && code.entry.dpl == cpl
        guard isAllowed else { throw .protection(code.selector.errorCode) }
        guard code.entry.isPresent else { throw .notPresent(code.selector.errorCode) }
    }

    /// EIP lies in the code segment (SDM Vol. 3A 5.3 "Limit Checking"), else #GP(0).
    func requireInside(_ code: CodeSegment, _ eip: UInt32) throws(Fault) {
        guard eip <= code.entry.limit else { throw .protection(0) }
    }

    /// The commitment: CS with the new CPL as its RPL, CPL, EIP. The accessed bit has been set.
    func enterCode(_ code: CodeSegment, _ eip: UInt32, level: UInt8) {
        let entry = Descriptor(low: code.entry.low, high: code.entry.high | 0x100)
        setSegment(.cs, SegmentRegister(selector: code.selector.value & ~3 | UInt16(level), descriptor: entry))
        if level != s.pointee.cpl { setCPL(level) }
        s.pointee.eip = eip
    }

    /// Real-address mode: the new EIP lies in CS, whose limit stays, else #GP(0) (SDM Vol. 2A "JMP", "CALL", "RET").
    func requireInsideRealCode(_ eip: UInt32) throws(Fault) {
        guard eip <= segment(.cs).pointee.limit else { throw .protection(0) }
    }

    /// Real-address mode: CS is the selector times 16.
    func enterRealCode(_ selector: UInt16, _ eip: UInt32) {
        loadRealSegment(SegmentName.cs.rawValue, selector)
        s.pointee.eip = eip
    }
}
