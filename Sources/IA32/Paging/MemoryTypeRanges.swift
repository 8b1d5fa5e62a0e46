// MTRRs (SDM Vol. 3A 11.11 "Memory Type Range Registers"): storage with the checks of WRMSR. There are no caches, so
// that a memory type changes nothing else.

extension Core {
    /// A register of the group; nil if it does not exist.
    func memoryTypeRegister(_ number: UInt32) -> UInt64? {
        guard s.pointee.features.contains(.memoryTypeRanges) else { return nil }
        switch number {
        // SDM Vol. 3A 11.11.1 "MTRR Feature Identification": eight variable ranges, fixed ranges, write combining.
        case MSR.memoryTypeCapability: return 0x508
        case MSR.defaultMemoryType: return s.pointee.modelSpecific.defaultMemoryType
        case MSR.variableRanges:
            return s.pointee.modelSpecific.variableRanges[Int(number - MSR.variableRanges.lowerBound)]
        default: return fixedRange(number).map { s.pointee.modelSpecific.fixedRanges[$0] }
        }
    }

    /// Sets a register of the group; false if it does not take the value.
    func setMemoryTypeRegister(_ number: UInt32, _ value: UInt64) -> Bool {
        guard s.pointee.features.contains(.memoryTypeRanges) else { return false }
        switch number {
        case MSR.defaultMemoryType:
            // SDM Vol. 3A 11.11.2.1 "IA32_MTRR_DEF_TYPE MSR": type, FE, E.
            guard value & ~0xCFF == 0, Core.isMemoryType(value & 0xFF) else { return false }
            s.pointee.modelSpecific.defaultMemoryType = value
        case MSR.variableRanges:
            guard isVariableRange(value, isMask: number & 1 == 1) else { return false }
            s.pointee.modelSpecific.variableRanges[Int(number - MSR.variableRanges.lowerBound)] = value
        default:
            guard let index = fixedRange(number) else { return false }
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                guard Core.isMemoryType(value >> shift & 0xFF) else { return false }
            }
            s.pointee.modelSpecific.fixedRanges[index] = value
        }
        return true
    }

    /// SDM Vol. 3A 11.11.2.3 "Variable Range MTRRs": base with a type, mask with V, 36 bits of address.
    private func isVariableRange(_ value: UInt64, isMask: Bool) -> Bool {
        if isMask { return value & ~(0xF_FFFF_F000 | 0x800) == 0 }
        return value & ~(0xF_FFFF_F000 | 0xFF) == 0 && Core.isMemoryType(value & 0xFF)
    }

    private func fixedRange(_ number: UInt32) -> Int? {
        (0..<11).first { MSR.fixedRanges[$0] == number }
    }

    /// UC, WC, WT, WP, WB (SDM Vol. 3A Table 11-8 "Memory Types That Can Be Encoded in MTRRs").
    private static func isMemoryType(_ type: UInt64) -> Bool {
        type <= 1 || (4...6).contains(type)
    }
}
