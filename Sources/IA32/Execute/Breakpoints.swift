// Breakpoints of DR0 to DR3 and the debug exception (SDM Vol. 3B 17.2 "Debug Registers", 17.3.1 "Debug Exception").
//
// Nothing of this is on the fast paths. A code breakpoint is an entry of the filter that the hooks use: blocks start
// there and are entered through the boundary. Pages with a data breakpoint get no TLB tags: every access to them is
// exact and asks here.

/// Bits of DR6 (SDM Vol. 3B 17.2.3 "Debug Status Register (DR6)").
enum DR6 {
    /// BD: a debug register was accessed while DR7.GD was set.
    static let generalDetect: UInt32 = 1 << 13
    /// BS
    static let singleStep: UInt32 = 1 << 14
    /// BT: the T bit of the new TSS.
    static let taskSwitch: UInt32 = 1 << 15
}

/// Bits of DR7 (SDM Vol. 3B 17.2.4 "Debug Control Register (DR7)").
enum DR7 {
    /// L0 to L3 and LE.
    static let local: UInt32 = 0x155
    static let generalDetect: UInt32 = 1 << 13

    /// R/W of a breakpoint: 0 execution, 1 writes, 2 I/O (with CR4.DE), 3 reads and writes.
    static func kind(_ control: UInt32, _ number: Int) -> UInt32 { control >> UInt32(16 + number * 4) & 3 }
    static func isEnabled(_ control: UInt32, _ number: Int) -> Bool { control >> UInt32(number * 2) & 3 != 0 }
    /// LEN of a breakpoint as a mask of the address bits that do not count: 1, 2, 8 (undefined before 64 bits) or 4 bytes.
    static func lengthMask(_ control: UInt32, _ number: Int) -> UInt32 {
        switch control >> UInt32(18 + number * 4) & 3 {
        case 0: 0
        case 1: 1
        case 2: 7
        default: 3
        }
    }
}

extension Core {
    // MARK: Arming

    /// After any change of DR0 to DR3, DR7 or CR4.DE.
    func refreshBreakpoints() {
        let control = s.pointee.dr[7]
        var (code, data, port): (UInt8, UInt8, UInt8) = (0, 0, 0)
        for number in 0..<4 where DR7.isEnabled(control, number) {
            let bit: UInt8 = 1 << UInt8(number)
            switch DR7.kind(control, number) {
            case 0: code |= bit
            // SDM Vol. 3B 17.2.4: undefined without CR4.DE; here nothing.
            case 2: port |= s.pointee.cr4 & CR4.debuggingExtensions != 0 ? bit : 0
            default: data |= bit
            }
        }
        s.pointee.dataBreakpoints = data
        s.pointee.portBreakpoints = port
        if data != 0 { dropTags() }
        guard code | s.pointee.codeBreakpoints != 0 else { return }
        s.pointee.codeBreakpoints = code
        let isNew = hasUnfilteredBreakpoint
        refreshHookFilter()
        // Blocks made before may have a new breakpoint in their middle.
        if isNew { dropAllCode() }
    }

    private var hasUnfilteredBreakpoint: Bool {
        for number in 0..<4 where s.pointee.codeBreakpoints >> UInt8(number) & 1 != 0 {
            if !isHookCandidate(s.pointee.dr[number]) { return true }
        }
        return false
    }

    /// The page offsets at which blocks start: those of the host's hooks and of the code breakpoints.
    func refreshHookFilter() {
        clear(s.pointee.cache.hookFilter, count: 512)
        s.pointee.cache.hasHooks = false
        for hook in owner?.codeHooks ?? [] { addHookCandidate(hook.value) }
        for number in 0..<4 where s.pointee.codeBreakpoints >> UInt8(number) & 1 != 0 {
            addHookCandidate(s.pointee.dr[number])
        }
    }

    private func addHookCandidate(_ linear: UInt32) {
        let offset = Int(linear & 0xFFF)
        s.pointee.cache.hookFilter[offset >> 3] |= 1 << UInt8(offset & 7)
        s.pointee.cache.hasHooks = true
    }

    /// A task switch: L0 to L3 and LE belong to the task that is left (SDM Vol. 3B 17.2.4).
    func clearLocalBreakpoints() {
        guard s.pointee.dr[7] & DR7.local != 0 else { return }
        s.pointee.dr[7] &= ~DR7.local
        refreshBreakpoints()
    }

    /// Whether a data breakpoint lies in a linear page.
    func isBreakpointPage(_ page: UInt32) -> Bool {
        for number in 0..<4 where s.pointee.dataBreakpoints >> UInt8(number) & 1 != 0 {
            if s.pointee.dr[number] & 0xFFFF_F000 == page { return true }
        }
        return false
    }

    // MARK: Hits

    /// Raises the fault of a code breakpoint at the instruction that is about to be fetched.
    ///
    /// RF suppresses it, and so does a MOV SS or POP SS just before (SDM Vol. 3B 17.3.1.1 "Instruction-Breakpoint
    /// Exception Condition").
    func checkCodeBreakpoint(_ linear: UInt32) throws(Fault) {
        guard systemFlags & EFLAGS.resume == 0, !s.pointee.attention.contains(.stackShadow) else { return }
        var causes: UInt32 = 0
        for number in 0..<4 where s.pointee.codeBreakpoints >> UInt8(number) & 1 != 0 {
            if s.pointee.dr[number] == linear { causes |= 1 << UInt32(number) }
        }
        guard causes != 0 else { return }
        noteDebugException(causes)
        // Like a fetch that faults it counts as the instruction it was for.
        s.pointee.isFetching = true
        throw .debug(causes)
    }

    /// Reports an access to data breakpoints that it touches: a trap after the instruction
    /// (SDM Vol. 3B 17.3.1.2 "Data Memory and I/O Breakpoint Exception Conditions", 17.2.5 "Breakpoint Field Recognition").
    func noteDataAccess(_ linear: UInt32, _ size: UInt32, isWrite: Bool) {
        let control = s.pointee.dr[7]
        var causes: UInt32 = 0
        for number in 0..<4 where s.pointee.dataBreakpoints >> UInt8(number) & 1 != 0 {
            if !isWrite, DR7.kind(control, number) == 1 { continue }
            if touches(number, linear, size) { causes |= 1 << UInt32(number) }
        }
        if causes != 0 { raiseDebugTrap(causes) }
    }

    /// The same for ports.
    func notePortAccess(_ port: UInt16, _ bytes: Int) {
        var causes: UInt32 = 0
        for number in 0..<4 where s.pointee.portBreakpoints >> UInt8(number) & 1 != 0 {
            if touches(number, UInt32(port), UInt32(bytes)) { causes |= 1 << UInt32(number) }
        }
        if causes != 0 { raiseDebugTrap(causes) }
    }

    /// Whether two ranges have a byte in common; that of the breakpoint is aligned to its length.
    private func touches(_ number: Int, _ address: UInt32, _ size: UInt32) -> Bool {
        let mask = DR7.lengthMask(s.pointee.dr[7], number)
        let start = s.pointee.dr[number] & ~mask
        return address &- start <= mask || start &- address < size
    }

    // MARK: The exception

    /// Makes a debug trap due at the next boundary.
    func raiseDebugTrap(_ causes: UInt32) {
        s.pointee.trapCauses |= causes
        s.pointee.isTrapPending = true
        raise(.trapPending)
        cutAfterCurrentOperation()
    }

    /// Withdraws causes of the pending trap, and the trap with the last one.
    func restoreTrapCauses(_ causes: UInt32) {
        s.pointee.trapCauses = causes
        guard causes == 0 else { return }
        s.pointee.isTrapPending = false
        lower(.trapPending)
    }

    /// What every #DB does before its handler: DR6 collects the causes, the handler may use the debug registers
    /// (SDM Vol. 3B 17.2.3; 17.2.4 "GD (general detect enable) flag").
    func noteDebugException(_ causes: UInt32) {
        s.pointee.dr[6] |= causes
        s.pointee.dr[7] &= ~DR7.generalDetect
    }
}
