// Operands in memory: a segment, an offset, a width (SDM Vol. 3A 5.3 "Limit Checking", 5.4 "Type Checking").

extension Core {
    /// The host address of an operand that may be touched without further ado: within the bounds of a plain segment and
    /// in a page whose tag is there. 0 sends it to the exact path.
    @inline(__always) private func plainAddress(
        _ segmentNumber: UInt8, _ offset: UInt32, _ size: UInt32, isWrite: Bool
    ) -> HostAddress {
        let register = segment(segmentNumber)
        let end = isWrite ? register.pointee.writeEnd : register.pointee.readEnd
        guard UInt64(offset) &+ UInt64(size) <= end else { return HostAddress(value: 0) }
        let linear = register.pointee.base &+ offset
        let entry = tlbEntry(linear)
        let tag =
            isWrite
            ? TLBEntry.writeTag(entry, s.pointee.tagOffset) : TLBEntry.readTag(entry, s.pointee.tagOffset)
        // An operand that crosses into the next page has that page's address here, which this entry never holds.
        guard (linear &+ (size &- 1)) & 0xFFFF_F000 == tag else { return HostAddress(value: 0) }
        return HostAddress(value: entry.pointee.addend &+ UInt(linear))
    }

    /// Reads an operand. Throws #GP(0) or #SS(0) for the segment, #PF for the page.
    @inline(__always) func load<T: MemoryWord>(
        _ segmentNumber: UInt8, _ offset: UInt32, _ type: T.Type
    ) throws(Fault) -> T {
        let plain = plainAddress(segmentNumber, offset, UInt32(MemoryLayout<T>.size), isWrite: false)
        if plain.value != 0 { return plain.load(T.self) }
        return try loadSlow(segmentNumber, offset, T.self)
    }

    @inline(never) private func loadSlow<T: MemoryWord>(
        _ segmentNumber: UInt8, _ offset: UInt32, _ type: T.Type
    ) throws(Fault) -> T {
        let size = UInt32(MemoryLayout<T>.size)
        let linear = try linearAddress(segmentNumber, offset, size, isWrite: false)
        if linear & (size - 1) != 0 { try requireNoAlignmentCheck() }
        return try readLinear(linear, T.self, user: isUserMode)
    }

    /// Writes an operand. Throws as `load`; nothing is written then.
    @inline(__always) func store<T: MemoryWord>(
        _ segmentNumber: UInt8, _ offset: UInt32, _ value: T
    ) throws(Fault) {
        let plain = plainAddress(segmentNumber, offset, UInt32(MemoryLayout<T>.size), isWrite: true)
        if plain.value != 0 { return plain.store(value) }
        try storeSlow(segmentNumber, offset, value)
    }

    @inline(never) private func storeSlow<T: MemoryWord>(
        _ segmentNumber: UInt8, _ offset: UInt32, _ value: T
    ) throws(Fault) {
        let size = UInt32(MemoryLayout<T>.size)
        let linear = try linearAddress(segmentNumber, offset, size, isWrite: true)
        if linear & (size - 1) != 0 { try requireNoAlignmentCheck() }
        try writeLinear(linear, value, user: isUserMode)
    }

    /// Checks that an operand can be written, before anything is changed. Follow with `loadModified`, `storeModified`.
    @inline(__always) func modify<T: MemoryWord>(
        _ segmentNumber: UInt8, _ offset: UInt32, _ type: T.Type
    ) throws(Fault) -> HostAddress {
        let size = UInt32(MemoryLayout<T>.size)
        let plain = plainAddress(segmentNumber, offset, size, isWrite: true)
        if plain.value != 0 { return plain }
        return try modifySlow(segmentNumber, offset, size)
    }

    @inline(never) private func modifySlow(
        _ segmentNumber: UInt8, _ offset: UInt32, _ size: UInt32
    ) throws(Fault) -> HostAddress {
        let linear = try linearAddress(segmentNumber, offset, size, isWrite: true)
        if linear & (size - 1) != 0 { try requireNoAlignmentCheck() }
        let access = PageAccess(isWrite: true, isUser: isUserMode)
        s.pointee.modifyFirst = try translate(linear, access)
        let inFirst = 0x1000 - (linear & 0xFFF)
        s.pointee.modifySecond = inFirst < size ? try translate(linear &+ inFirst, access) : .max
        if s.pointee.dataBreakpoints != 0 { noteDataAccess(linear, size, isWrite: true) }
        return HostAddress(value: 0)
    }

    @inline(__always) func loadModified<T: MemoryWord>(_ address: HostAddress) -> T {
        address.value != 0 ? address.load(T.self) : loadModifiedSlow()
    }

    @inline(__always) func storeModified<T: MemoryWord>(_ address: HostAddress, _ value: T) {
        if address.value != 0 { address.store(value) } else { storeModifiedSlow(value) }
    }

    @inline(never) private func loadModifiedSlow<T: MemoryWord>() -> T {
        guard s.pointee.modifySecond != .max else { return readPhysical(s.pointee.modifyFirst, T.self) }
        return readSplit(s.pointee.modifyFirst, s.pointee.modifySecond, T.self)
    }

    @inline(never) private func storeModifiedSlow<T: MemoryWord>(_ value: T) {
        guard s.pointee.modifySecond != .max else { return writePhysical(s.pointee.modifyFirst, value) }
        writeSplit(s.pointee.modifyFirst, s.pointee.modifySecond, value)
    }

    /// The exact segment checks, in the manual's order; answers the linear address.
    func linearAddress(
        _ segmentNumber: UInt8, _ offset: UInt32, _ size: UInt32, isWrite: Bool
    ) throws(Fault) -> UInt32 {
        let register = segment(segmentNumber).pointee
        let isAllowed = isWrite ? register.isWritable : register.isReadable
        guard isAllowed, Core.isWithin(register, offset, size) else {
            // SDM Vol. 3A 6.15 "Interrupt 12": SS-relative violations are #SS(0), all others #GP(0).
            throw segmentNumber == SegmentName.ss.rawValue ? Fault.stack(0) : Fault.protection(0)
        }
        return register.base &+ offset
    }

    /// SDM Vol. 3A 5.3 "Limit Checking", expand-down segments included.
    static func isWithin(_ register: SegmentRegister, _ offset: UInt32, _ size: UInt32) -> Bool {
        let last = UInt64(offset) + UInt64(size) - 1
        if register.isExpandDown {
            let top: UInt64 = register.is32Bit ? 0xFFFF_FFFF : 0xFFFF
            return offset > register.limit && last <= top
        }
        return register.limit == .max || last <= UInt64(register.limit)
    }
}
