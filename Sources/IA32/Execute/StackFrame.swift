// Several words on the current stack at once: probed first, written later, so that a fault leaves no trace.

extension Core {
    /// Offset in SS of the word that begins `bytes` below (or, with a negative value, above) the top of the stack.
    func stackOffset(_ bytes: Int32) -> UInt32 {
        (read32(GeneralRegister.esp.rawValue) &- UInt32(bitPattern: bytes)) & s.pointee.stackMask
    }

    /// Raises now what a push of `size` bytes at `offset` would raise: #SS(0) or #PF.
    func probeStack(_ offset: UInt32, _ size: UInt32) throws(Fault) {
        let linear = try linearAddress(SegmentName.ss.rawValue, offset, size, isWrite: true)
        try probeLinear(linear, count: size, isWrite: true, user: isUserMode)
    }

    /// Raises now what `count` pushes of `size` bytes would raise, in their order.
    func probePushes(_ count: Int32, _ size: Int32) throws(Fault) {
        var index: Int32 = 1
        while index <= count {
            try probeStack(stackOffset(index * size), UInt32(size))
            index += 1
        }
    }

    /// Reads a word of the stack, zero-extended. Throws #SS(0), #PF.
    func loadStack(_ offset: UInt32, is32: Bool) throws(Fault) -> UInt32 {
        if is32 { return try load(SegmentName.ss.rawValue, offset, UInt32.self) }
        return UInt32(try load(SegmentName.ss.rawValue, offset, UInt16.self))
    }

    /// Writes a word of the stack. Throws #SS(0), #PF.
    func storeStack(_ offset: UInt32, _ value: UInt32, is32: Bool) throws(Fault) {
        if is32 { return try store(SegmentName.ss.rawValue, offset, value) }
        try store(SegmentName.ss.rawValue, offset, UInt16(truncatingIfNeeded: value))
    }
}
