import IA32
import LuaHost

extension ScriptHost {
    /// peek and poke take a key: machine << 40 | physical << 39 | bytes << 36 | address. peek gives -1 when nothing is mapped.
    func defineMemory() {
        state.defineFast("peek") { [unowned self] _, key, _ in
            guard let guest = guest(ofKey: key) else { return .error("this machine is no longer there") }
            let count = Int(key >> 36 & 7)
            let address = UInt32(truncatingIfNeeded: key)
            let bytes =
                key >> 39 & 1 != 0
                ? guest.machine.memory.bytes(at: PhysicalAddress(UInt64(address)), count: count)
                : guest.processor.readLinear(LinearAddress(address), count: count)
            guard let bytes else { return .value(-1) }
            return .value(bytes.reversed().reduce(0) { $0 << 8 | Int64($1) })
        }
        state.defineFast("poke") { [unowned self] _, key, value in
            guard let guest = guest(ofKey: key) else { return .error("this machine is no longer there") }
            let bytes = (0..<Int(key >> 36 & 7)).map { UInt8(truncatingIfNeeded: value >> (8 * Int64($0))) }
            noteAlteration(Int(key >> 40))
            let isDone = write(guest, bytes, UInt32(truncatingIfNeeded: key), physical: key >> 39 & 1 != 0)
            return .value(isDone ? 0 : -1)
        }
        state.define("read") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            let address = UInt32(truncatingIfNeeded: arguments[1].integer ?? 0)
            let count = arguments[2].integer ?? 0
            guard count >= 0, count <= 16 << 20 else { throw LuaRaise("at most 16 MiB can be read at once") }
            if arguments[3].isTruthy {
                return [.bytes(guest.machine.memory.bytes(at: PhysicalAddress(UInt64(address)), count: Int(count)))]
            }
            return [guest.processor.readLinear(LinearAddress(address), count: Int(count)).map { .bytes($0) } ?? .none]
        }
        state.define("write") { [unowned self] arguments in
            let guest = try guest(arguments[0])
            noteAlteration(Int(arguments[0].integer ?? 0))
            let address = UInt32(truncatingIfNeeded: arguments[1].integer ?? 0)
            return [.boolean(write(guest, arguments[2].bytes ?? [], address, physical: arguments[3].isTruthy))]
        }
    }

    private func guest(ofKey key: Int64) -> GuestMachine? {
        let number = Int(key >> 40)
        return number >= 1 && number <= guests.count ? guests[number - 1] : nil
    }

    private func write(_ guest: GuestMachine, _ bytes: [UInt8], _ address: UInt32, physical: Bool) -> Bool {
        guard physical else { return guest.processor.writeLinear(bytes, at: LinearAddress(address)) }
        guest.machine.memory.write(bytes, at: PhysicalAddress(UInt64(address)))
        return true
    }
}
