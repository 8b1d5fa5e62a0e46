// Implicit accesses of the processor to its own tables: always with supervisor rights
// (SDM Vol. 3A 4.6 "Access Rights", "implicit supervisor-mode access").

extension Core {
    /// Reads a descriptor table or a TSS. Throws #PF.
    @inline(__always) func readSystem<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ linear: UInt32, _ type: T.Type
    ) throws(Fault) -> T {
        let entry = tlbEntry(linear)
        if (linear &+ UInt32(MemoryLayout<T>.size - 1)) & 0xFFFF_F000 == entry.pointee.readTagSupervisor {
            return HostAddress(value: entry.pointee.addend &+ UInt(linear)).load(T.self)
        }
        return try readSystemSlow(linear, T.self)
    }

    @inline(never) private func readSystemSlow<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ linear: UInt32, _ type: T.Type
    ) throws(Fault) -> T {
        try readLinear(linear, T.self, user: false)
    }

    /// Reads the eight bytes of a descriptor or gate. Throws #PF.
    @inline(__always) func readDescriptor(at linear: UInt32) throws(Fault) -> Descriptor {
        let raw = try readSystem(linear, UInt64.self)
        return Descriptor(low: UInt32(truncatingIfNeeded: raw), high: UInt32(truncatingIfNeeded: raw >> 32))
    }

    /// Writes memory with the paging rights of CPL 3 (`user`) or of a supervisor. Throws #PF; nothing is written then.
    @inline(__always) func writeSystem<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ linear: UInt32, _ value: T, user: Bool = false
    ) throws(Fault) {
        let entry = tlbEntry(linear)
        let tag = TLBEntry.writeTag(entry, user ? 4 : 0)
        if (linear &+ UInt32(MemoryLayout<T>.size - 1)) & 0xFFFF_F000 == tag {
            return HostAddress(value: entry.pointee.addend &+ UInt(linear)).store(value)
        }
        try writeSystemSlow(linear, value, user: user)
    }

    @inline(never) private func writeSystemSlow<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ linear: UInt32, _ value: T, user: Bool
    ) throws(Fault) {
        try writeLinear(linear, value, user: user)
    }

    /// Raises now the page fault that a later access of the processor's own would raise. `count` is at most 4096.
    @inline(__always) func probeSystem(_ linear: UInt32, count: UInt32, isWrite: Bool) throws(Fault) {
        let entry = tlbEntry(linear)
        let tag = isWrite ? entry.pointee.writeTagSupervisor : entry.pointee.readTagSupervisor
        let last = linear &+ (count &- 1)
        if linear & 0xFFFF_F000 == tag, last & 0xFFFF_F000 == tag { return }
        try probeLinear(linear, count: count, isWrite: isWrite, user: false)
    }
}
