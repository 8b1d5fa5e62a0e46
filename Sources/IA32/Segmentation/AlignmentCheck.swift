// Alignment checking (SDM Vol. 3A 6.15 "Interrupt 17 - Alignment Check Exception (#AC)").
//
// While CR0.AM and EFLAGS.AC are set no TLB entry has tags for CPL 3: every user access takes the exact path and asks.

extension Core {
    /// Alignment is checked if CPL is 3.
    var isAlignmentMasked: Bool {
        s.pointee.flags & EFLAGS.alignmentCheck != 0 && s.pointee.cr0 & CR0.alignmentMask != 0
    }

    /// For an operand that is not at a multiple of its size. Throws #AC(0) if alignment is checked.
    func requireNoAlignmentCheck() throws(Fault) {
        guard isUserMode, isAlignmentMasked else { return }
        throw .alignmentCheck
    }
}
