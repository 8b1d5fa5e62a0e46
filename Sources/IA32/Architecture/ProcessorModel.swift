/// Features that CPUID names: leaf 1 EDX in bits 0-31, leaf 8000_0001H EDX in bits 32-63
/// (SDM Vol. 2A "CPUID", Table 3-11 "More on Feature Information Returned in the EDX Register").
public struct ProcessorFeatures: OptionSet, Sendable {
    public let rawValue: UInt64
    /// Makes a set of raw bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let floatingPoint = ProcessorFeatures(rawValue: 1 << 0)
    public static let debuggingExtensions = ProcessorFeatures(rawValue: 1 << 2)
    public static let pageSizeExtensions = ProcessorFeatures(rawValue: 1 << 3)
    public static let timeStampCounter = ProcessorFeatures(rawValue: 1 << 4)
    public static let modelSpecificRegisters = ProcessorFeatures(rawValue: 1 << 5)
    public static let physicalAddressExtension = ProcessorFeatures(rawValue: 1 << 6)
    public static let machineCheck = ProcessorFeatures(rawValue: 1 << 7)
    public static let compareExchange8Bytes = ProcessorFeatures(rawValue: 1 << 8)
    public static let localAPIC = ProcessorFeatures(rawValue: 1 << 9)
    public static let fastSystemCall = ProcessorFeatures(rawValue: 1 << 11)
    public static let memoryTypeRanges = ProcessorFeatures(rawValue: 1 << 12)
    public static let pageGlobalEnable = ProcessorFeatures(rawValue: 1 << 13)
    public static let machineCheckArchitecture = ProcessorFeatures(rawValue: 1 << 14)
    public static let conditionalMove = ProcessorFeatures(rawValue: 1 << 15)
    /// XD, which no P6 processor had; with it CPUID answers leaf 8000_0001H and IA32_EFER exists.
    public static let noExecute = ProcessorFeatures(rawValue: 1 << (32 + 20))

    /// Everything that this core has.
    public static let implemented: ProcessorFeatures = [
        .floatingPoint, .debuggingExtensions, .pageSizeExtensions, .timeStampCounter, .modelSpecificRegisters,
        .physicalAddressExtension, .machineCheck, .compareExchange8Bytes, .localAPIC, .fastSystemCall,
        .memoryTypeRanges, .pageGlobalEnable, .machineCheckArchitecture, .conditionalMove, .noExecute,
    ]
}

/// What CPUID says the processor is (SDM Vol. 2A "CPUID").
public struct ProcessorModel: Sendable, Equatable {
    /// Twelve ASCII characters: a longer text is cut, a shorter one filled with spaces.
    public var vendor = "GenuineIntel"
    /// Family, model and stepping, four bits each. The default is the first P6 whose SYSENTER operating systems
    /// trust (SDM Vol. 2B "SYSENTER": signature 633H and up).
    public var family: UInt8 = 6
    public var model: UInt8 = 3
    public var stepping: UInt8 = 3
    /// What is offered; what the core does not have is left out. CR4 and the MSRs follow it, instructions do not.
    public var features = ProcessorFeatures.implemented
    /// The descriptors of leaf 2, up to 15, in EAX, EBX, ECX, EDX; 0 is none. The default is the Pentium Pro's with
    /// 256 KiB of second-level cache (SDM Vol. 2A "CPUID", Table 3-12).
    public var cacheDescriptors: [UInt8] = [1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0x42, 0x0A, 0x04, 0x06]

    /// The default model.
    public init() {}

    /// EAX of leaf 1.
    var signature: UInt32 { UInt32(family & 15) << 8 | UInt32(model & 15) << 4 | UInt32(stepping & 15) }

    /// EBX, EDX, ECX of leaf 0.
    var vendorWords: (UInt32, UInt32, UInt32) {
        let text = Array(vendor.utf8.prefix(12))
        let bytes = text + [UInt8](repeating: 0x20, count: 12 - text.count)
        return (Self.word(bytes, 0), Self.word(bytes, 4), Self.word(bytes, 8))
    }

    /// EAX, EBX, ECX, EDX of leaf 2: one call of CPUID says it all.
    var cacheWords: (UInt32, UInt32, UInt32, UInt32) {
        let descriptors = Array(cacheDescriptors.prefix(15))
        let bytes = [1] + descriptors + [UInt8](repeating: 0, count: 15 - descriptors.count)
        return (Self.word(bytes, 0), Self.word(bytes, 4), Self.word(bytes, 8), Self.word(bytes, 12))
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
