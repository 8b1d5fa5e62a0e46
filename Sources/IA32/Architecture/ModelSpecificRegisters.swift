/// Numbers of the model-specific registers of the P6 family (SDM Vol. 4 2.20 "MSRs in the P6 Family Processors").
enum MSR {
    static let timeStampCounter: UInt32 = 0x10
    static let platformIdentifier: UInt32 = 0x17
    static let apicBase: UInt32 = 0x1B
    static let powerOn: UInt32 = 0x2A
    static let updateTrigger: UInt32 = 0x79
    static let updateSignature: UInt32 = 0x8B
    static let counter0: UInt32 = 0xC1
    static let counter1: UInt32 = 0xC2
    static let memoryTypeCapability: UInt32 = 0xFE
    static let systemEnterCS: UInt32 = 0x174
    static let systemEnterESP: UInt32 = 0x175
    static let systemEnterEIP: UInt32 = 0x176
    static let machineCheckCapability: UInt32 = 0x179
    static let machineCheckStatus: UInt32 = 0x17A
    static let eventSelect0: UInt32 = 0x186
    static let eventSelect1: UInt32 = 0x187
    static let debugControl: UInt32 = 0x1D9
    static let lastBranches: ClosedRange<UInt32> = 0x1DB...0x1DE
    /// Base and mask of each variable range in turn.
    static let variableRanges: Range<UInt32> = 0x200..<0x210
    /// The fixed ranges: one of 64 KiB pieces, two of 16 KiB, eight of 4 KiB.
    static let fixedRanges: InlineArray<11, UInt32> = [
        0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F,
    ]
    static let defaultMemoryType: UInt32 = 0x2FF
    static let extendedFeatures: UInt32 = 0xC000_0080
}

/// Bits of IA32_EFER (SDM Vol. 3A 2.2.1 "Extended Feature Enable Register").
enum ExtendedFeature {
    static let noExecuteEnable: UInt64 = 1 << 11
}

/// Bits of IA32_APIC_BASE (SDM Vol. 3A 10.4.4 "Local APIC Status and Location").
enum APICBase {
    static let isBootProcessor: UInt64 = 1 << 8
    static let isEnabled: UInt64 = 1 << 11
    static let address: UInt64 = 0xF_FFFF_F000
    static let initial: UInt64 = 0xFEE0_0000
}

/// What the model-specific registers hold; trivially copyable.
struct ModelSpecificRegisters {
    /// IA32_TIME_STAMP_COUNTER minus the instruction count.
    var timeStampOffset: UInt64 = 0
    var apicBase: UInt64 = APICBase.initial | APICBase.isEnabled
    var extendedFeatures: UInt64 = 0
    var systemEnterCS: UInt32 = 0
    var systemEnterESP: UInt32 = 0
    var systemEnterEIP: UInt32 = 0
    var powerOn: UInt64 = 0
    var updateSignature: UInt64 = 0
    var machineCheckStatus: UInt64 = 0
    var debugControl: UInt64 = 0
    /// Performance counters, 40 bits each; they keep what is written and count nothing.
    var counters: InlineArray<2, UInt64> = .init(repeating: 0)
    var eventSelects: InlineArray<2, UInt64> = .init(repeating: 0)
    var defaultMemoryType: UInt64 = 0
    var fixedRanges: InlineArray<11, UInt64> = .init(repeating: 0)
    var variableRanges: InlineArray<16, UInt64> = .init(repeating: 0)
}
