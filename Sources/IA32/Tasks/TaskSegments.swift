// The descriptors of a new task, loaded past the point of no return (SDM Vol. 3A 7.3, Table 7-1 checks 8 to 16).
// A register that fails keeps its selector without a usable hidden part.

extension Core {
    /// LDTR, CS, SS, DS, ES, FS, GS in this order. Throws #TS, #NP, #SS (selector + EXT) or #PF in the new task.
    func loadTaskSegments(_ image: TaskImage) throws(Fault) {
        if image.eflags & EFLAGS.virtual8086 != 0 {
            // SDM Vol. 3A 20.2.5 "Entering Virtual-8086 Mode": selectors are paragraph numbers, nothing to check.
            enterVirtual8086(image.selectors)
            return try loadTaskLDT(Selector(image.ldt))
        }
        setCPL(UInt8(truncatingIfNeeded: image.selectors[Int(SegmentName.cs.rawValue)] & 3))
        try loadTaskLDT(Selector(image.ldt))
        try loadTaskCode(Selector(image.selectors[Int(SegmentName.cs.rawValue)]))
        try loadTaskStack(Selector(image.selectors[Int(SegmentName.ss.rawValue)]))
        try loadTaskData(.ds, Selector(image.selectors[Int(SegmentName.ds.rawValue)]))
        try loadTaskData(.es, Selector(image.selectors[Int(SegmentName.es.rawValue)]))
        try loadTaskData(.fs, Selector(image.selectors[Int(SegmentName.fs.rawValue)]))
        try loadTaskData(.gs, Selector(image.selectors[Int(SegmentName.gs.rawValue)]))
    }

    /// SDM Vol. 3A 6.15 "Interrupt 10", Table 6-6: the LDT is local, outside the GDT, no LDT, or not present.
    private func loadTaskLDT(_ selector: Selector) throws(Fault) {
        guard !selector.isNull else { return }
        let code = selector.errorCode | s.pointee.externalEvent
        guard !selector.isLocal, let address = descriptorAddress(selector) else { throw Fault.invalidTSS(code) }
        let entry = try readDescriptor(at: address)
        guard !entry.isCodeOrData, entry.type == SystemType.ldt, entry.isPresent else {
            throw Fault.invalidTSS(code)
        }
        setSegment(.ldtr, SegmentRegister(selector: selector.value, descriptor: entry))
    }

    /// The descriptor of CS or SS, which may not be null. Throws #TS.
    private func taskEntry(_ selector: Selector) throws(Fault) -> (entry: Descriptor, address: UInt32) {
        let code = selector.errorCode | s.pointee.externalEvent
        guard !selector.isNull, let address = descriptorAddress(selector) else { throw Fault.invalidTSS(code) }
        return (try readDescriptor(at: address), address)
    }

    /// SDM Vol. 3A 6.15 "Interrupt 10", Table 6-6 (code segment); not present: "Interrupt 11".
    private func loadTaskCode(_ selector: Selector) throws(Fault) {
        let code = selector.errorCode | s.pointee.externalEvent
        let (entry, address) = try taskEntry(selector)
        let isLevelRight = entry.isConforming ? entry.dpl <= selector.rpl : entry.dpl == selector.rpl
        guard entry.isCode, isLevelRight else { throw Fault.invalidTSS(code) }
        guard entry.isPresent else { throw Fault.notPresent(code) }
        try adoptTaskSegment(.cs, selector, entry, address)
    }

    /// SDM Vol. 3A 6.15 "Interrupt 10", Table 6-6 (stack segment); not present: "Interrupt 12".
    private func loadTaskStack(_ selector: Selector) throws(Fault) {
        let code = selector.errorCode | s.pointee.externalEvent
        let (entry, address) = try taskEntry(selector)
        let cpl = s.pointee.cpl
        guard selector.rpl == cpl, entry.isWritableData, entry.dpl == cpl else { throw Fault.invalidTSS(code) }
        guard entry.isPresent else { throw Fault.stack(code) }
        try adoptTaskSegment(.ss, selector, entry, address)
    }

    /// SDM Vol. 3A 6.15 "Interrupt 10", Table 6-6 (data segment); not present: "Interrupt 11". Null is allowed.
    private func loadTaskData(_ name: SegmentName, _ selector: Selector) throws(Fault) {
        guard !selector.isNull else { return }
        // What SS passed is stricter: the same selector needs no second look.
        let stack = segment(.ss)
        if selector.value == stack.pointee.selector {
            segment(name).pointee = stack.pointee
            return
        }
        let code = selector.errorCode | s.pointee.externalEvent
        guard let address = descriptorAddress(selector) else { throw Fault.invalidTSS(code) }
        let entry = try readDescriptor(at: address)
        guard entry.isCodeOrData, entry.isReadable else { throw Fault.invalidTSS(code) }
        // SDM Vol. 3A 5.6 "Privilege Level Checking When Accessing Data Segments".
        guard entry.isConforming || entry.dpl >= max(s.pointee.cpl, selector.rpl) else {
            throw Fault.invalidTSS(code)
        }
        guard entry.isPresent else { throw Fault.notPresent(code) }
        try adoptTaskSegment(name, selector, entry, address)
    }

    private func adoptTaskSegment(
        _ name: SegmentName, _ selector: Selector, _ entry: Descriptor, _ address: UInt32
    ) throws(Fault) {
        var entry = entry
        if entry.high & 0x100 == 0 {
            try setAccessed(entry, at: address)
            entry.high |= 0x100
        }
        setSegment(name, SegmentRegister(selector: selector.value, descriptor: entry))
    }
}
