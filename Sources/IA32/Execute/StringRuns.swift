// REP MOVS and REP STOS in runs: stretches of plain RAM at once, as long as nothing observable differs from single
// iterations. The plain loop tries a run before each of its own iterations, which open pages and do what is left.

extension Core {
    /// Elements that may be done at once at `offset`, forwards, without leaving the page, the segment or the index width.
    private func runLength(
        _ segmentNumber: UInt8, _ offset: UInt32, _ size: UInt32, _ mask: UInt32, isWrite: Bool
    ) -> (elements: UInt32, host: UInt)? {
        let register = segment(segmentNumber)
        let end = isWrite ? register.pointee.writeEnd : register.pointee.readEnd
        let linear = register.pointee.base &+ offset
        let entry = tlbEntry(linear)
        let tag =
            isWrite
            ? TLBEntry.writeTag(entry, s.pointee.tagOffset) : TLBEntry.readTag(entry, s.pointee.tagOffset)
        guard tag == linear & 0xFFFF_F000, UInt64(offset) < end else { return nil }
        let toIndexEnd = UInt64(mask) - UInt64(offset) + 1
        let bytes = min(UInt64(0x1000 - (linear & 0xFFF)), end - UInt64(offset), toIndexEnd)
        let elements = UInt32(bytes) / size
        return elements == 0 ? nil : (elements, entry.pointee.addend &+ UInt(linear))
    }

    /// Elements left to do before ECX, the deadline or an event ends the run;
    /// the last one is left to the plain loop.
    private func runBudget(_ mask: UInt32) -> UInt32 {
        guard s.pointee.flags & EFLAGS.direction == 0, s.pointee.attention.isEmpty, !s.pointee.isCut,
            s.pointee.deadline > s.pointee.retired
        else { return 0 }
        let count = read32(1) & mask
        let allowed = s.pointee.deadline - s.pointee.retired
        return count == 0 ? 0 : UInt32(min(UInt64(count - 1), allowed))
    }

    private func finishRun(_ elements: UInt32, _ size: UInt32, _ mask: UInt32, hasSource: Bool) {
        let bytes = elements &* size
        if hasSource { write32(6, read32(6) & ~mask | (read32(6) &+ bytes) & mask) }
        write32(7, read32(7) & ~mask | (read32(7) &+ bytes) & mask)
        write32(1, read32(1) & ~mask | (read32(1) &- elements) & mask)
        s.pointee.retired &+= UInt64(elements)
    }

    func storeRun<T: OperandWidth>(_ value: T, _ mask: UInt32) {
        let size = UInt32(T.bitWidth / 8)
        let budget = runBudget(mask)
        guard budget > 1,
            let run = runLength(SegmentName.es.rawValue, read32(7) & mask, size, mask, isWrite: true)
        else { return }
        let elements = min(run.elements, budget)
        fill(HostAddress(value: run.host), value, count: Int(elements))
        finishRun(elements, size, mask, hasSource: false)
    }

    func moveRun(_ op: MicroOperationPointer, _ size: Int, _ mask: UInt32) {
        let width = UInt32(size)
        let budget = runBudget(mask)
        guard budget > 1,
            let source = runLength(segmentNumber(op), read32(6) & mask, width, mask, isWrite: false),
            let target = runLength(SegmentName.es.rawValue, read32(7) & mask, width, mask, isWrite: true)
        else { return }
        let elements = min(source.elements, target.elements, budget)
        let bytes = UInt(elements &* width)
        // A target just above its source would see its own output: element order matters then.
        let distance = target.host &- source.host
        guard distance >= bytes || distance == 0 else { return }
        copy(HostAddress(value: source.host), to: HostAddress(value: target.host), count: Int(bytes))
        finishRun(elements, width, mask, hasSource: true)
    }
}
