import Chipset
import IA32
import PC
import Testing

/// The keyboard controller, the disk, PCI configuration and the text screen, as a guest and a host see them.
struct LegacyDevicesTests {
    /// MOV DX, port; IN AL, DX
    private func input(_ port: UInt16) -> [UInt8] { [0x66, 0xBA] + ImageBuilder.half(port) + [0xEC] }
    /// MOV AL, value; MOV DX, port; OUT DX, AL
    private func output(_ port: UInt16, _ value: UInt8) -> [UInt8] {
        [0xB0, value, 0x66, 0xBA] + ImageBuilder.half(port) + [0xEE]
    }

    /// Ports without a device, or with one at rest, and what they read.
    @Test(
        arguments: [
            (0x60, 0x00), (0x64, 0x14), (0x92, 0x02), (0x1F7, 0xFF), (0x3F6, 0xFF), (0x3D4, 0x00), (0xCFC, 0xFF),
            (0xCF8, 0xFF), (0x00, 0xFF), (0x81, 0xFF), (0x170, 0xFF), (0x3B4, 0xFF), (0x4D0, 0x00), (0x4D1, 0x00),
        ] as [(UInt16, UInt8)])
    func atRest(port: UInt16, value: UInt8) throws {
        let machine = try Guest.machine(input(port) + Guest.disable + Guest.halt)
        #expect(machine.run(budget: 20) == .halted)
        #expect(machine.processor[.eax] & 0xFF == UInt32(value))
    }

    /// Writes that ask for a reset.
    @Test(
        arguments: [[(0x64, 0xFE)], [(0x92, 0x01)], [(0xCF9, 0x06)], [(0x64, 0xD1), (0x60, 0x02)]]
            as [[(UInt16, UInt8)]])
    func aResetWithoutAROMEndsTheRun(writes: [(UInt16, UInt8)]) throws {
        let code = writes.flatMap { output($0.0, $0.1) }
        let machine = try Guest.machine(code + Guest.exit(0))
        let reason = machine.run(budget: 50)
        #expect(reason.name == "hook", "\(reason)")
        #expect(machine.instructionCount == UInt64(3 * writes.count), "at once")
        #expect(machine.events.contains { $0.kind == .portWrite && $0.address == UInt32(writes.last?.0 ?? 0) })
    }

    @Test(arguments: [(0x92, 0x02), (0xCF9, 0x02), (0x64, 0xFF)] as [(UInt16, UInt8)])
    func otherWritesResetNothing(port: UInt16, value: UInt8) throws {
        let machine = try Guest.machine(output(port, value) + Guest.exit(0))
        #expect(machine.run(budget: 50) == .exit(1))
    }

    @Test func pciAddressReadsBackAndTheBusIsEmpty() throws {
        // MOV DX, CF8h; MOV EAX, 80000000h; OUT DX, EAX; XOR EAX, EAX; IN EAX, DX; MOV EBX, EAX; MOV DL, FCh; IN EAX, DX
        let code: [UInt8] =
            [0x66, 0xBA, 0xF8, 0x0C, 0xB8] + Guest.bytes(0x8000_0000)
            + [0xEF, 0x31, 0xC0, 0xED, 0x89, 0xC3, 0xB2, 0xFC, 0xED, 0xFA, 0xF4]
        let machine = try Guest.machine(code)
        #expect(machine.run(budget: 20) == .halted)
        #expect(machine.processor[.ebx] == 0x8000_0000)
        #expect(machine.processor[.eax] == 0xFFFF_FFFF)
    }

    @Test func keysInterruptAndAreRead() throws {
        // The handler reads port 60h, sends it to the POST port and ends the interrupt.
        let handler = Guest.read(0x60) + [0xE6, 0x80] + Guest.out(0x20, 0x20) + Guest.interruptReturn
        let code = Guest.controllers(mask: 0xFD) + Guest.enable + [0xF4, 0xEB, 0xFD]
        let machine = try Guest.machine(code, handlers: [0x31: handler])
        machine.scheduleKeys([0x1E, 0x30], at: 1_000_000)
        machine.run(budget: 20_000_000)
        #expect(machine.postCodes == [0x1E, 0x9E, 0x30, 0xB0])
        #expect(machine.vectorCounts[0x31] == 4)
        #expect(machine.events.filter { $0.kind == .interruptRequest && $0.address == 0x60 }.count == 6)
    }

    @Test func aWholeSectorByStringInput() throws {
        var image = [UInt8](repeating: 0xEE, count: 1024)
        image[512] = 0x5A
        image[1023] = 0xA5
        // Sector 1 by LBA; MOV EDI, 4000h; MOV ECX, 256; MOV DX, 1F0h; CLD; REP INSW
        let code =
            output(0x1F2, 1) + output(0x1F3, 1) + output(0x1F4, 0) + output(0x1F5, 0) + output(0x1F6, 0xE0)
            + output(0x1F7, 0x20) + [0xBF] + Guest.bytes(0x4000) + [0xB9] + Guest.bytes(256)
            + [0x66, 0xBA, 0xF0, 0x01, 0xFC, 0xF3, 0x66, 0x6D] + Guest.disable + Guest.halt
        let machine = try Guest.machine(code)
        try machine.attach(disk: image)
        #expect(machine.run(budget: 1000) == .halted)
        #expect(machine.memory.bytes(at: PhysicalAddress(0x4000), count: 512) == Array(image[512...]))
    }

    @Test func diskInterruptsComeOnLine14() throws {
        let handler = input(0x1F7) + [0xE6, 0x80] + Guest.exit(2)
        let code =
            Guest.controllers(mask: 0xFB, slaveMask: 0xBF) + Guest.enable + output(0x1F6, 0xA0) + output(0x1F7, 0xEC)
            + [0x90, 0x90] + Guest.exit(0)
        let machine = try Guest.machine(code, handlers: [0x3E: handler])
        try machine.attach(disk: [1])
        #expect(machine.run(budget: 100) == .exit(5))
        #expect(machine.postCodes == [0x58])
    }

    @Test func writesAreInTheSnapshotAndNotInTheImage() throws {
        // MOV DX, 1F0h; MOV ECX, 256; OUT DX, AX; LOOP
        let fill: [UInt8] = [0x66, 0xBA, 0xF0, 0x01, 0xB9] + Guest.bytes(256) + [0x66, 0xEF, 0xE2, 0xFC]
        let code =
            output(0x1F2, 1) + output(0x1F3, 0) + output(0x1F4, 0) + output(0x1F5, 0) + output(0x1F6, 0xE0)
            + output(0x1F7, 0x30) + fill + Guest.disable + Guest.halt
        let machine = try Guest.machine(code)
        try machine.attach(disk: [UInt8](repeating: 0, count: 512))
        let before = try machine.snapshot()
        #expect(machine.run(budget: 1000) == .halted)
        #expect(machine.devices.diskController.disk?.writtenCount == 1)
        #expect(machine.devices.diskController.disk?[0].first == 0x30)
        let digest = machine.digest
        try machine.restore(before)
        #expect(machine.devices.diskController.disk?[0].first == 0)
        #expect(machine.run(budget: 1000) == .halted)
        #expect(machine.digest == digest)
        #expect(machine.devices.diskController.disk?[0].first == 0x30)
    }

    @Test func theScreenShowsTextMemoryAndTheCursor() throws {
        let code =
            Guest.store(0xB8000, 0x0769_0748) + Guest.store(0xB80A0, 0x1EDB_0701)
            + output(0x3D4, 0x0F) + output(0x3D5, 81) + Guest.disable + Guest.halt
        let machine = try Guest.machine(code)
        #expect(machine.run(budget: 20) == .halted)
        let screen = machine.screen
        #expect(screen.text == "Hi\n☺█")
        #expect(screen.rows.count == 25 && screen.rows.allSatisfy { $0.count == 80 })
        #expect(screen.cursor?.row == 1 && screen.cursor?.column == 1)
        #expect(screen.attributes[1][1] == 0x1E)
    }

    @Test func serialBytesComeAtTheLinesRate() throws {
        // Receiver interrupt with FIFO; the handler copies the byte to the POST port.
        let handler = input(0x3F8) + [0xE6, 0x80] + Guest.out(0x20, 0x20) + Guest.interruptReturn
        let code =
            Guest.controllers(mask: 0xEF) + output(0x3FA, 0xC1) + output(0x3FC, 0x08) + output(0x3F9, 0x01)
            + Guest.enable + [0xF4, 0xEB, 0xFD]
        let machine = try Guest.machine(code, handlers: [0x34: handler])
        machine.scheduleSerial(Array("echo\n".utf8), at: 100_000)
        machine.run(budget: 10_000_000)
        #expect(machine.postCodes == Array("echo\n".utf8))
        let counts = machine.events.filter { $0.kind == .interruptRequest && $0.address == 0x3F8 }.map(\.instruction)
        #expect(counts == (0..<5).map { 100_000 + 8680 * $0 })
    }
}
