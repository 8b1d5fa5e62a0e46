/// The two cascaded 8259As of a PC: sixteen request lines, the slave on line 2 of the master.
///
/// Ports 20h, 21h (master), A0h, A1h (slave), 4D0h, 4D1h (edge/level control; Intel 82371SB data sheet, "ELCR1",
/// "ELCR2").
public struct InterruptControllerPair: Sendable, Equatable {
    /// The result of one interrupt acknowledge cycle.
    public struct Acknowledgement: Sendable, Equatable {
        /// Vector the processor receives.
        public let vector: UInt8
        /// Request line 0...15; 7 or 15 when spurious.
        public let line: Int
        /// True for a default IR7: no in-service bit was set for the line.
        public let isSpurious: Bool
    }

    /// Lines 0...7.
    public private(set) var master = InterruptController(isMaster: true)
    /// Lines 8...15.
    public private(set) var slave = InterruptController(isMaster: false)

    /// Two controllers that were never initialized.
    public init() {}

    /// Initializes both as PC firmware does: edge triggered, cascade on line 2, every line masked.
    public mutating func initialize(masterBase: UInt8, slaveBase: UInt8) {
        let words: [(port: UInt16, value: UInt8)] = [
            (0x20, 0x11), (0x21, masterBase), (0x21, 0x04), (0x21, 0x01), (0x21, 0xFF),
            (0xA0, 0x11), (0xA1, slaveBase), (0xA1, 0x02), (0xA1, 0x01), (0xA1, 0xFF),
        ]
        for word in words { write(word.port, word.value) }
    }

    /// The INTR output of the master.
    public var interruptRequested: Bool { master.interruptRequested }

    /// Line 0...15 that an acknowledge cycle would serve now, or nil.
    public var pendingLine: Int? {
        guard let line = master.pendingLine else { return nil }
        guard hasSlave(line) else { return Int(line) }
        return 8 + Int(slave.pendingLine ?? 7)
    }

    /// Level of request line 0...15.
    public func line(_ line: Int) -> Bool {
        let lines = line < 8 ? master.lines : slave.lines
        return lines & (1 << UInt8(line & 7)) != 0
    }

    /// Drives request line 0...15; line 2 is the cascade and is ignored.
    public mutating func setLine(_ line: Int, _ high: Bool) {
        switch line {
        case 0, 1, 3...7: master.setLine(line, high)
        case 8...15:
            slave.setLine(line - 8, high)
            propagate()
        default: break
        }
    }

    /// True if a new request on `line` would raise INTR, with the masks and in-service bits as they are.
    public func wouldInterrupt(_ line: Int) -> Bool {
        var trial = self
        trial.setLine(line, false)
        trial.setLine(line, true)
        return trial.interruptRequested
    }

    /// The acknowledge cycle of the processor.
    public mutating func acknowledge() -> Acknowledgement {
        guard let line = master.acknowledge() else {
            return Acknowledgement(vector: master.vectorBase | 7, line: 7, isSpurious: true)
        }
        guard hasSlave(line) else {
            return Acknowledgement(vector: master.vectorBase | line, line: Int(line), isSpurious: false)
        }
        let own = slave.acknowledge()
        // The slave drops INT during the cycle; a request that is still pending gives the master a new edge.
        master.setLine(2, false)
        propagate()
        let served = own ?? 7
        return Acknowledgement(vector: slave.vectorBase | served, line: 8 + Int(served), isSpurious: own == nil)
    }

    /// Reads one of the six ports; all ones for another.
    public mutating func read(_ port: UInt16) -> UInt8 {
        defer { propagate() }
        switch port {
        case 0x20, 0x21: return master.read(port)
        case 0xA0, 0xA1: return slave.read(port)
        case 0x4D0: return master.levelTriggered
        case 0x4D1: return slave.levelTriggered
        default: return 0xFF
        }
    }

    /// Writes one of the six ports; lines 0, 1, 2, 8 and 13 cannot be made level triggered.
    public mutating func write(_ port: UInt16, _ value: UInt8) {
        switch port {
        case 0x20, 0x21: master.write(port, value)
        case 0xA0, 0xA1: slave.write(port, value)
        case 0x4D0: master.levelTriggered = value & 0xF8
        case 0x4D1: slave.levelTriggered = value & 0xDE
        default: return
        }
        propagate()
    }

    private func hasSlave(_ line: UInt8) -> Bool { line == 2 && master.cascade & 4 != 0 }

    private mutating func propagate() {
        master.setLine(2, slave.interruptRequested)
    }
}
