/// The bytes that an instruction is decoded from, and how far the decoder has come.
struct InstructionBytes {
    let start: BytePointer
    let available: Int
    private(set) var position = 0
    /// The decoder wanted more bytes than there are.
    private(set) var isTruncated = false

    init(start: BytePointer, available: Int) {
        self.start = start
        self.available = available
    }

    mutating func next8() -> UInt8 {
        guard position < available else {
            isTruncated = true
            position += 1
            return 0
        }
        position += 1
        return start[position - 1]
    }

    mutating func next16() -> UInt16 {
        let low = UInt16(next8())
        return low | UInt16(next8()) << 8
    }

    mutating func next32() -> UInt32 {
        let low = UInt32(next16())
        return low | UInt32(next16()) << 16
    }
}

extension Core {
    /// Decodes from EIP up to a control transfer, a hooked address, the page end or the block's capacity.
    ///
    /// Only the first instruction may cross into the next page: fetching it is what the processor does now, while
    /// faults of later instructions belong to the time when they are reached.
    func decodeBlock(_ block: BlockPointer, _ linear: UInt32, _ physical: UInt64) throws(Fault) {
        let is32 = block.pointee.kind == 1
        let pageLeft = Int(0x1000 - (linear & 0xFFF))
        block.pointee.isHookCandidate = isHookCandidate(linear)
        guard s.pointee.memory.contains(physical & ~0xFFF, 4096) else {
            return try decodeSplit(block, linear, physical)
        }
        let host = s.pointee.memory.host(block.pointee.physical).bytes
        var offset = 0
        var count = 0
        while count < Block.capacity, offset < pageLeft {
            if count > 0, isHookCandidate(linear &+ UInt32(offset)) { break }
            var decoder = Decoder(InstructionBytes(start: host + offset, available: pageLeft - offset), is32: is32)
            var operation = decoder.decode()
            if decoder.bytes.isTruncated {
                if count == 0 { return try decodeSplit(block, linear, physical) }
                break
            }
            operation.place(at: offset)
            offset += decoder.bytes.position
            let isLast = operation.operation.endsBlock
            if isLast { operation.finish(blockLength: UInt32(offset)) }
            block.pointee.operations[count] = operation
            count += 1
            if isLast { break }
        }
        block.pointee.count = UInt16(count)
        block.pointee.byteLength = UInt16(offset)
    }

    /// One instruction from wherever its bytes lie: over a page end, or outside RAM.
    private func decodeSplit(_ block: BlockPointer, _ linear: UInt32, _ first: UInt64) throws(Fault) {
        let window = s.pointee.fetchWindow
        let is32 = block.pointee.kind == 1
        let inFirst = Int(0x1000 - (linear & 0xFFF))
        for index in 0..<min(inFirst, 16) { window[index] = readPhysical(first &+ UInt64(index), UInt8.self) }
        var decoder = Decoder(InstructionBytes(start: window, available: min(inFirst, 16)), is32: is32)
        var operation = decoder.decode()
        if decoder.bytes.isTruncated {
            // SDM Vol. 3A 5.3: a byte past the CS limit is #GP(0), before its page is looked at.
            let register = segment(.cs).pointee
            if UInt64(s.pointee.eip) + UInt64(inFirst) > UInt64(register.limit), register.limit != .max {
                throw .protection(0)
            }
            let next = (linear & 0xFFFF_F000) &+ 0x1000
            let second = try translate(next, PageAccess(isWrite: false, isUser: isUserMode, isFetch: true))
            for index in inFirst..<16 {
                window[index] = readPhysical(second &+ UInt64(index - inFirst), UInt8.self)
            }
            decoder = Decoder(InstructionBytes(start: window, available: 16), is32: is32)
            operation = decoder.decode()
            block.pointee.secondPage = UInt32(second >> 12)
            if !s.pointee.memory.contains(second, 4096) { block.pointee.kind = Block.dead }
        }
        operation.finish(blockLength: UInt32(decoder.bytes.position))
        block.pointee.operations[0] = operation
        block.pointee.count = 1
        block.pointee.byteLength = UInt16(decoder.bytes.position)
    }
}

extension Operation {
    var endsBlock: Bool { rawValue >= Operation.firstTerminator.rawValue }
}

extension MicroOperation {
    /// Makes the targets of jumps relative to the block's start.
    mutating func finish(blockLength: UInt32) {
        switch operation {
        case .jumpIfOverflow, .jumpIfNotOverflow, .jumpIfBelow, .jumpIfNotBelow, .jumpIfZero, .jumpIfNotZero,
            .jumpIfBelowOrEqual, .jumpIfAbove, .jumpIfSign, .jumpIfNotSign, .jumpIfParity, .jumpIfNotParity,
            .jumpIfLess, .jumpIfNotLess, .jumpIfLessOrEqual, .jumpIfGreater, .jumpIf16, .jumpRelative,
            .jumpRelative16, .callRelative, .callRelative16, .loop:
            immediate = immediate &+ blockLength
        default: break
        }
    }
}
