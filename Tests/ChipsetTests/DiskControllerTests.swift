import Chipset
import Testing

/// Commands, data and errors of the ATA adapter.
struct DiskControllerTests {
    private static let sectors = 3000

    /// Sector n begins with n, low byte first.
    private func controller(_ sectors: Int = DiskControllerTests.sectors) throws -> DiskController {
        var image = [UInt8](repeating: 0, count: sectors * 512)
        for sector in 0..<sectors {
            image[sector * 512] = UInt8(sector & 0xFF)
            image[sector * 512 + 1] = UInt8(sector >> 8)
        }
        var controller = DiskController()
        controller.attach(try #require(DiskImage(image)))
        return controller
    }

    private func start(
        _ controller: inout DiskController, _ command: UInt8, count: UInt8, number: UInt8, cylinder: UInt16 = 0,
        device: UInt8
    ) {
        controller.write(2, count)
        controller.write(3, number)
        controller.write(4, UInt8(cylinder & 0xFF))
        controller.write(5, UInt8(cylinder >> 8))
        controller.write(6, device)
        controller.write(7, command)
    }

    private func readSector(_ controller: inout DiskController) -> [UInt16] {
        (0..<256).map { _ in controller.readWord() }
    }

    /// Sector register, cylinder, device register and the sector that is read.
    @Test(
        arguments: [
            (UInt8(0), UInt16(0), UInt8(0xE0), 0), (5, 0, 0xE0, 5), (0xB7, 0x0B, 0xE0, 2999), (1, 0, 0xA0, 0),
            (63, 0, 0xA0, 62), (1, 0, 0xA1, 63), (2, 1, 0xA3, 1198),
        ] as [(UInt8, UInt16, UInt8, Int)])
    func addresses(number: UInt8, cylinder: UInt16, device: UInt8, sector: Int) throws {
        var controller = try controller()
        start(&controller, 0x20, count: 1, number: number, cylinder: cylinder, device: device)
        #expect(controller.read(8) == 0x58)
        #expect(controller.interruptRequested)
        #expect(controller.read(7) == 0x58)
        #expect(!controller.interruptRequested, "reading the status ends the request")
        #expect(readSector(&controller).first == UInt16(sector))
        #expect(controller.read(7) == 0x50)
        #expect(controller.read(2) == 0)
        #expect(!controller.interruptRequested, "nothing follows the last sector of a read")
    }

    /// Sector register, cylinder, device register, command and the error register.
    @Test(
        arguments: [
            (UInt8(0xB8), UInt16(0x0B), UInt8(0xE0), UInt8(0x20), UInt8(0x10)), (0, 0, 0xA0, 0x20, 0x10),
            (64, 0, 0xA0, 0x30, 0x10), (0, 0, 0xEF, 0x20, 0x10), (0, 0, 0xE0, 0xA1, 0x04), (0, 0, 0xE0, 0xC8, 0x04),
            (0, 0, 0xE0, 0xC4, 0x04), (0, 0, 0xE0, 0x00, 0x04), (0, 0, 0xE0, 0x08, 0x04),
        ] as [(UInt8, UInt16, UInt8, UInt8, UInt8)])
    func errors(number: UInt8, cylinder: UInt16, device: UInt8, command: UInt8, error: UInt8) throws {
        var controller = try controller()
        start(&controller, command, count: 1, number: number, cylinder: cylinder, device: device)
        #expect(controller.interruptRequested)
        #expect(controller.read(7) == 0x51)
        #expect(controller.read(1) == error)
    }

    @Test func aReadThatLeavesTheDiskFailsAtItsEnd() throws {
        var controller = try controller()
        start(&controller, 0x20, count: 3, number: 0xB6, cylinder: 0x0B, device: 0xE0)
        #expect(readSector(&controller).first == 2998)
        #expect(readSector(&controller).first == 2999)
        #expect(controller.read(7) == 0x51)
        #expect(controller.read(3) == 0xB8, "the first sector that is not there")
        #expect(controller.read(2) == 1)
    }

    @Test func eachSectorOfAReadInterrupts() throws {
        var controller = try controller()
        start(&controller, 0x20, count: 3, number: 7, device: 0xE0)
        for sector in 7...9 as ClosedRange<UInt16> {
            #expect(controller.interruptRequested)
            _ = controller.read(7)
            #expect(readSector(&controller).first == sector)
        }
        #expect(!controller.interruptRequested)
    }

    @Test func blocksInterruptOnce() throws {
        var controller = try controller()
        start(&controller, 0xC6, count: 4, number: 0, device: 0xE0)
        _ = controller.read(7)
        start(&controller, 0xC4, count: 8, number: 0, device: 0xE0)
        var interrupts = 0
        for _ in 0..<8 {
            if controller.interruptRequested { interrupts += 1 }
            _ = controller.read(7)
            _ = readSector(&controller)
        }
        #expect(interrupts == 2)
    }

    @Test func aCountOfZeroIs256Sectors() throws {
        var controller = try controller()
        start(&controller, 0x20, count: 0, number: 0, device: 0xE0)
        for sector in 0..<256 as Range<UInt16> { #expect(readSector(&controller).first == sector) }
        #expect(controller.read(7) == 0x50)
    }

    @Test func writesGoToTheOverlay() throws {
        var controller = try controller()
        start(&controller, 0x30, count: 2, number: 9, device: 0xE0)
        #expect(!controller.interruptRequested, "the first sector is not waited for")
        for word in 0..<512 as Range<UInt16> {
            #expect(controller.read(8) & 0x08 != 0)
            controller.writeWord(word &* 3)
        }
        #expect(controller.interruptRequested)
        #expect(controller.read(7) == 0x50)
        #expect(controller.disk?.writtenCount == 2)
        start(&controller, 0x20, count: 2, number: 9, device: 0xE0)
        #expect(readSector(&controller) == (0..<256).map { UInt16($0) &* 3 })
        #expect(readSector(&controller) == (256..<512).map { UInt16($0) &* 3 })
        controller.reset()
        #expect(controller.disk?.writtenCount == 2, "a reset keeps what was written")
    }

    @Test func identify() throws {
        var controller = try controller()
        start(&controller, 0xEC, count: 0, number: 0, device: 0xA0)
        let words = readSector(&controller)
        #expect(words[1] == 2 && words[3] == 16 && words[6] == 63)
        #expect(UInt32(words[60]) | UInt32(words[61]) << 16 == 3000)
        #expect(words[49] & 0x200 != 0)
        let model = words[27...46].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(String(decoding: model, as: UTF8.self).hasPrefix("TrapLab disk   "))
        #expect(controller.read(7) == 0x50)
    }

    @Test(arguments: [UInt8(0x10), 0x40, 0x70, 0x91, 0xE0, 0xE5, 0xE7]) func commandsWithoutData(command: UInt8) throws
    {
        var controller = try controller()
        start(&controller, command, count: 1, number: 1, device: 0xE0)
        #expect(controller.interruptRequested)
        #expect(controller.read(7) == 0x50)
    }

    @Test func aTranslationOfTheGuestsOwn() throws {
        var controller = try controller()
        start(&controller, 0x91, count: 17, number: 0, device: 0xA3)
        start(&controller, 0x20, count: 1, number: 2, cylinder: 3, device: 0xA1)
        #expect(readSector(&controller).first == 222, "(3 * 4 + 1) * 17 + 1")
    }

    @Test func softResetShowsTheSignature() throws {
        var controller = try controller()
        start(&controller, 0x20, count: 5, number: 9, cylinder: 0, device: 0xE0)
        controller.write(8, 0x04)
        controller.write(8, 0x00)
        #expect((1...5).map { controller.read($0) } == [1, 1, 1, 0, 0])
        #expect(controller.read(7) == 0x50)
        #expect(!controller.interruptRequested)
    }

    @Test func nIENHidesTheInterrupt() throws {
        var controller = try controller()
        controller.write(8, 0x02)
        start(&controller, 0x20, count: 1, number: 0, device: 0xE0)
        #expect(!controller.interruptRequested)
        controller.write(8, 0x00)
        #expect(controller.interruptRequested)
    }

    @Test func withoutADiskEveryPortIsAllOnes() {
        var controller = DiskController()
        for register in 1...8 as ClosedRange<UInt16> {
            controller.write(register, 0x20)
            #expect(controller.read(register) == 0xFF)
        }
        #expect(controller.readWord() == 0xFFFF)
        #expect(!controller.interruptRequested)
    }

    @Test func theSlaveIsNotThere() throws {
        var controller = try controller()
        start(&controller, 0xEC, count: 0, number: 0, device: 0xB0)
        #expect(controller.read(7) == 0)
        #expect(controller.read(8) == 0)
        #expect(controller.read(1) == 0)
        #expect(!controller.interruptRequested)
    }

    /// Bytes of an image and sectors of the disk.
    @Test(arguments: [(0, nil), (1, 1), (512, 1), (513, 2), (1_048_576, 2048)] as [(Int, UInt32?)])
    func imageSizes(bytes: Int, sectors: UInt32?) {
        let disk = DiskImage([UInt8](repeating: 7, count: bytes))
        #expect(disk?.sectorCount == sectors)
        if let disk, let sectors {
            #expect(disk[sectors - 1].count == 512)
            #expect(disk[sectors] == [UInt8](repeating: 0, count: 512))
        }
    }
}
