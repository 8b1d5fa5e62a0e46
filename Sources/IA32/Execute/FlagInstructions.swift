// PUSHF, POPF, CLI, STI. IOPL rules: SDM Vol. 1 19.5.1 "I/O Privilege Level".

extension Core {
    /// IOPL-sensitive instructions are allowed: real mode, or CPL <= IOPL.
    var mayChangeInterruptFlag: Bool { !isProtected || s.pointee.cpl <= ioPrivilegeLevel }

    /// PUSHF, PUSHFD: VM and RF are clear in the image (SDM Vol. 2B "PUSHF/PUSHFD"). Throws #GP(0), #SS(0), #PF.
    func pushFlags(is32: Bool) throws(Fault) {
        try requireVirtual8086Privilege()
        let image = eflags & ~(EFLAGS.virtual8086 | EFLAGS.resume)
        if is32 { try push32(image) } else { try push16(UInt16(truncatingIfNeeded: image)) }
    }

    /// POPF, POPFD (SDM Vol. 2B "POPF/POPFD", Table "Effect of POPF/POPFD on the EFLAGS Register").
    func popFlags(is32: Bool) throws(Fault) {
        try requireVirtual8086Privilege()
        let image = is32 ? try pop32() : UInt32(try pop16())
        var mask = EFLAGS.defined & ~EFLAGS.virtual8086
        if !is32 { mask &= 0xFFFF | EFLAGS.resume }
        // IOPL changes at CPL 0 only, IF only with CPL <= IOPL; otherwise they stay, without a fault.
        if isProtected, s.pointee.cpl != 0 { mask &= ~EFLAGS.ioPrivilege }
        if !mayChangeInterruptFlag { mask &= ~EFLAGS.interrupt }
        setEFLAGS(image & ~EFLAGS.resume, mask: mask)
    }

    /// CLI: #GP(0) if CPL > IOPL (SDM Vol. 2A "CLI").
    func clearInterruptFlag() throws(Fault) {
        guard mayChangeInterruptFlag else { throw .protection(0) }
        setEFLAGS(0, mask: EFLAGS.interrupt)
    }

    /// STI: #GP(0) if CPL > IOPL; interrupts wait for one more instruction if IF was clear
    /// (SDM Vol. 2B "STI", Vol. 3A 6.8.1 "Masking Maskable Hardware Interrupts").
    func setInterruptFlag() throws(Fault) {
        guard mayChangeInterruptFlag else { throw .protection(0) }
        guard s.pointee.flags & EFLAGS.interrupt == 0 else { return }
        setEFLAGS(EFLAGS.interrupt, mask: EFLAGS.interrupt)
        raise(.interruptShadow)
    }
}
