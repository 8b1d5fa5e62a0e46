// IN and OUT: permission first, then the host.

extension Core {
    /// Throws #GP(0) unless IOPL or the TSS permits the ports `port` to `port + bytes - 1`; #PF if the map is not mapped.
    func checkPort(_ port: UInt16, bytes: UInt32) throws(Fault) {
        // SDM Vol. 1 19.5.1 "I/O Privilege Level"; in virtual-8086 mode the map alone decides (Vol. 3A 20.2.8.1).
        guard isProtected, s.pointee.cpl > ioPrivilegeLevel || isVirtual8086 else { return }
        try checkPermissionMap(port, bytes: bytes)
    }

    /// SDM Vol. 1 19.5.2 "I/O Permission Bit Map".
    private func checkPermissionMap(_ port: UInt16, bytes: UInt32) throws(Fault) {
        let task = segment(.tr).pointee
        // Only a 32-bit TSS has a map, and its base field must lie inside.
        let is32 = task.type == SystemType.busyTSS32 || task.type == SystemType.availableTSS32
        guard task.isUsable != 0, is32, task.limit >= 0x67 else { throw .protection(0) }
        let map = UInt32(try readLinear(task.base &+ 0x66, UInt16.self, user: false))
        // Two bytes are read at every access, so the one after the last must lie inside the limit too.
        let offset = map + UInt32(port >> 3)
        guard offset + 1 <= task.limit else { throw .protection(0) }
        let bits = UInt32(try readLinear(task.base &+ offset, UInt16.self, user: false))
        let mask = ((UInt32(1) << bytes) - 1) << UInt32(port & 7)
        guard bits & mask == 0 else { throw .protection(0) }
    }

    /// IN of 1, 2 or 4 bytes, zero-extended. Throws as `checkPort`.
    func portIn(_ port: UInt16, bytes: Int) throws(Fault) -> UInt32 {
        try checkPort(port, bytes: UInt32(bytes))
        return readPort(port, bytes: bytes)
    }

    /// OUT of the low 1, 2 or 4 bytes of `value`. Throws as `checkPort`.
    func portOut(_ port: UInt16, value: UInt32, bytes: Int) throws(Fault) {
        try checkPort(port, bytes: UInt32(bytes))
        writePort(port, value: value, bytes: bytes)
    }

    /// The access itself, once `checkPort` has allowed it.
    func readPort(_ port: UInt16, bytes: Int) -> UInt32 {
        notePort(port, bytes)
        let value = host?.readPort(port, bytes: bytes) ?? .max
        // The device may have raised or lowered an interrupt, or moved the deadline.
        cutAfterCurrentOperation()
        return value & Core.portMask(bytes)
    }

    func writePort(_ port: UInt16, value: UInt32, bytes: Int) {
        notePort(port, bytes)
        host?.writePort(port, value: value & Core.portMask(bytes), bytes: bytes)
        cutAfterCurrentOperation()
    }

    private func notePort(_ port: UInt16, _ bytes: Int) {
        s.pointee.isWatchTripped = true
        if s.pointee.portBreakpoints != 0 { notePortAccess(port, bytes) }
    }

    private static func portMask(_ bytes: Int) -> UInt32 { bytes == 4 ? .max : (1 << UInt32(bytes * 8)) - 1 }
}
