/// The eight general registers in encoding order (SDM Vol. 2A 2.1.5, Table 2-2).
public enum GeneralRegister: UInt8, CaseIterable, Sendable {
    case eax, ecx, edx, ebx, esp, ebp, esi, edi
}

/// The six segment registers in encoding order, then LDTR and TR, which have the same hidden part
/// (SDM Vol. 3A 3.4.3 "Segment Registers").
public enum SegmentName: UInt8, CaseIterable, Sendable {
    case es, cs, ss, ds, fs, gs, ldtr, tr
}

/// Bits of EFLAGS (SDM Vol. 1 3.4.3 "EFLAGS Register").
public enum EFLAGS {
    public static let carry: UInt32 = 1 << 0
    public static let reserved1: UInt32 = 1 << 1
    public static let parity: UInt32 = 1 << 2
    public static let auxiliary: UInt32 = 1 << 4
    public static let zero: UInt32 = 1 << 6
    public static let sign: UInt32 = 1 << 7
    public static let trap: UInt32 = 1 << 8
    public static let interrupt: UInt32 = 1 << 9
    public static let direction: UInt32 = 1 << 10
    public static let overflow: UInt32 = 1 << 11
    public static let ioPrivilege: UInt32 = 3 << 12
    public static let nestedTask: UInt32 = 1 << 14
    public static let resume: UInt32 = 1 << 16
    public static let virtual8086: UInt32 = 1 << 17
    public static let alignmentCheck: UInt32 = 1 << 18
    public static let identification: UInt32 = 1 << 21
    /// CF, PF, AF, ZF, SF and OF.
    public static let arithmetic: UInt32 = carry | parity | auxiliary | zero | sign | overflow
    /// Every bit that POPF, IRET or a task switch can ever write; the rest reads as 0, bit 1 as 1.
    public static let defined: UInt32 =
        arithmetic | trap | interrupt | direction | ioPrivilege | nestedTask | resume | virtual8086
        | alignmentCheck | identification
}

/// Bits of CR0 (SDM Vol. 3A 2.5 "Control Registers").
public enum CR0 {
    public static let protectionEnable: UInt32 = 1 << 0
    public static let monitorCoprocessor: UInt32 = 1 << 1
    public static let emulation: UInt32 = 1 << 2
    public static let taskSwitched: UInt32 = 1 << 3
    public static let extensionType: UInt32 = 1 << 4
    public static let numericError: UInt32 = 1 << 5
    public static let writeProtect: UInt32 = 1 << 16
    public static let alignmentMask: UInt32 = 1 << 18
    public static let notWriteThrough: UInt32 = 1 << 29
    public static let cacheDisable: UInt32 = 1 << 30
    public static let paging: UInt32 = 1 << 31
}

/// Bits of CR4 (SDM Vol. 3A 2.5 "Control Registers").
public enum CR4 {
    public static let timeStampDisable: UInt32 = 1 << 2
    public static let debuggingExtensions: UInt32 = 1 << 3
    public static let pageSizeExtensions: UInt32 = 1 << 4
    public static let physicalAddressExtension: UInt32 = 1 << 5
    public static let machineCheckEnable: UInt32 = 1 << 6
    public static let pageGlobalEnable: UInt32 = 1 << 7
    public static let performanceCounterEnable: UInt32 = 1 << 8
}

/// Vectors of the exceptions (SDM Vol. 3A 6.3.1, Table 6-1).
public enum Vector {
    public static let divideError: UInt8 = 0
    public static let debug: UInt8 = 1
    public static let nonMaskableInterrupt: UInt8 = 2
    public static let breakpoint: UInt8 = 3
    public static let overflow: UInt8 = 4
    public static let boundRange: UInt8 = 5
    public static let invalidOpcode: UInt8 = 6
    public static let deviceNotAvailable: UInt8 = 7
    public static let doubleFault: UInt8 = 8
    public static let invalidTSS: UInt8 = 10
    public static let segmentNotPresent: UInt8 = 11
    public static let stackFault: UInt8 = 12
    public static let generalProtection: UInt8 = 13
    public static let pageFault: UInt8 = 14
    public static let floatingPointError: UInt8 = 16
    public static let alignmentCheck: UInt8 = 17
}
