// HLT, INVLPG, INVD, WBINVD, SMSW, RDTSC (SDM Vol. 3A 2.8 "System Instruction Summary").

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

    /// RDTSC: counts instructions since reset (SDM Vol. 2B "RDTSC"). Throws #GP(0) at CPL > 0 with CR4.TSD.
    @inline(never) func readTimeStamp() throws(Fault) {
        if s.pointee.cr4 & CR4.timeStampDisable != 0 { try requireSupervisor() }
        s.pointee.isWatchTripped = true
        let count = timeStamp(instructionCount)
        write32(GeneralRegister.eax.rawValue, UInt32(truncatingIfNeeded: count))
        write32(GeneralRegister.edx.rawValue, UInt32(truncatingIfNeeded: count >> 32))
    }
}
