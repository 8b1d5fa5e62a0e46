import IA32
import PC
import Testing

/// A ROM at the reset vector, and resets that start it again.
struct ROMLoadingTests {
    /// A ROM that jumps from its reset vector to `code` at its last 64 KiB's start.
    private func rom(_ code: [UInt8], kilobytes: Int = 64) -> [UInt8] {
        var rom = [UInt8](repeating: 0xFF, count: kilobytes << 10)
        rom.replaceSubrange(rom.count - 65_536..<rom.count - 65_536 + code.count, with: code)
        rom.replaceSubrange(rom.count - 16..<rom.count - 11, with: [0xEA, 0x00, 0x00, 0x00, 0xF0])  // JMP F000:0000
        return rom
    }

    @Test(arguments: [64, 128, 192, 256]) func startsAtTheResetVector(kilobytes: Int) throws {
        let machine = try Machine()
        let image = rom(Guest.exit(3), kilobytes: kilobytes)
        try machine.load(rom: image)
        #expect(machine.processor.segment(.cs).base == 0xFFFF_0000)
        #expect(machine.processor.eip == 0xFFF0)
        let mirror = PhysicalAddress(UInt64(0x10_0000 - image.count))
        #expect(machine.memory.bytes(at: mirror, count: image.count) == image)
        #expect(machine.step() == .budget)
        #expect(machine.processor.segment(.cs).selector == 0xF000 && machine.processor.eip == 0)
        #expect(machine.run(budget: 10) == .exit(7))
    }

    @Test func devicesAreAsResetLeavesThem() throws {
        let machine = try Machine()
        try machine.load(rom: rom(Guest.halt))
        #expect(!machine.devices.interruptControllers.master.isInitialized)
        #expect(!machine.devices.localAPIC.isEnabled)
        #expect(machine.devices.timer.nextRequestChange == nil)
        #expect(machine.run(budget: 10) == .halted)
    }

    /// The ROM is read and cannot be written below 4 GiB. MOV EAX, [address] with a 32-bit address needs a limit above
    /// 64 KiB, so it is looked at in flat mode.
    @Test func theROMBelow4GiBIsReadOnly() throws {
        var image = rom([])
        image[0x8000] = 0x12
        image[0x8003] = 0x78
        let machine = try Guest.machine(
            Guest.store(0xFFFF_8000, 0) + [0xA1] + Guest.bytes(0xFFFF_8000) + [0x8B, 0x1D] + Guest.bytes(0xFFFE_FFFE)
                + [0xF4])
        let code = machine.memory.bytes(at: PhysicalAddress(0x1000), count: 64)
        try machine.load(rom: image)
        machine.memory.write(code, at: PhysicalAddress(0x1000))
        machine.processor.cr0 = 0x11
        machine.processor.loadFlatSegments()
        machine.processor.eip = 0x1000
        #expect(machine.run(budget: 10) == .halted)
        #expect(machine.processor[.eax] == 0x78FF_FF12)
        #expect(machine.processor[.ebx] == 0xFFFF_FFFF, "below the ROM there is nothing")
    }

    /// The guest counts its starts in CMOS byte 40h, which a reset keeps, and spoils the copy of its own code.
    @Test(arguments: [[0xB0, 0xFE, 0xE6, 0x64], [0xB0, 0x01, 0xE6, 0x92]] as [[UInt8]])
    func aResetStartsAgain(pulse: [UInt8]) throws {
        let code: [UInt8] =
            Guest.out(0x70, 0x40) + Guest.read(0x71) + [0xFE, 0xC0, 0xE6, 0x71, 0xE6, 0x80]
            + [0x3C, 0x03, 0x74, 0x0A]  // CMP AL, 3; JE to the exit
            + [0x2E, 0xC6, 0x06, 0x00, 0x00, 0xF4]  // MOV BYTE CS:[0], F4h
            + pulse + Guest.exit(2)
        let machine = try Machine()
        try machine.load(rom: rom(code))
        #expect(machine.run(budget: 1000) == .exit(5))
        #expect(machine.postCodes == [1, 2, 3])
        let sliced = try Machine()
        try sliced.load(rom: rom(code))
        while sliced.step() == .budget {}
        #expect(sliced.digest == machine.digest)
    }

    @Test(arguments: [0, 1, 65_535, 65_537, 98_304, 327_680]) func sizes(bytes: Int) throws {
        let machine = try Machine()
        #expect(throws: LoadError.badROMSize(bytes)) { try machine.load(rom: [UInt8](repeating: 0, count: bytes)) }
        #expect(LoadError.badROMSize(bytes).description.contains("\(bytes)"))
    }

    @Test func memoryBelow1MiBIsTooLittle() throws {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = 640 << 10
        let machine = try Machine(configuration)
        #expect(throws: LoadError.self) { try machine.load(rom: rom([])) }
    }

    @Test func emptyDisk() throws {
        let machine = try Machine()
        #expect(throws: LoadError.badDiskSize(0)) { try machine.attach(disk: []) }
    }
}
