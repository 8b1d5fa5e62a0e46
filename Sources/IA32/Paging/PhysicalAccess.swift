// The one path to physical memory: RAM with its page bookkeeping, everything else through the host.

extension Core {
    /// Reads RAM or a device; unmapped addresses read what the host answers (all ones).
    func readPhysical<T: MemoryWord>(_ physical: UInt64, _ type: T.Type) -> T {
        let size = MemoryLayout<T>.size
        if s.pointee.memory.contains(physical, size) {
            return s.pointee.memory.host(UInt32(truncatingIfNeeded: physical)).load(T.self)
        }
        s.pointee.isWatchTripped = true
        guard let host = host else { return T.max }
        let low = T(truncatingIfNeeded: host.readDevice(PhysicalAddress(physical), bytes: min(size, 4)))
        guard size == 8 else { return low }
        let high = host.readDevice(PhysicalAddress(physical &+ 4), bytes: 4)
        return low | T(truncatingIfNeeded: UInt64(high) << 32)
    }
    func readPhysical<T: MemoryWord>(_ physical: UInt32, _ type: T.Type) -> T { readPhysical(UInt64(physical), T.self) }

    /// Writes RAM (marking the page dirty and dropping code decoded from it) or a device.
    func writePhysical<T: MemoryWord>(_ physical: UInt64, _ value: T) {
        let size = MemoryLayout<T>.size
        guard s.pointee.memory.contains(physical, size) else { return writeDevice(physical, UInt64(value), size) }
        let address = UInt32(truncatingIfNeeded: physical)
        let host = s.pointee.memory.host(address)
        if s.pointee.isWatching, host.load(T.self) != value { s.pointee.isWatchTripped = true }
        noteStore(address, UInt32(size))
        host.store(value)
    }
    func writePhysical<T: MemoryWord>(_ physical: UInt32, _ value: T) { writePhysical(UInt64(physical), value) }

    private func writeDevice(_ physical: UInt64, _ value: UInt64, _ size: Int) {
        s.pointee.isWatchTripped = true
        let low = UInt32(truncatingIfNeeded: value)
        host?.writeDevice(PhysicalAddress(physical), value: low, bytes: min(size, 4))
        if size == 8 {
            let high = UInt32(truncatingIfNeeded: value >> 32)
            host?.writeDevice(PhysicalAddress(physical &+ 4), value: high, bytes: 4)
        }
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
