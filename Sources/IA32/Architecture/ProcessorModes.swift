// What mode the processor is in, and the cached consequences of it.

extension Core {
    /// CR0.PE (SDM Vol. 3A 2.2 "Modes of Operation").
    var isProtected: Bool { s.pointee.cr0 & CR0.protectionEnable != 0 }
    var isVirtual8086: Bool { s.pointee.flags & EFLAGS.virtual8086 != 0 }
    var ioPrivilegeLevel: UInt8 { UInt8(truncatingIfNeeded: s.pointee.flags >> 12) & 3 }
    /// EIP of the operation that is executing.
    var operationEIP: UInt32 {
        var eip = s.pointee.eip
        guard s.pointee.operation != s.pointee.blockEnd else { return eip }
        var operation = s.pointee.block.pointee.operations
        while operation < s.pointee.operation {
            eip &+= UInt32(operation.pointee.length)
            operation += 1
        }
        return eip
    }
    /// Instructions completed or faulted before the one that is executing.
    var instructionCount: UInt64 {
        s.pointee.retired &- UInt64(s.pointee.blockEnd - s.pointee.operation)
    }

    /// Sets CPL and everything that is derived from it.
    func setCPL(_ cpl: UInt8) {
        s.pointee.cpl = cpl
        s.pointee.tagOffset = cpl == 3 ? 4 : 0
        refreshCodeKeys()
    }

    /// Replaces a segment register and what is derived from it. CPL is not touched.
    func setSegment(_ name: SegmentName, _ value: SegmentRegister) {
        segment(name).pointee = value
        if name == .ss { s.pointee.stackMask = value.is32Bit ? .max : 0xFFFF }
        if name == .cs { refreshCodeKeys() }
    }
}
