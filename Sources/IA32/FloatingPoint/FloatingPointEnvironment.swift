// FLDCW, FLDENV, FNSTENV, FNSAVE and FRSTOR (SDM Vol. 1 8.1.10 "Saving the x87 FPU's State", Figures 8-9 to 8-12).

/// The seven words of an environment image before they are laid out.
private struct EnvironmentWords {
    var words: InlineArray<7, UInt32> = .init(repeating: 0)
}

extension Core {
    /// FLDCW: exceptions that become unmasked are pending at once.
    func setControlWord(_ value: UInt16) {
        // Bit 6 always reads as 1, bits 7 and 13 to 15 as 0.
        s.pointee.floatingPoint.control = value & 0x1F3F | 0x40
        s.pointee.floatingPoint.refreshSummary()
        refreshErrorLine()
    }

    /// Seven words of the operand size.
    private func environmentSize(_ op: MicroOperationPointer) -> UInt32 { isOperand32(op) ? 28 : 14 }

    /// Real-address and virtual-8086 mode store 20-bit and 32-bit addresses instead of selectors and offsets.
    private var storesLinearPointers: Bool { !isProtected || isVirtual8086 }

    // MARK: Store

    private var environment: EnvironmentWords {
        let unit = s.pointee.floatingPoint
        var image = EnvironmentWords()
        image.words[0] = UInt32(unit.control) | 0xFFFF_0000
        image.words[1] = UInt32(unit.status) | 0xFFFF_0000
        image.words[2] = UInt32(unit.tagWord) | 0xFFFF_0000
        if storesLinearPointers {
            let instruction = UInt32(unit.instructionSelector) << 4 &+ unit.instructionOffset
            let data = UInt32(unit.dataSelector) << 4 &+ unit.dataOffset
            image.words[3] = instruction | 0xFFFF_0000
            image.words[4] = (instruction & 0xFFFF_0000) >> 4 | UInt32(unit.opcode)
            image.words[5] = data | 0xFFFF_0000
            image.words[6] = (data & 0xFFFF_0000) >> 4
        } else {
            image.words[3] = unit.instructionOffset
            image.words[4] = UInt32(unit.instructionSelector) | UInt32(unit.opcode) << 16
            image.words[5] = unit.dataOffset
            image.words[6] = UInt32(unit.dataSelector) | 0xFFFF_0000
        }
        return image
    }

    /// The operand has been probed.
    private func writeEnvironment(_ op: MicroOperationPointer) throws(Fault) {
        let image = environment
        let (number, base) = (segmentNumber(op), address(op))
        for index in 0..<7 {
            let word = image.words[index]
            if isOperand32(op) {
                try store(number, base &+ UInt32(index * 4), word)
            } else {
                try store(number, base &+ UInt32(index * 2), UInt16(truncatingIfNeeded: word))
            }
        }
    }

    /// FNSTENV: all exceptions are masked afterwards.
    func storeEnvironment(_ op: MicroOperationPointer) throws(Fault) {
        try probeOperand(op, count: environmentSize(op), isWrite: true)
        try writeEnvironment(op)
        s.pointee.floatingPoint.control |= StatusWord.exceptions
        s.pointee.floatingPoint.refreshSummary()
        refreshErrorLine()
    }

    /// FNSAVE: the environment and ST(0) to ST(7), then FNINIT.
    func saveState(_ op: MicroOperationPointer) throws(Fault) {
        let size = environmentSize(op)
        try probeOperand(op, count: size + 80, isWrite: true)
        try writeEnvironment(op)
        for i in 0..<8 {
            let place = address(op) &+ size &+ UInt32(i * 10)
            let value = s.pointee.floatingPoint[i]
            try store(segmentNumber(op), place, value.significand)
            try store(segmentNumber(op), place &+ 8, value.signExponent)
        }
        s.pointee.floatingPoint.initialize()
        refreshErrorLine()
    }

    // MARK: Load

    /// The operand has been probed.
    private func readEnvironment(_ op: MicroOperationPointer) throws(Fault) -> EnvironmentWords {
        let (number, base) = (segmentNumber(op), address(op))
        var image = EnvironmentWords()
        for index in 0..<7 {
            image.words[index] =
                isOperand32(op)
                ? try load(number, base &+ UInt32(index * 4), UInt32.self)
                : UInt32(try load(number, base &+ UInt32(index * 2), UInt16.self))
        }
        return image
    }

    private func takeEnvironment(_ image: EnvironmentWords, is32: Bool) {
        var unit = s.pointee.floatingPoint
        let words = image.words
        unit.control = UInt16(truncatingIfNeeded: words[0]) & 0x1F3F | 0x40
        unit.status = UInt16(truncatingIfNeeded: words[1])
        unit.setTags(UInt16(truncatingIfNeeded: words[2]))
        if storesLinearPointers {
            let highMask: UInt32 = is32 ? 0x0FFF_F000 : 0xF000
            unit.instructionOffset = words[3] & 0xFFFF | (words[4] & highMask) << 4
            unit.dataOffset = words[5] & 0xFFFF | (words[6] & highMask) << 4
            unit.instructionSelector = 0
            unit.dataSelector = 0
            unit.opcode = UInt16(truncatingIfNeeded: words[4] & 0x7FF)
        } else {
            unit.instructionOffset = words[3]
            unit.instructionSelector = UInt16(truncatingIfNeeded: words[4])
            unit.dataOffset = words[5]
            unit.dataSelector = UInt16(truncatingIfNeeded: words[6])
            // The 16-bit protected-mode format has no opcode.
            unit.opcode = is32 ? UInt16(truncatingIfNeeded: words[4] >> 16 & 0x7FF) : 0
        }
        unit.refreshSummary()
        s.pointee.floatingPoint = unit
        refreshErrorLine()
    }

    func loadEnvironment(_ op: MicroOperationPointer) throws(Fault) {
        try probeOperand(op, count: environmentSize(op), isWrite: false)
        takeEnvironment(try readEnvironment(op), is32: isOperand32(op))
    }

    func restoreState(_ op: MicroOperationPointer) throws(Fault) {
        let size = environmentSize(op)
        try probeOperand(op, count: size + 80, isWrite: false)
        let image = try readEnvironment(op)
        var values: InlineArray<8, ExtendedReal> = .init(repeating: .zero)
        for i in 0..<8 {
            let place = address(op) &+ size &+ UInt32(i * 10)
            let significand = try load(segmentNumber(op), place, UInt64.self)
            let signExponent = try load(segmentNumber(op), place &+ 8, UInt16.self)
            values[i] = ExtendedReal(signExponent: signExponent, significand: significand)
        }
        takeEnvironment(image, is32: isOperand32(op))
        for i in 0..<8 {
            s.pointee.floatingPoint.registers[s.pointee.floatingPoint.index(i)] = values[i]
        }
    }
}
