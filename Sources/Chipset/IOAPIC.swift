/// An I/O APIC with 24 inputs (Intel 82093AA data sheet, order number 290566).
///
/// Inputs say "asserted": the polarity bit of an entry is kept but turns nothing round. Messages to send are collected
/// in `takeMessages`. The end of a level interrupt comes from the local APIC by `endOfInterrupt`.
public struct IOAPIC: Sendable, Equatable {
    /// Physical address of the two registers.
    public static let baseAddress: UInt64 = 0xFEC0_0000
    /// Number of inputs.
    public static let inputs = 24

    /// Identifier, 0...15 (register 0, bits 24 to 27).
    public private(set) var identifier: UInt8 = 0
    /// Register that the window shows (IOREGSEL).
    public private(set) var selected: UInt8 = 0
    /// Levels of the inputs, bit n is INTINn.
    public private(set) var lines: UInt32 = 0

    private var entries = InlineArray<24, RedirectionEntry>(repeating: .reset)
    private var outgoing: UInt32 = 0  // inputs whose message is to be sent

    /// The state after reset: every input masked.
    public init() {}

    /// Redirection table entry of input 0...23; another number gives the reset value.
    public func entry(_ input: Int) -> RedirectionEntry {
        (0..<IOAPIC.inputs).contains(input) ? entries[input] : .reset
    }

    /// True if input 0...23 may carry the output of the 8259s: an unmasked entry with delivery mode ExtINT.
    public func passesExternalInterrupts(_ input: Int) -> Bool {
        let entry = entry(input)
        return !entry.isMasked && entry.mode == .external
    }

    /// The vector that a new request on the input would send, nil if masked, not a vector, or waiting for an EOI.
    public func wouldSend(_ input: Int) -> UInt8? {
        let entry = entry(input)
        guard !entry.isMasked, !(entry.isLevelTriggered && entry.remoteIRR) else { return nil }
        return entry.mode == .fixed || entry.mode == .lowestPriority ? entry.vector : nil
    }

    /// Drives input 0...23. An edge on a masked input is lost (data sheet, "Interrupt Mask").
    public mutating func setLine(_ input: Int, _ high: Bool) {
        guard (0..<IOAPIC.inputs).contains(input) else { return }
        let bit = UInt32(1) << UInt32(input)
        let wasHigh = lines & bit != 0
        lines = high ? lines | bit : lines & ~bit
        guard high, !wasHigh else { return }
        if entries[input].isLevelTriggered {
            requestLevel(input)
        } else if !entries[input].isMasked && entries[input].mode != .external {
            outgoing |= bit
        }
    }

    /// The EOI message of a local APIC: ends level interrupts with this vector; one still asserted is sent again.
    public mutating func endOfInterrupt(_ vector: UInt8) {
        for input in 0..<IOAPIC.inputs {
            guard entries[input].isLevelTriggered, entries[input].vector == vector else { continue }
            entries[input].remoteIRR = false
            requestLevel(input)
        }
    }

    /// True if there is a message to send.
    public var hasMessages: Bool { outgoing != 0 }

    /// Takes the messages to send, the lowest input first. A level interrupt waits for its EOI from then on
    /// (data sheet, "Remote IRR").
    public mutating func takeMessages() -> [APICMessage] {
        var messages: [APICMessage] = []
        while outgoing != 0 {
            let input = outgoing.trailingZeroBitCount
            outgoing &= outgoing - 1
            let entry = entries[input]
            if entry.isLevelTriggered && (entry.mode == .fixed || entry.mode == .lowestPriority) {
                entries[input].remoteIRR = true
            }
            messages.append(entry.message)
        }
        return messages
    }

    /// Reads the doubleword at `offset`: IOREGSEL at 0, the window at 10h.
    public func read(_ offset: UInt32) -> UInt32 {
        switch offset {
        case 0x00: UInt32(selected)
        case 0x10: register(selected)
        default: 0
        }
    }

    /// Writes the doubleword at `offset`.
    public mutating func write(_ offset: UInt32, _ value: UInt32) {
        switch offset {
        case 0x00: selected = UInt8(value & 0xFF)
        case 0x10: setRegister(selected, value)
        default: break
        }
    }

    private func register(_ index: UInt8) -> UInt32 {
        switch index {
        case 0x00, 0x02: return UInt32(identifier) << 24  // the arbitration identifier follows the identifier
        case 0x01: return 0x0017_0011  // 24 entries, version 11h
        case 0x10...0x3F:
            let entry = entries[Int(index - 0x10) / 2].value
            return UInt32(truncatingIfNeeded: index & 1 != 0 ? entry >> 32 : entry)
        default: return 0
        }
    }

    private mutating func setRegister(_ index: UInt8, _ value: UInt32) {
        switch index {
        case 0x00: identifier = UInt8(value >> 24 & 0x0F)
        case 0x10...0x3F:
            let input = Int(index - 0x10) / 2
            if index & 1 != 0 {
                entries[input].setHigh(value)
            } else {
                entries[input].setLow(value)
                requestLevel(input)
            }
        default: break
        }
    }

    private mutating func requestLevel(_ input: Int) {
        let entry = entries[input]
        let bit = UInt32(1) << UInt32(input)
        guard entry.isLevelTriggered, lines & bit != 0, !entry.isMasked, !entry.remoteIRR, entry.mode != .external
        else { return }
        outgoing |= bit
    }

    /// True if both are in the same state.
    public static func == (left: IOAPIC, right: IOAPIC) -> Bool {
        for input in 0..<inputs where left.entries[input] != right.entries[input] { return false }
        return left.identifier == right.identifier && left.selected == right.selected && left.lines == right.lines
            && left.outgoing == right.outgoing
    }
}

/// One entry of the redirection table (82093AA data sheet, "I/O Redirection Table Registers").
public struct RedirectionEntry: Sendable, Equatable {
    /// All 64 bits.
    public private(set) var value: UInt64

    /// Masked, everything else 0.
    public static let reset = RedirectionEntry(value: 0x1_0000)

    private static let remoteIRRBit: UInt64 = 0x4000
    private static let readOnly: UInt64 = 0x5000  // remote IRR and delivery status

    /// Vector, bits 0 to 7.
    public var vector: UInt8 { UInt8(value & 0xFF) }
    /// Delivery mode, bits 8 to 10.
    public var mode: APICMessage.DeliveryMode { APICMessage.DeliveryMode(rawValue: UInt8(value >> 8 & 7)) ?? .fixed }
    /// Trigger mode, bit 15.
    public var isLevelTriggered: Bool { value & 0x8000 != 0 }
    /// Mask, bit 16.
    public var isMasked: Bool { value & 0x1_0000 != 0 }
    /// A level interrupt was accepted and its EOI has not come, bit 14.
    public internal(set) var remoteIRR: Bool {
        get { value & RedirectionEntry.remoteIRRBit != 0 }
        set { value = newValue ? value | RedirectionEntry.remoteIRRBit : value & ~RedirectionEntry.remoteIRRBit }
    }

    /// What the entry sends.
    var message: APICMessage {
        APICMessage(low: UInt32(value & 0x8FFF) | 0x4000, high: UInt32(value >> 32))
    }

    /// Writes bits 0 to 31. An entry made edge triggered waits for no EOI.
    mutating func setLow(_ low: UInt32) {
        let kept = value & (0xFFFF_FFFF_0000_0000 | RedirectionEntry.readOnly)
        value = kept | UInt64(low & 0x1_FFFF) & ~RedirectionEntry.readOnly
        if !isLevelTriggered { remoteIRR = false }
    }

    /// Writes bits 32 to 63: the destination.
    mutating func setHigh(_ high: UInt32) {
        value = value & 0xFFFF_FFFF | UInt64(high & 0xFF00_0000) << 32
    }
}
