// CPUID (SDM Vol. 2A "CPUID").

extension Core {
    /// CPUID: leaves 0 to 2, and 8000_0000H and 8000_0001H if there is XD. Any other answers as the highest basic leaf.
    @inline(never) func identify() {
        let model = owner?.model ?? ProcessorModel()
        let features = s.pointee.features
        let hasExtendedLeaves = features.contains(.noExecute)
        switch read32(GeneralRegister.eax.rawValue) {
        case 0:
            let (ebx, edx, ecx) = model.vendorWords
            answer(eax: 2, ebx: ebx, ecx: ecx, edx: edx)
        case 1:
            answer(eax: model.signature, ebx: UInt32(s.pointee.cpu) << 24, ecx: 0, edx: basicFeatures)
        case 0x8000_0000 where hasExtendedLeaves: answer(eax: 0x8000_0001, ebx: 0, ecx: 0, edx: 0)
        case 0x8000_0001 where hasExtendedLeaves:
            answer(eax: 0, ebx: 0, ecx: 0, edx: UInt32(truncatingIfNeeded: features.rawValue >> 32))
        default:
            let (eax, ebx, ecx, edx) = model.cacheWords
            answer(eax: eax, ebx: ebx, ecx: ecx, edx: edx)
        }
    }

    /// The APIC bit follows IA32_APIC_BASE (SDM Vol. 3A 10.4.3 "Enabling or Disabling the Local APIC").
    private var basicFeatures: UInt32 {
        var features = s.pointee.features
        if s.pointee.modelSpecific.apicBase & APICBase.isEnabled == 0 { features.remove(.localAPIC) }
        return UInt32(truncatingIfNeeded: features.rawValue)
    }

    private func answer(eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
        write32(GeneralRegister.eax.rawValue, eax)
        write32(GeneralRegister.ebx.rawValue, ebx)
        write32(GeneralRegister.ecx.rawValue, ecx)
        write32(GeneralRegister.edx.rawValue, edx)
    }
}
