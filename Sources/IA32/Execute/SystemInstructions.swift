// HLT, INVLPG, INVD, WBINVD, SMSW, CPUID, RDTSC, RDMSR, WRMSR (SDM Vol. 3A 2.8 "System Instruction Summary").

extension Core {
    /// HLT: waits for an interrupt (SDM Vol. 2A "HLT"). Throws #GP(0) unless CPL is 0.
    func halt() throws(Fault) {
        try requireSupervisor()
        s.pointee.isHalted = true
        raise(.halted)
    }

    /// INVLPG (SDM Vol. 2A "INVLPG"). Throws #GP(0) unless CPL is 0.
    func invalidate(_ linear: UInt32) throws(Fault) {
        try requireSupervisor()
        invalidatePage(linear)
    }

    /// INVD and WBINVD: there is no cache to write back (SDM Vol. 2A "INVD"). Throws #GP(0) unless CPL is 0.
    func invalidateCache() throws(Fault) { try requireSupervisor() }

    /// SMSW: the low word is the machine status word; allowed at any CPL (SDM Vol. 2B "SMSW").
    var machineStatus: UInt32 { s.pointee.cr0 }

    /// CPUID leaves 0 and 1 (SDM Vol. 2A "CPUID"); higher ones answer as leaf 1, the highest.
    func identify() {
        guard read32(GeneralRegister.eax.rawValue) != 0 else {
            // "TrapLabIA32 " in EBX, EDX, ECX.
            return answer(eax: 1, ebx: 0x7061_7254, ecx: 0x2032_3341, edx: 0x4962_614C)
        }
        // Family 5, model 1. No PAE, no model-specific registers.
        answer(eax: 0x510, ebx: 0, ecx: 0, edx: Feature.all)
    }

    /// Feature bits of CPUID leaf 1 in EDX (SDM Vol. 2A "CPUID", Table "More on Feature Information Returned in EDX").
    private enum Feature {
        static let floatingPoint: UInt32 = 1 << 0
        static let pageSizeExtensions: UInt32 = 1 << 3
        static let timeStampCounter: UInt32 = 1 << 4
        static let compareExchange8Bytes: UInt32 = 1 << 8
        static let pageGlobalEnable: UInt32 = 1 << 13
        static let conditionalMove: UInt32 = 1 << 15
        static let all: UInt32 =
            floatingPoint | pageSizeExtensions | timeStampCounter | compareExchange8Bytes | pageGlobalEnable
            | conditionalMove
    }

    private func answer(eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
        write32(GeneralRegister.eax.rawValue, eax)
        write32(GeneralRegister.ebx.rawValue, ebx)
        write32(GeneralRegister.ecx.rawValue, ecx)
        write32(GeneralRegister.edx.rawValue, edx)
    }

    /// RDTSC: the count is of instructions (SDM Vol. 2B "RDTSC"). Throws #GP(0) at CPL > 0 with CR4.TSD.
    func readTimeStamp() throws(Fault) {
        if s.pointee.cr4 & CR4.timeStampDisable != 0 { try requireSupervisor() }
        s.pointee.isWatchTripped = true
        let count = instructionCount
        write32(GeneralRegister.eax.rawValue, UInt32(truncatingIfNeeded: count))
        write32(GeneralRegister.edx.rawValue, UInt32(truncatingIfNeeded: count >> 32))
    }
}
