// The one path to physical memory: RAM with its page bookkeeping, everything else through the host.

extension Core {
    /// Reads RAM or a device; unmapped addresses read what the host answers (all ones).
    func readPhysical<T: MemoryWord>(_ physical: UInt32, _ type: T.Type) -> T {
        let size = MemoryLayout<T>.size
        if s.pointee.memory.contains(physical, size) { return s.pointee.memory.host(physical).load(T.self) }
        s.pointee.isWatchTripped = true
        guard let host = host else { return T.max }
        return T(truncatingIfNeeded: host.readDevice(PhysicalAddress(physical), bytes: size))
    }

    /// Writes RAM (marking the page dirty and dropping code decoded from it) or a device.
    func writePhysical<T: MemoryWord>(_ physical: UInt32, _ value: T) {
        let size = MemoryLayout<T>.size
        guard s.pointee.memory.contains(physical, size) else { return writeDevice(physical, UInt32(value), size) }
        let host = s.pointee.memory.host(physical)
        if s.pointee.isWatching, host.load(T.self) != value { s.pointee.isWatchTripped = true }
        noteStore(physical, UInt32(size))
        host.store(value)
    }

    private func writeDevice(_ physical: UInt32, _ value: UInt32, _ size: Int) {
        s.pointee.isWatchTripped = true
        host?.writeDevice(PhysicalAddress(physical), value: value, bytes: size)
        // The device may have raised an interrupt: it is recognised after this instruction.
        cutAfterCurrentOperation()
    }

    /// Bookkeeping for a store of `size` bytes of RAM that stay within one page or are split at its end.
    func noteStore(_ physical: UInt32, _ size: UInt32) {
        let page = Int(physical >> 12)
        s.pointee.memory.pageFlags[page] |= PageFlags.dirty
        if s.pointee.memory.pageFlags[page] & PageFlags.code != 0 { noteCodeStore(physical, size) }
        let last = Int((physical &+ size &- 1) >> 12)
        guard last != page else { return }
        s.pointee.memory.pageFlags[last] |= PageFlags.dirty
        if s.pointee.memory.pageFlags[last] & PageFlags.code != 0 { noteCodeStore(UInt32(last) << 12, 4) }
    }

    private func noteCodeStore(_ physical: UInt32, _ size: UInt32) {
        let page = physical >> 12
        let first = (physical & 0xFFF) >> 6
        let last = min((physical & 0xFFF) + size - 1, 0xFFF) >> 6
        let pieces = (UInt64.max << UInt64(first)) & (UInt64.max >> UInt64(63 - last))
        guard s.pointee.memory.codePieces[Int(page)] & pieces != 0 else { return }
        owner?.memory.dropCode(page: Int(page))
    }

    /// The machine around the processor.
    var host: (any ProcessorHost)? { owner?.host }
    var owner: Processor? { s.pointee.owner?.takeUnretainedValue() }

    /// Lets nothing after the current operation run before the next boundary.
    func cutAfterCurrentOperation() {
        let next = s.pointee.operation + 1
        guard next <= s.pointee.blockEnd else { return }
        s.pointee.retired &-= UInt64(s.pointee.blockEnd - next)
        s.pointee.blockEnd = next
        s.pointee.isCut = true
    }

    /// Raises a condition that the next block boundary must look at.
    func raise(_ attention: Attention) {
        s.pointee.attention.insert(attention)
        s.pointee.softDeadline = 0
    }

    /// Withdraws conditions; restores the deadline when none is left.
    func lower(_ attention: Attention) {
        s.pointee.attention.subtract(attention)
        if s.pointee.attention.isEmpty { s.pointee.softDeadline = s.pointee.deadline }
    }
}
