/// An 8042 keyboard controller with a keyboard behind it and nothing on its auxiliary port
/// (IBM Personal System/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller").
///
/// Ports 60h and 64h. A byte is there as soon as it can be: nothing waits for the keyboard's clock.
public struct KeyboardController: Sendable, Equatable {
    /// Command byte: bit 0 interrupt, 2 system flag, 4 keyboard disabled, 6 translation.
    public private(set) var commandByte: UInt8 = 0x65
    /// Output port: bit 0 not reset, 1 A20, 4 output buffer full.
    public var outputPort: UInt8 { 0xC3 | (isFull ? 0x10 : 0) }
    /// The keyboard.
    public private(set) var keyboard = Keyboard()

    private var output: UInt8 = 0
    private var isFull = false
    private var isAuxiliary = false
    private var isTimeout = false
    private var afterCommand = false
    private var pendingCommand: UInt8?
    private var breaks = false  // F0h was taken for translation: the next code is a release
    private var resetAsked = false
    private var memory: UInt32 = 0  // the few bytes of controller RAM that are kept

    /// A controller that passed its self test, with translation and the interrupt on, as firmware leaves it.
    public init() {}

    /// Request line 1.
    public var interruptRequested: Bool { isFull && !isAuxiliary && commandByte & 1 != 0 }

    /// Status register without side effects (port 64h).
    public var status: UInt8 {
        (isFull ? 1 : 0) | commandByte & 4 | (afterCommand ? 8 : 0) | 0x10 | (isFull && isAuxiliary ? 0x20 : 0)
            | (isFull && isTimeout ? 0x40 : 0)
    }

    /// True once after the guest asked for a processor reset.
    public mutating func takeReset() -> Bool {
        defer { resetAsked = false }
        return resetAsked
    }

    /// A byte that the keyboard sends: codes of its present scan code set. Lost if scanning is off or it is full.
    public mutating func press(_ code: UInt8) {
        keyboard.press(code)
        refill()
    }

    /// Reads port 60h; the next byte follows at once.
    public mutating func readData() -> UInt8 {
        isFull = false
        isAuxiliary = false
        isTimeout = false
        let value = output
        refill()
        return value
    }

    /// Writes port 60h: the argument of a command, or a byte for the keyboard.
    public mutating func writeData(_ value: UInt8) {
        afterCommand = false
        guard let command = pendingCommand else {
            commandByte &= ~0x10  // a byte for the keyboard enables its clock
            keyboard.take(value)
            return refill()
        }
        pendingCommand = nil
        switch command {
        case 0x60: commandByte = value & 0x7F
        case 0x61...0x63: memory = memory & ~(0xFF << shift(command)) | UInt32(value) << shift(command)
        case 0xD1: if value & 1 == 0 { resetAsked = true }
        case 0xD2: answer(value)
        case 0xD3: answer(value, auxiliary: true)
        case 0xD4: answer(0xFE, auxiliary: true, timeout: true)
        default: break
        }
        refill()
    }

    /// Writes port 64h: a command to the controller.
    public mutating func writeCommand(_ value: UInt8) {
        afterCommand = true
        pendingCommand = nil
        switch value {
        case 0x20: answer(commandByte)
        case 0x21...0x23: answer(UInt8(truncatingIfNeeded: memory >> shift(value)))
        case 0x60...0x63, 0xD1, 0xD2, 0xD3, 0xD4: pendingCommand = value
        case 0xA7: commandByte |= 0x20
        case 0xA8: commandByte &= ~0x20
        case 0xA9, 0xAB: answer(0x00)
        case 0xAA:
            commandByte = commandByte & ~0x30 | 0x34
            answer(0x55)
        case 0xAD: commandByte |= 0x10
        case 0xAE: commandByte &= ~0x10
        case 0xC0: answer(0xA0)  // keyboard not locked
        case 0xD0: answer(outputPort)
        case 0xF0...0xFF: if value & 1 == 0 { resetAsked = true }  // pulses low the output bits that are 0
        default: break
        }
        refill()
    }

    private func shift(_ command: UInt8) -> UInt32 { UInt32(command & 3) * 8 }

    private mutating func answer(_ value: UInt8, auxiliary: Bool = false, timeout: Bool = false) {
        output = value
        isFull = true
        isAuxiliary = auxiliary
        isTimeout = timeout
    }

    /// Takes the keyboard's next byte into the output buffer, translated from set 2 to set 1 if bit 6 says so.
    private mutating func refill() {
        while !isFull, commandByte & 0x10 == 0, let code = keyboard.next() {
            guard commandByte & 0x40 != 0 else { return answer(code) }
            if code == 0xF0 {
                breaks = true
                continue
            }
            let translated = ScanCodes.firstSet(of: code)
            answer(breaks && translated < 0x80 ? translated | 0x80 : translated)
            breaks = false
        }
    }
}
