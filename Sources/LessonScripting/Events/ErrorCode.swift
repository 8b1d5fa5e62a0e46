/// An error code as the processor pushes it, in words.
public struct ErrorCode: Sendable, Hashable {
    /// The pushed value.
    public let value: UInt32
    /// True for #PF, whose bits have another meaning (SDM Vol. 3A 4.7 "Page-Fault Exceptions").
    public let isPageFault: Bool

    /// The code of a vector.
    public init(_ value: UInt32, vector: UInt8) {
        self.value = value
        isPageFault = vector == 14
    }

    /// "present, write, user", or "GDT selector 0x0058, external" (SDM Vol. 3A 6.13 "Error Code").
    public var words: String {
        guard isPageFault else { return selectorWords }
        var parts = [
            value & 1 != 0 ? "present" : "not present", value & 2 != 0 ? "write" : "read",
            value & 4 != 0 ? "user" : "supervisor",
        ]
        if value & 8 != 0 { parts.append("reserved bit set") }
        if value & 16 != 0 { parts.append("instruction fetch") }
        return parts.joined(separator: ", ")
    }

    private var selectorWords: String {
        if value == 0 { return "no selector" }
        let table =
            value & 2 != 0
            ? "IDT vector \(index)" : "\(value & 4 != 0 ? "LDT" : "GDT") selector \(hex(value & 0xFFF8, 4))"
        return value & 1 != 0 ? table + ", external event" : table
    }

    /// Index in the table, for a selector error code.
    public var index: UInt32 { (value & 0xFFFF) >> 3 }

    /// "0x7 (present, write, user)".
    public var description: String { "\(hex(value)) (\(words))" }
}

/// Hexadecimal with a prefix, upper-case digits, at least `digits` of them.
public func hex(_ value: some BinaryInteger, _ digits: Int = 1) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}
