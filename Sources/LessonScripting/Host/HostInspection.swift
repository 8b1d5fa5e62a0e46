import Disassembly
import IA32
import LuaHost

extension ScriptHost {
    func defineInspection() {
        state.define("symbol") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            return [.integer(Int64(try SymbolLookup(symbols: guest.symbols).address(arguments[1].string ?? "")))]
        }
        state.define("symbol_at") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            let address = UInt32(truncatingIfNeeded: arguments[1].integer ?? 0)
            return [guest.names.text(address).map { .string($0) } ?? .none]
        }
        state.define("gate") { [unowned self] arguments in
            guard let vector = arguments[1].integer.flatMap({ UInt8(exactly: $0) }) else { return [] }
            let gate = DescriptorInspection(try guest(arguments[0]).processor).gate(vector)
            return [gate.map { .table($0.gateTable) } ?? .none]
        }
        state.define("descriptor") { [unowned self] arguments in
            guard let selector = arguments[1].integer.flatMap({ UInt16(exactly: $0) }) else { return [] }
            let found = DescriptorInspection(try guest(arguments[0]).processor).descriptor(selector)
            return [found.map { .table($0.segmentTable) } ?? .none]
        }
        state.define("segment") { [unowned self] arguments in
            let names = ["es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"]
            guard let index = names.firstIndex(of: arguments[1].string ?? "") else { return [] }
            return [.table(segment(try guest(arguments[0]), SegmentName.allCases[index]))]
        }
        state.define("task_state") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            let address = arguments[1].integer.map { UInt32(truncatingIfNeeded: $0) }
            let place = address ?? guest.processor.segment(.tr).base
            return [DescriptorInspection(guest.processor).taskState(at: place).map { .table($0) } ?? .none]
        }
        state.define("walk") { [unowned self] arguments in
            let address = UInt32(truncatingIfNeeded: arguments[1].integer ?? 0)
            return [.table(DescriptorInspection(try guest(arguments[0]).processor).walk(address))]
        }
        state.define("disassemble") { [unowned self] arguments in
            let address = UInt32(truncatingIfNeeded: arguments[1].integer ?? 0)
            let count = max(1, min(arguments[2].integer ?? 1, 1000))
            return [.table(LuaTable(list: disassemble(try guest(arguments[0]), address, Int(count))))]
        }
    }

    private func segment(_ guest: GuestMachine, _ name: SegmentName) -> LuaTable {
        let view = guest.processor.segment(name)
        let access = UInt64(view.attributes & 0xFF) << 40
        return LuaTable(fields: [
            "selector": .integer(Int64(view.selector)), "base": .integer(Int64(view.base)),
            "limit": .integer(Int64(view.limit)), "null": .boolean(view.isNull),
            "type": .string(DescriptorFields(raw: access).type), "dpl": .integer(Int64(view.attributes >> 5 & 3)),
            "present": .boolean(view.attributes & 0x80 != 0), "big": .boolean(view.attributes & 0x400 != 0),
        ])
    }

    private func disassemble(_ guest: GuestMachine, _ start: UInt32, _ count: Int) -> [LuaValue] {
        let disassembler = Disassembler()
        var address = start
        var lines: [LuaValue] = []
        for _ in 0..<count {
            guard let bytes = readable(guest, address) else { break }
            let found = disassembler.instruction(bytes, at: address)
            let length = found?.length ?? 1
            lines.append(
                .table(
                    LuaTable(fields: [
                        "address": .integer(Int64(address)), "length": .integer(Int64(length)),
                        "text": .string(found?.text ?? "(no instruction)"),
                    ])))
            address &+= UInt32(length)
        }
        return lines
    }

    /// Up to 15 bytes, fewer before an unmapped page.
    private func readable(_ guest: GuestMachine, _ address: UInt32) -> [UInt8]? {
        if let bytes = guest.processor.readLinear(LinearAddress(address), count: 15) { return bytes }
        let left = Int(0x1000 - (address & 0xFFF))
        return guest.processor.readLinear(LinearAddress(address), count: min(left, 15))
    }
}
