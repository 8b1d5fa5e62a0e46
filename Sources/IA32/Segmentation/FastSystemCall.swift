// SYSENTER and SYSEXIT (SDM Vol. 2B, each instruction's page; Vol. 3A 5.8.7 "Performing Fast Calls to System
// Procedures with the SYSENTER and SYSEXIT Instructions").

extension Core {
    /// SYSENTER: to ring 0, with flat segments that no descriptor was read for.
    ///
    /// Throws #GP(0) in real-address mode and while IA32_SYSENTER_CS holds a null selector.
    @inline(never) func systemEnter() throws(Fault) {
        let registers = s.pointee.modelSpecific
        guard isProtected, registers.systemEnterCS & 0xFFFC != 0 else { throw .protection(0) }
        setEFLAGS(0, mask: EFLAGS.virtual8086 | EFLAGS.interrupt)
        let selector = UInt16(truncatingIfNeeded: registers.systemEnterCS) & 0xFFFC
        setFlatSegments(code: selector, stack: selector &+ 8, level: 0)
        write32(GeneralRegister.esp.rawValue, registers.systemEnterESP)
        s.pointee.eip = registers.systemEnterEIP
    }

    /// SYSEXIT: to ring 3 at EDX with stack ECX. Throws as `systemEnter`, and #GP(0) unless CPL is 0.
    @inline(never) func systemExit() throws(Fault) {
        let base = UInt16(truncatingIfNeeded: s.pointee.modelSpecific.systemEnterCS) & 0xFFFC
        guard isProtected, base != 0 else { throw .protection(0) }
        try requireSupervisor()
        setFlatSegments(code: (base &+ 16) | 3, stack: (base &+ 24) | 3, level: 3)
        write32(GeneralRegister.esp.rawValue, read32(GeneralRegister.ecx.rawValue))
        s.pointee.eip = read32(GeneralRegister.edx.rawValue)
    }

    /// Base 0, limit 4 GiB, 32 bits, accessed; CS readable code, SS writable data.
    private func setFlatSegments(code: UInt16, stack: UInt16, level: UInt8) {
        let dpl = UInt16(level) << 5
        setSegment(.cs, SegmentRegister(selector: code, base: 0, limit: .max, attributes: 0xC9B | dpl))
        setSegment(.ss, SegmentRegister(selector: stack, base: 0, limit: .max, attributes: 0xC93 | dpl))
        setCPL(level)
    }
}
