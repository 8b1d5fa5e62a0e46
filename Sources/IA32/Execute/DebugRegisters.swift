// MOV to and from DR0 to DR7 (SDM Vol. 3B 17.2 "Debug Registers"). What they do is in `Breakpoints.swift`.

extension Core {
    /// MOV from DRn. Throws #UD for DR4 and DR5 with CR4.DE, #GP(0) unless CPL is 0, #DB with DR7.GD.
    func readDebug(_ number: UInt8) throws(Fault) -> UInt32 {
        s.pointee.dr[try debugRegister(number)]
    }

    /// MOV to DRn. Throws as `readDebug`.
    func writeDebug(_ number: UInt8, _ value: UInt32) throws(Fault) {
        let register = try debugRegister(number)
        switch register {
        case 6:
            // SDM Vol. 3B 17.2.3 "Debug Status Register (DR6)": B0-B3, BD, BS, BT; the rest is fixed.
            s.pointee.dr[6] = (value & 0xE00F) | 0xFFFF_0FF0
        case 7:
            // SDM Vol. 3B 17.2.4 "Debug Control Register (DR7)": bit 10 reads as 1; 11, 12, 14 and 15 as 0.
            s.pointee.dr[7] = (value & 0xFFFF_27FF) | 0x400
            refreshBreakpoints()
        default:
            s.pointee.dr[register] = value
            refreshBreakpoints()
        }
    }

    /// SDM Vol. 3B 17.2.2 "Debug Registers DR4 and DR5": aliases of DR6 and DR7 unless CR4.DE is set.
    private func debugRegister(_ number: UInt8) throws(Fault) -> Int {
        let isAlias = number == 4 || number == 5
        if isAlias, s.pointee.cr4 & CR4.debuggingExtensions != 0 { throw .invalidOpcode }
        try requireSupervisor()
        // SDM Vol. 3B 17.3.1.3 "General-Detect Exception Condition".
        if s.pointee.dr[7] & DR7.generalDetect != 0 {
            noteDebugException(DR6.generalDetect)
            throw .debug(DR6.generalDetect)
        }
        return Int(isAlias ? number + 2 : number & 7)
    }
}
