// Virtual-8086 mode (SDM Vol. 3A 20.2 "Virtual-8086 Mode"): segments as in real-address mode, CPL 3, and a monitor in
// protected mode behind every interrupt. Without CR4.VME: INT n and the interrupt flag are the monitor's at IOPL < 3.

extension SegmentRegister {
    /// Base selector * 16, limit FFFFh, writable data of DPL 3, CS included (SDM Vol. 3A 20.2.1, 23.3.1.2).
    static func virtual8086(_ selector: UInt16) -> SegmentRegister {
        SegmentRegister(selector: selector, base: UInt32(selector) << 4, limit: 0xFFFF, attributes: 0xF3)
    }
}

extension Core {
    /// Selectors are paragraph numbers: real-address and virtual-8086 mode (SDM Vol. 3A 20.1.1, 20.2).
    var usesRealSegments: Bool { !isProtected || isVirtual8086 }

    /// IOPL-sensitive instructions: #GP(0) below IOPL 3 (SDM Vol. 3A 20.2.7 "Sensitive Instructions").
    @inline(__always) func requireVirtual8086Privilege() throws(Fault) {
        if isVirtual8086, ioPrivilegeLevel != 3 { throw .protection(0) }
    }

    /// The segment registers, by their numbers, and CPL; EFLAGS.VM is set already. Cannot fault.
    func enterVirtual8086(_ selectors: InlineArray<6, UInt16>) {
        setSegment(.es, .virtual8086(selectors[0]))
        setSegment(.cs, .virtual8086(selectors[1]))
        setSegment(.ss, .virtual8086(selectors[2]))
        setSegment(.ds, .virtual8086(selectors[3]))
        setSegment(.fs, .virtual8086(selectors[4]))
        setSegment(.gs, .virtual8086(selectors[5]))
        setCPL(3)
    }

    /// The first four items of the frame (SDM Vol. 3A 20.3.1 "Class 1", Figure 20-4).
    func pushVirtual8086Segments(on stack: inout NewStack, is32: Bool) throws(Fault) {
        try push(UInt32(segment(.gs).pointee.selector), on: &stack, is32: is32)
        try push(UInt32(segment(.fs).pointee.selector), on: &stack, is32: is32)
        try push(UInt32(segment(.ds).pointee.selector), on: &stack, is32: is32)
        try push(UInt32(segment(.es).pointee.selector), on: &stack, is32: is32)
    }

    /// The handler finds null selectors: the old ones mean nothing in protected mode.
    func clearVirtual8086Segments() {
        setSegment(.gs, .null(0))
        setSegment(.fs, .null(0))
        setSegment(.ds, .null(0))
        setSegment(.es, .null(0))
    }
}
