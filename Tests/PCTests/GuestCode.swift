import IA32
import PC

/// Machine code by hand, and a machine that runs it in flat protected mode.
enum Guest {
    static let origin: UInt32 = 0x1000
    static let tables: UInt32 = 0x8000

    /// MOV AL, value; OUT port, AL
    static func out(_ port: UInt8, _ value: UInt8) -> [UInt8] { [0xB0, value, 0xE6, port] }
    /// MOV EAX, value; MOV [address], EAX
    static func store(_ address: UInt32, _ value: UInt32) -> [UInt8] {
        [0xB8] + bytes(value) + [0xA3] + bytes(address)
    }
    /// IN AL, port
    static func read(_ port: UInt8) -> [UInt8] { [0xE4, port] }
    static let halt: [UInt8] = [0xF4]
    static let disable: [UInt8] = [0xFA]
    static let enable: [UInt8] = [0xFB]
    /// JMP to itself
    static let selfJump: [UInt8] = [0xEB, 0xFE]
    static let interruptReturn: [UInt8] = [0xCF]
    /// Ends the run with exit status (2 * value + 1) & 255
    static func exit(_ value: UInt8) -> [UInt8] { out(0xF4, value) }

    static func bytes(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    /// A new machine with `code` at `origin`, a stack below it, a flat GDT and an IDT of interrupt gates to `handlers`.
    static func machine(
        _ code: [UInt8], handlers: [UInt8: [UInt8]] = [:], configure: (inout MachineConfiguration) -> Void = { _ in }
    ) throws -> Machine {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = 1 << 20
        configure(&configuration)
        let machine = try Machine(configuration)
        try machine.load(flat: code, at: origin, entry: origin)
        machine.processor[.esp] = 0x7000
        let memory = machine.memory
        let flat: [UInt64] = [0, 0x00CF_9B00_0000_FFFF, 0x00CF_9300_0000_FFFF]
        for (index, descriptor) in flat.enumerated() {
            memory.write(double: UInt32(truncatingIfNeeded: descriptor), at: place(tables, index))
            memory.write(double: UInt32(descriptor >> 32), at: place(tables, index, 4))
        }
        machine.processor.gdtr = (tables, 23)
        machine.processor.idtr = (tables + 0x1000, 0x7FF)
        for (number, vector) in handlers.keys.sorted().enumerated() {
            let address = tables + 0x4000 + UInt32(number) * 0x200
            memory.write(double: 0x0008_0000 | address & 0xFFFF, at: place(tables + 0x1000, Int(vector)))
            memory.write(double: address & 0xFFFF_0000 | 0x8E00, at: place(tables + 0x1000, Int(vector), 4))
            memory.write(handlers[vector] ?? [], at: PhysicalAddress(UInt64(address)))
        }
        return machine
    }

    private static func place(_ base: UInt32, _ index: Int, _ offset: UInt64 = 0) -> PhysicalAddress {
        PhysicalAddress(UInt64(base) + UInt64(index) * 8 + offset)
    }

    /// Initializes both 8259s at 30h and 38h with the given masks.
    static func controllers(mask: UInt8, slaveMask: UInt8 = 0xFF) -> [UInt8] {
        [
            out(0x20, 0x11), out(0x21, 0x30), out(0x21, 0x04), out(0x21, 0x01), out(0x21, mask),
            out(0xA0, 0x11), out(0xA1, 0x38), out(0xA1, 0x02), out(0xA1, 0x01), out(0xA1, slaveMask),
        ].flatMap { $0 }
    }

    /// 8254 counter 0 in mode 2.
    static func periodic(_ count: UInt16) -> [UInt8] {
        out(0x43, 0x34) + out(0x40, UInt8(count & 0xFF)) + out(0x40, UInt8(count >> 8))
    }
}
