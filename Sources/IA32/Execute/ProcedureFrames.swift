// ENTER, LEAVE, PUSHA, POPA, BOUND: every word they touch is checked before any register changes.

extension Core {
    /// ENTER (SDM Vol. 1 6.6 "Procedure Calls for Block-Structured Languages", Vol. 2A "ENTER").
    ///
    /// `level` counts modulo 32. Throws #SS(0) and #PF, also for the word at the final top of the stack.
    func enter(size: UInt16, level: UInt8, is32: Bool) throws(Fault) {
        let width: Int32 = is32 ? 4 : 2
        let nesting = Int32(level & 31)
        let pushes = nesting == 0 ? 1 : nesting + 1
        try probePushes(pushes, width)
        var index: Int32 = 1
        while index < nesting {
            _ = try loadStack(outerFrame(index * width), is32: is32)
            index += 1
        }
        // Vol. 2A "ENTER": #SS(0) and #PF if a write at the final stack pointer would raise them.
        try probeStack(stackOffset(pushes * width + Int32(size)), UInt32(width))
        // Nothing below can fault.
        let frame = stackOffset(width)
        let fullFrame = read32(GeneralRegister.esp.rawValue) &- UInt32(width)
        try storeStack(frame, read32(GeneralRegister.ebp.rawValue), is32: is32)
        index = 1
        while index < nesting {
            let pointer = try loadStack(outerFrame(index * width), is32: is32)
            try storeStack(stackOffset((index + 1) * width), pointer, is32: is32)
            index += 1
        }
        if nesting > 0 { try storeStack(stackOffset(pushes * width), fullFrame, is32: is32) }
        setStackPointer(stackOffset(pushes * width + Int32(size)))
        setFramePointer(s.pointee.stackMask == .max ? fullFrame : mergedFrame(frame), is32: is32)
    }

    /// Offset of the word `bytes` below the frame pointer: EBP, or BP on a 16-bit stack.
    private func outerFrame(_ bytes: Int32) -> UInt32 {
        (read32(GeneralRegister.ebp.rawValue) &- UInt32(bytes)) & s.pointee.stackMask
    }

    /// ESP as a push on a 16-bit stack leaves it: the upper half stays.
    private func mergedFrame(_ frame: UInt32) -> UInt32 {
        (read32(GeneralRegister.esp.rawValue) & 0xFFFF_0000) | frame
    }

    private func setFramePointer(_ value: UInt32, is32: Bool) {
        if is32 { return write32(GeneralRegister.ebp.rawValue, value) }
        write16(GeneralRegister.ebp.rawValue, UInt16(truncatingIfNeeded: value))
    }

    /// LEAVE (SDM Vol. 2A "LEAVE"). Throws #SS(0), #PF.
    func leave(is32: Bool) throws(Fault) {
        let frame = outerFrame(0)
        let value = try loadStack(frame, is32: is32)
        setStackPointer(frame &+ (is32 ? 4 : 2))
        setFramePointer(value, is32: is32)
    }

    /// PUSHA, PUSHAD (SDM Vol. 2B "PUSHA/PUSHAD"): EAX, ECX, EDX, EBX, ESP as it was, EBP, ESI, EDI.
    func pushAll(is32: Bool) throws(Fault) {
        let width: Int32 = is32 ? 4 : 2
        if usesRealSegments {
            // Vol. 2B "PUSHA/PUSHAD", real-address and virtual-8086 mode: SP of 7, 9, 11, 13 or 15 is #GP.
            let sp = stackOffset(0)
            if sp >= 7, sp <= 15, sp & 1 == 1 { throw .protection(0) }
        }
        try probePushes(8, width)
        for number in UInt8(0)..<8 {
            try storeStack(stackOffset((Int32(number) + 1) * width), read32(number), is32: is32)
        }
        setStackPointer(stackOffset(8 * width))
    }

    /// POPA, POPAD (SDM Vol. 2B "POPA/POPAD"): EDI first; the saved ESP is skipped.
    func popAll(is32: Bool) throws(Fault) {
        let width: Int32 = is32 ? 4 : 2
        var values = InlineArray<8, UInt32>(repeating: 0)
        for number in UInt8(0)..<8 where number != GeneralRegister.esp.rawValue {
            values[Int(number)] = try loadStack(stackOffset(-(7 - Int32(number)) * width), is32: is32)
        }
        setStackPointer(stackOffset(-8 * width))
        for number in UInt8(0)..<8 where number != GeneralRegister.esp.rawValue {
            let value = values[Int(number)]
            if is32 { write32(number, value) } else { write16(number, UInt16(truncatingIfNeeded: value)) }
        }
    }

    /// BOUND (SDM Vol. 2A "BOUND"): #BR if a signed index lies outside the two signed bounds in memory.
    ///
    /// For 16-bit operands `index` is already sign-extended. Throws #BR, #GP(0), #SS(0), #PF.
    func bound(index: Int32, segment number: UInt8, offset: UInt32, is32: Bool) throws(Fault) {
        let lower: Int32
        let upper: Int32
        if is32 {
            lower = Int32(bitPattern: try load(number, offset, UInt32.self))
            upper = Int32(bitPattern: try load(number, offset &+ 4, UInt32.self))
        } else {
            lower = Int32(Int16(bitPattern: try load(number, offset, UInt16.self)))
            upper = Int32(Int16(bitPattern: try load(number, offset &+ 2, UInt16.self)))
        }
        if index < lower || index > upper { throw .boundRange }
    }
}
