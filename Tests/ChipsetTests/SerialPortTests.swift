import Chipset
import Testing

/// The registers of a 16550.
struct SerialPortTests {
    @Test func polledOutput() {
        var port = SerialPort()
        var sent: [UInt8] = []
        for byte in Array("ok".utf8) {
            #expect(port.read(5) & 0x60 == 0x60)
            if let byte = port.write(0, byte) { sent.append(byte) }
        }
        #expect(sent == Array("ok".utf8))
    }

    /// Register and the bits of it that can be written and read back.
    @Test(arguments: [(UInt16(1), UInt8(0x0F)), (3, 0x7F), (4, 0x1F), (7, 0xFF)] as [(UInt16, UInt8)])
    func readBack(register: UInt16, bits: UInt8) {
        var port = SerialPort()
        #expect(port.write(register, register == 3 ? 0x7F : 0xFF) == nil)
        #expect(port.read(register) == bits)
        _ = port.write(register, 0)
        #expect(port.read(register) == 0)
    }

    @Test func divisorLatchHidesDataAndEnables() {
        var port = SerialPort()
        _ = port.write(1, 0x05)
        _ = port.write(3, 0x83)
        #expect(port.write(0, 0x01) == nil, "nothing is sent")
        _ = port.write(1, 0x02)
        #expect(port.divisor == 0x0201)
        #expect([port.read(0), port.read(1)] == [0x01, 0x02])
        _ = port.write(3, 0x03)
        #expect(port.read(1) == 0x05)
    }

    @Test func fifoEnableShowsInIdentification() {
        var port = SerialPort()
        #expect(port.read(2) == 0x01)
        _ = port.write(2, 0x01)
        #expect(port.read(2) == 0xC1)
    }

    @Test func loopbackReceivesWhatIsSent() {
        var port = SerialPort()
        _ = port.write(4, 0x1E)
        #expect(port.write(0, 0xAE) == nil)
        #expect(port.read(5) & 1 == 1)
        #expect(port.read(0) == 0xAE)
        #expect(port.read(5) & 1 == 0)
    }

    /// MCR in loopback and the modem lines of MSR.
    @Test(
        arguments: [(UInt8(0x11), UInt8(0x20)), (0x12, 0x10), (0x14, 0x40), (0x18, 0x80), (0x1F, 0xF0)]
            as [(UInt8, UInt8)])
    func loopbackModemLines(control: UInt8, lines: UInt8) {
        var port = SerialPort()
        _ = port.write(4, control)
        #expect(port.read(6) & 0xF0 == lines)
        #expect(port.read(6) & 0x0F == 0, "reading clears the delta bits")
    }

    @Test func transmitterInterruptIsClearedByReadingItsIdentification() {
        var port = SerialPort()
        _ = port.write(1, 0x02)
        #expect(!port.interruptRequested, "OUT2 is off")
        _ = port.write(4, 0x08)
        #expect(port.interruptRequested)
        #expect(port.read(2) == 0x02)
        #expect(!port.interruptRequested)
        #expect(port.write(0, 65) == 65)
        #expect(port.interruptRequested)
    }

    @Test func receiverInterruptComesFirst() {
        var port = SerialPort()
        _ = port.write(4, 0x08)
        _ = port.write(1, 0x03)
        #expect(port.receive(7) == true)
        #expect(port.read(2) == 0x04)
        #expect(port.read(0) == 7)
        #expect(port.read(2) == 0x02)
    }

    /// FIFO control register and the bytes that fit.
    @Test(arguments: [(UInt8(0x00), 1), (0x01, 16), (0xC1, 16)] as [(UInt8, Int)])
    func overrunIsReportedOnce(control: UInt8, capacity: Int) {
        var port = SerialPort()
        _ = port.write(2, control)
        for byte in 0..<capacity { #expect(port.receive(UInt8(byte)) == true) }
        #expect(port.receive(0x55) == false)
        #expect(port.read(5) & 3 == 3)
        #expect(port.read(5) & 2 == 0)
        let kept = (0..<capacity).map { _ in port.read(0) }
        #expect(kept == (capacity == 1 ? [0x55] : Array(0..<16)), "without the FIFO the last byte stays")
        #expect(port.read(5) & 1 == 0)
    }

    /// FIFO control register, bytes in the FIFO and the interrupt's identification.
    @Test(
        arguments: [
            (UInt8(0x01), 1, UInt8(0xC4)), (0x41, 3, 0xCC), (0x41, 4, 0xC4), (0x81, 7, 0xCC), (0x81, 8, 0xC4),
            (0xC1, 13, 0xCC), (0xC1, 14, 0xC4), (0xC1, 16, 0xC4), (0x00, 1, 0x04), (0xC1, 0, 0xC1),
        ] as [(UInt8, Int, UInt8)])
    func triggerLevels(control: UInt8, count: Int, identification: UInt8) {
        var port = SerialPort()
        _ = port.write(4, 0x08)
        _ = port.write(1, 0x01)
        _ = port.write(2, control)
        for _ in 0..<count { port.receive(1) }
        #expect(port.interruptRequested == (count > 0))
        #expect(port.read(2) == identification)
    }

    @Test(arguments: [UInt8(0x03), 0x00]) func theFIFOIsEmptiedByItsResetBitAndBySwitchingIt(control: UInt8) {
        var port = SerialPort()
        _ = port.write(2, 0x01)
        port.receive(1)
        _ = port.write(2, control)
        #expect(port.read(5) & 1 == 0)
    }
}
