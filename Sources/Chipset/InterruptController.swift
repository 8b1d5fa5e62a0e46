/// One 8259A programmable interrupt controller (Intel 8259A data sheet, order number 231468).
///
/// A pure state machine: inputs are the eight request lines and register accesses, the output is `interruptRequested`.
/// The 8080/8085 CALL sequence (ICW4 bit 0 clear) is not modelled: a vector is always given as in 8086 mode.
public struct InterruptController: Sendable, Equatable {
    /// Levels of the request lines, bit n is IRn.
    public private(set) var lines: UInt8 = 0
    /// Interrupt mask register: a set bit inhibits the line (data sheet, "OCW1").
    public private(set) var mask: UInt8 = 0xFF
    /// In-service register.
    public private(set) var inService: UInt8 = 0
    /// Vector of IR0; the low three bits are clear (ICW2, T7-T3).
    public private(set) var vectorBase: UInt8 = 0
    /// ICW3: on a master the lines that have a slave, on a slave its identity.
    public private(set) var cascade: UInt8 = 0
    /// True after ICW1 and all the words it announced.
    public private(set) var isInitialized = false
    /// Line of lowest priority, 0...7; 7 gives the order IR0 (highest) to IR7.
    public private(set) var lowestPriority: UInt8 = 7
    /// Special mask mode (OCW3).
    public private(set) var isSpecialMask = false
    /// Special fully nested mode (ICW4).
    public private(set) var isSpecialFullyNested = false
    /// Automatic end of interrupt (ICW4).
    public private(set) var isAutomaticEOI = false
    /// Rotation of priority at each automatic end of interrupt (OCW2).
    public private(set) var rotatesOnAutomaticEOI = false
    /// Edge/level control register: a set bit makes the line level triggered (Intel 82371SB data sheet, "ELCR").
    public var levelTriggered: UInt8 = 0

    private let isMaster: Bool
    private var latched: UInt8 = 0
    private var allLevelTriggered = false
    private var isSingle = false
    private var needsICW4 = false
    private var readsInService = false
    private var pollPending = false
    private var expected = Expected.nothing

    private enum Expected: UInt8, Sendable { case nothing, icw2, icw3, icw4 }

    /// A controller that was never initialized: it requests nothing until ICW1 to ICW4 were written.
    public init(isMaster: Bool) {
        self.isMaster = isMaster
    }

    /// Interrupt request register: latched edges, and the levels of level-triggered lines.
    public var requests: UInt8 {
        let level = allLevelTriggered ? 0xFF : levelTriggered
        return (latched & ~level) | (lines & level)
    }

    /// The INT output.
    public var interruptRequested: Bool { pendingLine != nil }

    /// The line that the next acknowledge cycle would serve, or nil.
    public var pendingLine: UInt8? {
        let candidates = requests & ~mask
        guard candidates != 0, isInitialized else { return nil }
        let line = highestPriority(of: candidates)
        // Special mask mode: a masked line in service inhibits nothing (data sheet, "Special Mask Mode").
        let serving = isSpecialMask ? inService & ~mask : inService
        guard serving != 0 else { return line }
        let current = highestPriority(of: serving)
        if rank(line) < rank(current) { return line }
        // Special fully nested mode: a slave may interrupt its own service (data sheet, "Special Fully Nested Mode").
        let nests = isSpecialFullyNested && isMaster && cascade & (1 << line) != 0
        return nests && line == current ? line : nil
    }

    /// Drives request line `line` (0...7) to a level.
    ///
    /// An edge-triggered request is forgotten when its line falls before it is acknowledged
    /// (data sheet, "Edge and Level Triggered Modes"), which is where the default IR7 comes from.
    public mutating func setLine(_ line: Int, _ high: Bool) {
        let bit = UInt8(1) << UInt8(line & 7)
        if high {
            if lines & bit == 0 { latched |= bit }
            lines |= bit
        } else {
            lines &= ~bit
            latched &= ~bit
        }
    }

    /// The acknowledge sequence: the line now in service, or nil for the default IR7 (spurious, no ISR bit).
    public mutating func acknowledge() -> UInt8? {
        guard let line = pendingLine else { return nil }
        let bit = UInt8(1) << line
        latched &= ~bit
        if isAutomaticEOI {
            if rotatesOnAutomaticEOI { lowestPriority = line }
        } else {
            inService |= bit
        }
        return line
    }

    /// Reads the register at A0 = `offset & 1`: IRR, ISR or the poll word at 0, the mask at 1.
    public mutating func read(_ offset: UInt16) -> UInt8 {
        if pollPending {
            pollPending = false
            return acknowledge().map { 0x80 | $0 } ?? 0x07
        }
        if offset & 1 != 0 { return mask }
        return readsInService ? inService : requests
    }

    /// What `read` would return, without the acknowledge of a poll.
    public func peek(_ offset: UInt16) -> UInt8 {
        if offset & 1 != 0 { return mask }
        return readsInService ? inService : requests
    }

    /// Writes the register at A0 = `offset & 1`: ICW1, OCW2 and OCW3 at 0, ICW2 to ICW4 and OCW1 at 1.
    public mutating func write(_ offset: UInt16, _ value: UInt8) {
        if offset & 1 != 0 {
            writeData(value)
        } else if value & 0x10 != 0 {
            beginInitialization(value)
        } else if value & 0x08 != 0 {
            writeOCW3(value)
        } else {
            writeOCW2(value)
        }
    }

    /// Initialization command word 1 (data sheet, "Initialization Command Words", items a to f).
    private mutating func beginInitialization(_ value: UInt8) {
        latched = 0
        mask = 0
        inService = 0
        lowestPriority = 7
        isSpecialMask = false
        readsInService = false
        pollPending = false
        isAutomaticEOI = false
        isSpecialFullyNested = false
        rotatesOnAutomaticEOI = false
        isInitialized = false
        allLevelTriggered = value & 0x08 != 0
        isSingle = value & 0x02 != 0
        needsICW4 = value & 0x01 != 0
        expected = .icw2
    }

    private mutating func writeData(_ value: UInt8) {
        switch expected {
        case .nothing:
            mask = value
            return
        case .icw2:
            vectorBase = value & 0xF8
            expected = isSingle ? afterICW3 : .icw3
        case .icw3:
            cascade = value
            expected = afterICW3
        case .icw4:
            isAutomaticEOI = value & 0x02 != 0
            isSpecialFullyNested = value & 0x10 != 0
            expected = .nothing
        }
        if expected == .nothing { isInitialized = true }
    }

    private var afterICW3: Expected { needsICW4 ? .icw4 : .nothing }

    /// Operation command word 2: end of interrupt and rotation (data sheet, "OCW2").
    private mutating func writeOCW2(_ value: UInt8) {
        let line = value & 7
        switch value >> 5 {
        case 0b000: rotatesOnAutomaticEOI = false
        case 0b001: endHighest(rotate: false)
        case 0b011: inService &= ~(1 << line)
        case 0b100: rotatesOnAutomaticEOI = true
        case 0b101: endHighest(rotate: true)
        case 0b110: lowestPriority = line
        case 0b111:
            inService &= ~(1 << line)
            lowestPriority = line
        default: break  // 0b010: no operation
        }
    }

    /// Non-specific end of interrupt; in special mask mode a masked bit stays (data sheet, "End of Interrupt").
    private mutating func endHighest(rotate: Bool) {
        let serving = isSpecialMask ? inService & ~mask : inService
        guard serving != 0 else { return }
        let line = highestPriority(of: serving)
        inService &= ~(1 << line)
        if rotate { lowestPriority = line }
    }

    /// Operation command word 3: special mask, poll, register to read (data sheet, "OCW3").
    private mutating func writeOCW3(_ value: UInt8) {
        if value & 0x40 != 0 { isSpecialMask = value & 0x20 != 0 }
        if value & 0x04 != 0 {
            pollPending = true
        } else if value & 0x02 != 0 {
            readsInService = value & 0x01 != 0
        }
    }

    private func rank(_ line: UInt8) -> UInt8 { (line &- lowestPriority &- 1) & 7 }

    private func highestPriority(of bits: UInt8) -> UInt8 {
        let first = (lowestPriority &+ 1) & 7
        let rotated = (bits >> first) | (bits << ((8 &- first) & 7))
        return (UInt8(truncatingIfNeeded: rotated.trailingZeroBitCount) &+ first) & 7
    }
}
