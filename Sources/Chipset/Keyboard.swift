/// An enhanced keyboard on its serial line (IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and
/// 102-Key)").
public struct Keyboard: Sendable, Equatable {
    /// Scanning is enabled: keys are sent.
    public private(set) var isEnabled = true
    /// Scan code set 1...3.
    public private(set) var scanCodeSet: UInt8 = 2
    /// Indicators: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock.
    public private(set) var indicators: UInt8 = 0

    private var queue: [UInt8] = []
    private var pendingCommand: UInt8?
    private var lastSent: UInt8 = 0

    private static let acknowledge: UInt8 = 0xFA
    private static let resend: UInt8 = 0xFE
    private static let capacity = 16

    /// A keyboard that passed its test.
    public init() {}

    /// Bytes that wait to be sent.
    public var waiting: Int { queue.count }

    /// A key's code; a full buffer ends with 00h, overrun.
    public mutating func press(_ code: UInt8) {
        guard isEnabled, queue.count <= Keyboard.capacity else { return }
        queue.append(queue.count == Keyboard.capacity ? 0x00 : code)
    }

    /// The next byte that it sends, if any.
    public mutating func next() -> UInt8? {
        guard !queue.isEmpty else { return nil }
        lastSent = queue.removeFirst()
        return lastSent
    }

    /// Takes a byte from the system: a command or the argument of the last one.
    public mutating func take(_ value: UInt8) {
        if let command = pendingCommand, value < 0xED {
            pendingCommand = nil
            return takeArgument(command, value)
        }
        pendingCommand = nil
        switch value {
        case 0xED, 0xF0, 0xF3:
            pendingCommand = value
            queue = [Keyboard.acknowledge]
        case 0xEE: queue.append(0xEE)
        case 0xF2: queue = [Keyboard.acknowledge, 0xAB, 0x83]
        case 0xF4: clear(enabled: true)
        case 0xF5: setDefaults(enabled: false)
        case 0xF6: setDefaults(enabled: true)
        case 0xF7...0xFD: queue.append(Keyboard.acknowledge)  // key types of set 3: kept for nothing
        case 0xFE: queue.insert(lastSent, at: 0)
        case 0xFF:
            setDefaults(enabled: true)
            indicators = 0
            queue.append(0xAA)
        default: queue.append(Keyboard.resend)
        }
    }

    private mutating func takeArgument(_ command: UInt8, _ value: UInt8) {
        switch command {
        case 0xED: indicators = value & 7
        case 0xF0:
            guard value <= 3 else { return queue.append(Keyboard.resend) }
            if value == 0 { return queue += [Keyboard.acknowledge, scanCodeSet] }
            scanCodeSet = value
        default: break  // typematic rate: keys do not repeat by themselves
        }
        queue.append(Keyboard.acknowledge)
    }

    private mutating func setDefaults(enabled: Bool) {
        scanCodeSet = 2
        clear(enabled: enabled)
    }

    private mutating func clear(enabled: Bool) {
        isEnabled = enabled
        queue = [Keyboard.acknowledge]
    }
}
