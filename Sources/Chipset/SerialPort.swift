/// A 16550 UART with output at once and input from the machine (National PC16550D data sheet).
///
/// A byte written is sent at once, so the transmitter is always empty. The modem lines say that a peer is ready. Bytes
/// below the receiver's trigger level are reported as a character timeout without waiting for four characters' time.
public struct SerialPort: Sendable, Equatable {
    /// Interrupt enable register, bits 0...3.
    public private(set) var interruptEnable: UInt8 = 0
    /// Line control register; bit 7 selects the divisor latch.
    public private(set) var lineControl: UInt8 = 0
    /// Modem control register, bits 0...4.
    public private(set) var modemControl: UInt8 = 0
    /// Divisor latch; the rate is 115200 / divisor.
    public private(set) var divisor: UInt16 = 12

    private var scratch: UInt8 = 0
    private var fifoEnabled = false
    private var triggerLevel = 1
    private var received = ReceiveQueue()
    private var overrun = false
    private var transmitterInterrupt = false
    private var modemDelta: UInt8 = 0

    /// A port after reset.
    public init() {}

    /// The request line: an enabled interrupt is pending and OUT2 connects it (PC convention).
    public var interruptRequested: Bool { modemControl & 0x18 == 0x08 && identification & 1 == 0 }

    /// Line status: bit 0 data ready, 1 overrun, 5 and 6 transmitter empty.
    public var lineStatus: UInt8 { 0x60 | (overrun ? 2 : 0) | (received.count > 0 ? 1 : 0) }

    /// Puts a byte from outside in the receiver; false (and an overrun) if there is no room.
    @discardableResult
    public mutating func receive(_ byte: UInt8) -> Bool {
        guard received.count < (fifoEnabled ? ReceiveQueue.capacity : 1) else {
            overrun = true
            // Without the FIFO the new byte replaces the old one (data sheet, "LSR", bit 1).
            if !fifoEnabled {
                received.removeAll()
                received.append(byte)
            }
            return false
        }
        received.append(byte)
        return true
    }

    /// Reads register 0...7.
    public mutating func read(_ offset: UInt16) -> UInt8 {
        let latch = lineControl & 0x80 != 0
        switch offset & 7 {
        case 0: return latch ? UInt8(divisor & 0xFF) : received.take()
        case 1: return latch ? UInt8(divisor >> 8) : interruptEnable
        case 2:
            let value = identification
            if value & 0x0F == 0x02 { transmitterInterrupt = false }
            return value | (fifoEnabled ? 0xC0 : 0)
        case 3: return lineControl
        case 4: return modemControl
        case 5:
            defer { overrun = false }
            return lineStatus
        case 6:
            defer { modemDelta = 0 }
            return modemLines << 4 | modemDelta
        default: return scratch
        }
    }

    /// Writes register 0...7; returns the byte sent, if any.
    public mutating func write(_ offset: UInt16, _ value: UInt8) -> UInt8? {
        let latch = lineControl & 0x80 != 0
        switch offset & 7 {
        case 0:
            if latch {
                divisor = divisor & 0xFF00 | UInt16(value)
                return nil
            }
            return transmit(value)
        case 1:
            if latch {
                divisor = divisor & 0x00FF | UInt16(value) << 8
            } else {
                // Enabling the transmitter interrupt while the transmitter is empty requests it (data sheet, "IER").
                if value & 2 != 0 && interruptEnable & 2 == 0 { transmitterInterrupt = true }
                interruptEnable = value & 0x0F
            }
        case 2: writeFIFOControl(value)
        case 3: lineControl = value
        case 4: writeModemControl(value)
        case 7: scratch = value
        default: break
        }
        return nil
    }

    /// Interrupt identification without the FIFO bits, in the order of the data sheet's priority table.
    private var identification: UInt8 {
        if overrun && interruptEnable & 4 != 0 { return 0x06 }
        if received.count > 0 && interruptEnable & 1 != 0 {
            return fifoEnabled && received.count < triggerLevel ? 0x0C : 0x04
        }
        if transmitterInterrupt && interruptEnable & 2 != 0 { return 0x02 }
        if modemDelta != 0 && interruptEnable & 8 != 0 { return 0x00 }
        return 0x01
    }

    /// CTS, DSR, RI, DCD in bits 0...3: the peer's lines, in loopback RTS, DTR, OUT1, OUT2.
    private var modemLines: UInt8 {
        guard modemControl & 0x10 != 0 else { return 0x0B }
        let rts = modemControl >> 1 & 1
        let dtr = modemControl & 1
        return rts | dtr << 1 | modemControl & 0x0C
    }

    private mutating func transmit(_ byte: UInt8) -> UInt8? {
        transmitterInterrupt = true
        guard modemControl & 0x10 != 0 else { return byte }
        receive(byte)
        return nil
    }

    private mutating func writeFIFOControl(_ value: UInt8) {
        let enabled = value & 1 != 0
        // A change of bit 0 empties the FIFOs (data sheet, "FCR").
        if value & 2 != 0 || enabled != fifoEnabled { received.removeAll() }
        fifoEnabled = enabled
        let level: UInt8 = enabled ? value >> 6 : 0
        triggerLevel = [1, 4, 8, 14][Int(level)]
    }

    private mutating func writeModemControl(_ value: UInt8) {
        let before = modemLines
        modemControl = value & 0x1F
        let changed = before ^ modemLines
        // RI sets its delta bit only on its trailing edge (data sheet, "MSR").
        modemDelta |= changed & 0x0B | (changed & before & 0x04)
    }
}
