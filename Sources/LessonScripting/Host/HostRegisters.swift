import IA32
import LuaHost

/// Registers by slot: the number that scripts' functions are bound to.
enum RegisterSlot {
    /// Slots in order; the first ten can be written, as can the control registers.
    static let names = [
        "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags", "cr0", "cr2", "cr3", "cr4", "cpl",
        "es",
        "cs", "ss", "ds", "fs", "gs", "ldtr", "tr", "nmi_blocked", "nmi_pending", "halted", "depth", "dr0", "dr1",
        "dr2",
        "dr3", "dr4", "dr5", "dr6", "dr7",
    ]
    static let writable = 14

    static func read(_ processor: Processor, _ slot: Int) -> Int64 {
        switch slot {
        case 0..<8: Int64(processor[GeneralRegister.allCases[slot]])
        case 8: Int64(processor.eip)
        case 9: Int64(processor.eflags)
        case 10: Int64(processor.cr0)
        case 11: Int64(processor.cr2)
        case 12: Int64(processor.cr3)
        case 13: Int64(processor.cr4)
        case 14: Int64(processor.cpl)
        case 15..<23: Int64(processor.segment(SegmentName.allCases[slot - 15]).selector)
        case 23: processor.isNMIBlocked ? 1 : 0
        case 24: processor.isNMIPending ? 1 : 0
        case 25: processor.isHalted ? 1 : 0
        case 26: Int64(processor.depth)
        default: Int64(processor.debugRegister(slot - 27))
        }
    }

    static func write(_ processor: Processor, _ slot: Int, _ value: UInt32) {
        switch slot {
        case 0..<8: processor[GeneralRegister.allCases[slot]] = value
        case 8: processor.eip = value
        case 9: processor.eflags = value
        case 10: processor.cr0 = value
        case 11: processor.cr2 = value
        case 12: processor.cr3 = value
        case 13: processor.cr4 = value
        default: break
        }
    }
}

extension ScriptHost {
    /// register(machine << 8 | slot [, value])
    func defineRegisters() {
        state.defineFast("register") { [unowned self] count, key, value in
            let number = Int(key >> 8)
            let slot = Int(key & 0xFF)
            guard number >= 1, number <= guests.count, slot < RegisterSlot.names.count else {
                return .error("no such register")
            }
            let processor = guests[number - 1].processor
            guard count > 1 else { return .value(RegisterSlot.read(processor, slot)) }
            guard slot < RegisterSlot.writable else { return .error("this register cannot be written") }
            noteAlteration(number)
            RegisterSlot.write(processor, slot, UInt32(truncatingIfNeeded: value))
            return .value(0)
        }
        state.define("register_slots") { _ in
            [
                .table(LuaTable(list: RegisterSlot.names.map { .string($0) })),
                .integer(Int64(RegisterSlot.writable)),
            ]
        }
    }
}
