// RDMSR, WRMSR, RDPMC (SDM Vol. 2B, each instruction's page; Vol. 4 2.20 "MSRs in the P6 Family Processors").

extension Core {
    /// One operation for WRMSR, RDMSR, RDPMC, SYSENTER and SYSEXIT, by the second opcode byte in `a`.
    @inline(never) func systemExtension(_ op: MicroOperationPointer) throws(Fault) {
        switch op.pointee.a {
        case 0x30: try writeModelSpecific()
        case 0x32: try readModelSpecific()
        case 0x33: try readPerformanceCounter()
        case 0x34: try systemEnter()
        default: try systemExit()
        }
    }

    /// RDMSR. Throws #GP(0) unless CPL is 0 and the register exists and can be read.
    @inline(never) func readModelSpecific() throws(Fault) {
        try requireSupervisor()
        s.pointee.isWatchTripped = true
        guard let value = modelSpecificValue(read32(GeneralRegister.ecx.rawValue)) else { throw .protection(0) }
        answerPair(value)
    }

    /// WRMSR. Throws #GP(0) unless CPL is 0, the register exists and no reserved bit of it is set.
    @inline(never) func writeModelSpecific() throws(Fault) {
        try requireSupervisor()
        s.pointee.isWatchTripped = true
        let low = read32(GeneralRegister.eax.rawValue)
        let value = UInt64(read32(GeneralRegister.edx.rawValue)) << 32 | UInt64(low)
        guard setModelSpecific(read32(GeneralRegister.ecx.rawValue), value) else { throw .protection(0) }
    }

    /// RDPMC: two counters. Throws #GP(0) for others, and at CPL > 0 unless CR4.PCE is set.
    @inline(never) func readPerformanceCounter() throws(Fault) {
        if s.pointee.cr4 & CR4.performanceCounterEnable == 0 { try requireSupervisor() }
        let number = read32(GeneralRegister.ecx.rawValue)
        guard number < 2 else { throw .protection(0) }
        answerPair(s.pointee.modelSpecific.counters[Int(number)])
    }

    private func answerPair(_ value: UInt64) {
        write32(GeneralRegister.eax.rawValue, UInt32(truncatingIfNeeded: value))
        write32(GeneralRegister.edx.rawValue, UInt32(truncatingIfNeeded: value >> 32))
    }

    /// The time-stamp counter when `count` instructions have been executed.
    func timeStamp(_ count: UInt64) -> UInt64 { count &+ s.pointee.modelSpecific.timeStampOffset }

    /// A model-specific register; nil if it does not exist or cannot be read.
    func modelSpecificValue(_ number: UInt32) -> UInt64? {
        let registers = s.pointee.modelSpecific
        switch number {
        case MSR.timeStampCounter: return timeStamp(instructionCount &- 1)
        case MSR.platformIdentifier: return 0
        case MSR.apicBase: return registers.apicBase
        case MSR.powerOn: return registers.powerOn
        case MSR.updateSignature: return registers.updateSignature
        case MSR.counter0, MSR.counter1: return registers.counters[Int(number - MSR.counter0)]
        case MSR.eventSelect0, MSR.eventSelect1: return registers.eventSelects[Int(number - MSR.eventSelect0)]
        case MSR.systemEnterCS: return UInt64(registers.systemEnterCS)
        case MSR.systemEnterESP: return UInt64(registers.systemEnterESP)
        case MSR.systemEnterEIP: return UInt64(registers.systemEnterEIP)
        // SDM Vol. 3B 15.3.1.1 "IA32_MCG_CAP MSR": no banks, no MCG_CTL.
        case MSR.machineCheckCapability: return 0
        case MSR.machineCheckStatus: return registers.machineCheckStatus
        case MSR.debugControl: return registers.debugControl
        case MSR.lastBranches: return 0
        case MSR.extendedFeatures:
            return s.pointee.features.contains(.noExecute) ? registers.extendedFeatures : nil
        default: return memoryTypeRegister(number)
        }
    }

    /// Sets a model-specific register; false, with nothing changed, if it does not take the value.
    func setModelSpecific(_ number: UInt32, _ value: UInt64) -> Bool {
        switch number {
        case MSR.timeStampCounter:
            // SDM Vol. 3B 17.17.3 "Time-Stamp Counter Adjustment": on the P6 family the high half becomes 0.
            s.pointee.modelSpecific.timeStampOffset = (value & 0xFFFF_FFFF) &- (instructionCount &- 1)
        case MSR.apicBase: return setAPICBase(value)
        case MSR.powerOn: s.pointee.modelSpecific.powerOn = value
        case MSR.updateTrigger: break
        case MSR.updateSignature: s.pointee.modelSpecific.updateSignature = value
        case MSR.counter0, MSR.counter1:
            // SDM Vol. 3B 18.6.8 "Performance Monitoring (P6 Family Processor)": bit 31 is extended to 40 bits.
            let extended = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
            s.pointee.modelSpecific.counters[Int(number - MSR.counter0)] = extended & 0xFF_FFFF_FFFF
        case MSR.eventSelect0, MSR.eventSelect1:
            s.pointee.modelSpecific.eventSelects[Int(number - MSR.eventSelect0)] = value & 0xFFFF_FFFF
        case MSR.systemEnterCS: s.pointee.modelSpecific.systemEnterCS = UInt32(truncatingIfNeeded: value)
        case MSR.systemEnterESP: s.pointee.modelSpecific.systemEnterESP = UInt32(truncatingIfNeeded: value)
        case MSR.systemEnterEIP: s.pointee.modelSpecific.systemEnterEIP = UInt32(truncatingIfNeeded: value)
        case MSR.machineCheckStatus: s.pointee.modelSpecific.machineCheckStatus = value & 7
        case MSR.debugControl: s.pointee.modelSpecific.debugControl = value & 0x7F
        case MSR.extendedFeatures: return setExtendedFeatures(value)
        default: return setMemoryTypeRegister(number, value)
        }
        return true
    }

    private func setAPICBase(_ value: UInt64) -> Bool {
        let defined = APICBase.address | APICBase.isEnabled | APICBase.isBootProcessor
        guard value & ~defined == 0 else { return false }
        s.pointee.modelSpecific.apicBase = value
        host?.didSetAPICBase(value)
        return true
    }

    /// SDM Vol. 3A 4.1.3: only NXE exists; a change of it changes what the page tables mean.
    private func setExtendedFeatures(_ value: UInt64) -> Bool {
        guard s.pointee.features.contains(.noExecute), value & ~ExtendedFeature.noExecuteEnable == 0 else {
            return false
        }
        s.pointee.modelSpecific.extendedFeatures = value
        flushTLB(includingGlobal: true)
        return true
    }
}
