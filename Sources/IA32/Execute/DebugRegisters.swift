// MOV to and from DR0 to DR7 (SDM Vol. 3B 17.2 "Debug Registers"). Breakpoints themselves are not there.

extension Core {
    /// MOV from DRn. Throws #UD for DR4 and DR5 with CR4.DE, #GP(0) unless CPL is 0.
    func readDebug(_ number: UInt8) throws(Fault) -> UInt32 {
        s.pointee.dr[try debugRegister(number)]
    }

    /// MOV to DRn. Throws as `readDebug`; enabling a breakpoint is a host error that names it.
    func writeDebug(_ number: UInt8, _ value: UInt32) throws(Fault) {
        let register = try debugRegister(number)
        switch register {
        case 6:
            // SDM Vol. 3B 17.2.3 "Debug Status Register (DR6)": B0-B3, BD, BS, BT; the rest is fixed.
            s.pointee.dr[6] = (value & 0xE00F) | 0xFFFF_0FF0
        case 7:
            // SDM Vol. 3B 17.2.4 "Debug Control Register (DR7)": L0-L3 and G0-G3.
            if value & 0xFF != 0 { throw .unsupported(.debugRegisters) }
            s.pointee.dr[7] = (value & 0xFFFF_2700) | 0x400
        default:
            s.pointee.dr[register] = value
        }
    }

    /// SDM Vol. 3B 17.2.2 "Debug Registers DR4 and DR5": aliases of DR6 and DR7 unless CR4.DE is set.
    private func debugRegister(_ number: UInt8) throws(Fault) -> Int {
        let isAlias = number == 4 || number == 5
        if isAlias, s.pointee.cr4 & CR4.debuggingExtensions != 0 { throw .invalidOpcode }
        try requireSupervisor()
        return Int(isAlias ? number + 2 : number & 7)
    }
}
