import Chipset
import Testing

/// Commands of the 8042 and of the keyboard, and scan codes.
struct KeyboardControllerTests {
    private func drain(_ controller: inout KeyboardController) -> [UInt8] {
        var bytes: [UInt8] = []
        while controller.status & 1 != 0, bytes.count < 40 { bytes.append(controller.readData()) }
        return bytes
    }

    /// Bytes to ports 64h (above 100h: the low byte) and 60h, and the bytes read after them.
    @Test(
        arguments: [
            ([0x1AA], [0x55]), ([0x1AB], [0x00]), ([0x1A9], [0x00]), ([0x120], [0x65]), ([0x160, 0x41, 0x120], [0x41]),
            ([0x1C0], [0xA0]), ([0x1D0], [0xC3]), ([0x1D2, 0x77], [0x77]), ([0x161, 0x12, 0x121], [0x12]),
            ([0x160, 0x01, 0xFF], [0xFA, 0xAA]), ([0x160, 0x01, 0xF2], [0xFA, 0xAB, 0x83]),
            ([0xF2], [0xFA, 0xAB, 0x41]),
            ([0xEE], [0xEE]), ([0xF4], [0xFA]), ([0xF5], [0xFA]), ([0x00], [0xFE]), ([0xED, 0x07], [0xFA, 0xFA]),
            ([0x160, 0x01, 0xF0, 0x00], [0xFA, 0xFA, 0x02]), ([0xF3, 0x20], [0xFA, 0xFA]),
            ([0xF0, 0x04], [0xFA, 0xFE]),
        ] as [([Int], [UInt8])])
    func commands(written: [Int], read: [UInt8]) {
        var controller = KeyboardController()
        var bytes: [UInt8] = []
        for value in written {
            if value >= 0x100 {
                controller.writeCommand(UInt8(value & 0xFF))
            } else {
                controller.writeData(UInt8(value))
            }
            if value < 0x100 || value == written.last { bytes += drain(&controller) }
        }
        #expect(bytes == read)
        #expect(controller.takeReset() == false)
    }

    /// Bytes of set 2 and what port 60h gives with translation.
    @Test(
        arguments: [
            ([0x1C], [0x1E]), ([0xF0, 0x1C], [0x9E]), ([0xE0, 0x75], [0xE0, 0x48]),
            ([0xE0, 0xF0, 0x75], [0xE0, 0xC8]),
            ([0x76], [0x01]), ([0x83], [0x41]), ([0xF0, 0x83], [0xC1]), ([0x5A, 0xF0, 0x5A], [0x1C, 0x9C]),
        ] as [([UInt8], [UInt8])])
    func translation(codes: [UInt8], read: [UInt8]) {
        var controller = KeyboardController()
        for code in codes { controller.press(code) }
        #expect(controller.interruptRequested)
        #expect(drain(&controller) == read)
        controller.writeCommand(0x60)
        controller.writeData(0x01)
        for code in codes { controller.press(code) }
        #expect(drain(&controller) == codes)
        #expect(!controller.interruptRequested)
    }

    @Test func everyCodeOfSet1ComesBack() {
        for code in 1...0x58 as ClosedRange<UInt8> {
            let make = ScanCodes.secondSet(of: code)
            #expect(make.map(ScanCodes.firstSet) == [code])
            #expect(ScanCodes.secondSet(of: code, released: true) == [0xF0] + make)
        }
    }

    @Test func statusBits() {
        var controller = KeyboardController()
        #expect(controller.status == 0x14)
        controller.writeCommand(0xAE)
        #expect(controller.status == 0x1C, "the last write was a command")
        controller.press(0x1C)
        #expect(controller.status == 0x1D)
        _ = controller.readData()
        controller.writeCommand(0xD4)
        controller.writeData(0xFF)
        #expect(controller.status == 0x75, "nothing answers on the auxiliary port")
        #expect(!controller.interruptRequested)
    }

    @Test func aDisabledKeyboardWaits() {
        var controller = KeyboardController()
        controller.writeCommand(0xAD)
        controller.press(0x1C)
        #expect(controller.status & 1 == 0)
        controller.writeCommand(0xAE)
        #expect(controller.readData() == 0x1E)
    }

    @Test func keysAreLostWhileScanningIsOffAndWhenTheBufferIsFull() {
        var controller = KeyboardController()
        controller.writeData(0xF5)
        _ = controller.readData()
        controller.press(0x1C)
        #expect(controller.status & 1 == 0)
        controller.writeData(0xF4)
        _ = controller.readData()
        for _ in 0..<30 { controller.press(0x1C) }
        let bytes = drain(&controller)
        #expect(bytes.count == 18, "one in the controller, sixteen in the keyboard, then overrun")
        #expect(bytes.last == 0xFF, "00h of set 2 is FFh of set 1")
    }

    /// Writes that reset the processor, and some that do not.
    @Test(
        arguments: [
            ([0x1FE], true), ([0x1F0], true), ([0x1FF], false), ([0x1FD], false), ([0x1D1, 0x02], true),
            ([0x1D1, 0x03], false),
        ] as [([Int], Bool)])
    func reset(written: [Int], expected: Bool) {
        var controller = KeyboardController()
        for value in written {
            if value >= 0x100 {
                controller.writeCommand(UInt8(value & 0xFF))
            } else {
                controller.writeData(UInt8(value))
            }
        }
        #expect(controller.takeReset() == expected)
        #expect(controller.takeReset() == false)
    }
}
