// MOV to and from CR0 to CR4, LMSW, CLTS (SDM Vol. 3A 2.5 "Control Registers").

extension CR0 {
    /// The bits that exist; the rest reads as 0.
    static let writable: UInt32 =
        protectionEnable | monitorCoprocessor | emulation | taskSwitched | numericError | writeProtect | alignmentMask
        | notWriteThrough | cacheDisable | paging
}

extension CR4 {
    /// The bits that exist; setting another one is #GP(0).
    static let writable: UInt32 =
        timeStampDisable | debuggingExtensions | pageSizeExtensions | pageGlobalEnable
        | physicalAddressExtension | machineCheckEnable | performanceCounterEnable

    /// The writable bits that a processor with these features does not have.
    static func missing(_ features: ProcessorFeatures) -> UInt32 {
        (features.contains(.timeStampCounter) ? 0 : timeStampDisable)
            | (features.contains(.debuggingExtensions) ? 0 : debuggingExtensions)
            | (features.contains(.pageSizeExtensions) ? 0 : pageSizeExtensions)
            | (features.contains(.physicalAddressExtension) ? 0 : physicalAddressExtension)
            | (features.contains(.machineCheck) ? 0 : machineCheckEnable)
            | (features.contains(.pageGlobalEnable) ? 0 : pageGlobalEnable)
    }
}

extension Core {
    /// Throws #GP(0) unless CPL is 0 (SDM Vol. 3A 5.9 "Privileged Instructions"); in real mode it is.
    func requireSupervisor() throws(Fault) {
        guard s.pointee.cpl == 0 else { throw .protection(0) }
    }

    /// MOV from CRn. Throws #UD for a register that does not exist, #GP(0) unless CPL is 0.
    func readControl(_ number: UInt8) throws(Fault) -> UInt32 {
        try requireControl(number)
        switch number {
        case 0: return s.pointee.cr0
        case 2: return s.pointee.cr2
        case 3: return s.pointee.cr3
        default: return s.pointee.cr4
        }
    }

    /// MOV to CRn (SDM Vol. 2B "MOV - Move to/from Control Registers"). Throws as `readControl`, and #GP(0) for values.
    func writeControl(_ number: UInt8, _ value: UInt32) throws(Fault) {
        try requireControl(number)
        switch number {
        case 0: try writeCR0(value)
        case 2: s.pointee.cr2 = value
        case 3:
            if usesExtendedPaging(s.pointee.cr0, s.pointee.cr4) { s.pointee.pagePointers = try readPagePointers(value) }
            s.pointee.cr3 = value
            // SDM Vol. 3A 4.10.4.1 "Operations that Invalidate TLBs and Paging-Structure Caches".
            flushTLB()
        default: try writeCR4(value)
        }
    }

    private func requireControl(_ number: UInt8) throws(Fault) {
        // SDM Vol. 2B "MOV - Move to/from Control Registers": CR1 and CR5 to CR7 are #UD.
        guard number == 0 || (number >= 2 && number <= 4) else { throw .invalidOpcode }
        try requireSupervisor()
    }

    private func writeCR0(_ value: UInt32) throws(Fault) {
        // SDM Vol. 3A 2.5: PG without PE, and NW without CD, are #GP(0).
        if value & CR0.paging != 0, value & CR0.protectionEnable == 0 { throw .protection(0) }
        if value & CR0.notWriteThrough != 0, value & CR0.cacheDisable == 0 { throw .protection(0) }
        let new = (value & CR0.writable) | CR0.extensionType
        // SDM Vol. 3A 4.4.1 "PDPTE Registers": what makes MOV to CR0 load them.
        let triggers = CR0.paging | CR0.cacheDisable | CR0.notWriteThrough
        if usesExtendedPaging(new, s.pointee.cr4), (s.pointee.cr0 ^ new) & triggers != 0 {
            s.pointee.pagePointers = try readPagePointers(s.pointee.cr3)
        }
        changeCR0(new)
    }

    /// Replaces CR0 by a valid value and renews what depends on it. Hidden parts of segment registers stay
    /// (SDM Vol. 3A 9.9.1 "Switching to Protected Mode", 9.9.2 "Switching Back to Real-Address Mode").
    private func changeCR0(_ value: UInt32) {
        let changed = s.pointee.cr0 ^ value
        s.pointee.cr0 = value
        if changed & (CR0.paging | CR0.protectionEnable) != 0 { flushTLB(includingGlobal: true) }
        if changed & (CR0.writeProtect | CR0.alignmentMask) != 0 { dropTags() }
        if changed & CR0.protectionEnable != 0 {
            // Real-address mode runs at CPL 0; protected mode is entered at CPL 0.
            setCPL(0)
        }
        refreshCodeKeys()
    }

    private func writeCR4(_ value: UInt32) throws(Fault) {
        // SDM Vol. 2B "MOV - Move to/from Control Registers": a reserved bit of CR4 set is #GP(0).
        guard value & (~CR4.writable | CR4.missing(s.pointee.features)) == 0 else { throw .protection(0) }
        let changed = s.pointee.cr4 ^ value
        let paging = CR4.pageSizeExtensions | CR4.pageGlobalEnable | CR4.physicalAddressExtension
        // SDM Vol. 3A 4.4.1 "PDPTE Registers".
        if usesExtendedPaging(s.pointee.cr0, value), changed & paging != 0 {
            s.pointee.pagePointers = try readPagePointers(s.pointee.cr3)
        }
        s.pointee.cr4 = value
        if changed & CR4.debuggingExtensions != 0 { refreshBreakpoints() }
        // SDM Vol. 3A 4.10.4.1: a change of PSE, PGE or PAE invalidates everything, global entries included.
        if changed & paging != 0 { flushTLB(includingGlobal: true) }
    }

    /// LMSW: loads PE, MP, EM, TS; PE cannot be cleared (SDM Vol. 2A "LMSW"). Throws #GP(0) unless CPL is 0.
    func loadMachineStatus(_ value: UInt16) throws(Fault) {
        try requireSupervisor()
        let loaded = UInt32(value & 0xF) | (s.pointee.cr0 & CR0.protectionEnable)
        changeCR0((s.pointee.cr0 & ~0xF) | loaded)
    }

    /// CLTS (SDM Vol. 2A "CLTS"). Throws #GP(0) unless CPL is 0.
    func clearTaskSwitched() throws(Fault) {
        try requireSupervisor()
        s.pointee.cr0 &= ~CR0.taskSwitched
        refreshCodeKeys()
    }
}
