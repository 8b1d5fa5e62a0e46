// Linear memory: the exact path, with page splits and devices, and what the system tables are read with.

extension Core {
    /// Whether ordinary accesses are user accesses for paging.
    var isUserMode: Bool { s.pointee.cpl == 3 }

    /// Reads a linear address. Throws #PF.
    func readLinear<T: MemoryWord>(
        _ linear: UInt32, _ type: T.Type, user: Bool
    ) throws(Fault) -> T {
        let size = UInt32(MemoryLayout<T>.size)
        let access = PageAccess(isWrite: false, isUser: user)
        let first = try translate(linear, access)
        let inFirst = 0x1000 - (linear & 0xFFF)
        let second = inFirst < size ? try translate(linear &+ inFirst, access) : 0
        if s.pointee.dataBreakpoints != 0 { noteDataAccess(linear, size, isWrite: false) }
        if inFirst >= size { return readPhysical(first, T.self) }
        return readSplit(first, second, T.self)
    }

    /// Writes a linear address; nothing is written if any byte of it faults. Throws #PF.
    func writeLinear<T: MemoryWord>(
        _ linear: UInt32, _ value: T, user: Bool
    ) throws(Fault) {
        let size = UInt32(MemoryLayout<T>.size)
        let access = PageAccess(isWrite: true, isUser: user)
        let inFirst = 0x1000 - (linear & 0xFFF)
        let first = try translate(linear, access)
        let second = inFirst < size ? try translate(linear &+ inFirst, access) : 0
        if s.pointee.dataBreakpoints != 0 { noteDataAccess(linear, size, isWrite: true) }
        guard inFirst < size else { return writePhysical(first, value) }
        writeSplit(first, second, value)
    }

    /// Raises now the page fault that a later access to `count` bytes (up to 4096) would raise.
    func probeLinear(_ linear: UInt32, count: UInt32, isWrite: Bool, user: Bool) throws(Fault) {
        let access = PageAccess(isWrite: isWrite, isUser: user)
        _ = try translate(linear, access)
        let last = linear &+ (count - 1)
        if last & 0xFFFF_F000 != linear & 0xFFFF_F000 { _ = try translate(last & 0xFFFF_F000, access) }
    }

    /// Bytes up to the end of the first page come from `first`, the rest from `second` (a page start).
    func readSplit<T: MemoryWord>(_ first: UInt64, _ second: UInt64, _ type: T.Type) -> T {
        var value: T = 0
        let inFirst = Int(0x1000 - (first & 0xFFF))
        for index in 0..<MemoryLayout<T>.size {
            let physical = index < inFirst ? first &+ UInt64(index) : second &+ UInt64(index - inFirst)
            value |= T(truncatingIfNeeded: readPhysical(physical, UInt8.self)) << T(index * 8)
        }
        return value
    }

    func writeSplit<T: MemoryWord>(_ first: UInt64, _ second: UInt64, _ value: T) {
        let inFirst = Int(0x1000 - (first & 0xFFF))
        for index in 0..<MemoryLayout<T>.size {
            let physical = index < inFirst ? first &+ UInt64(index) : second &+ UInt64(index - inFirst)
            writePhysical(physical, UInt8(truncatingIfNeeded: value >> T(index * 8)))
        }
    }
}

/// What can be read from or written to memory at once.
typealias MemoryWord = FixedWidthInteger & UnsignedInteger & BitwiseCopyable
