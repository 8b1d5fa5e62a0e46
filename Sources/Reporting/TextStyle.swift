/// Emphasis in text for people: colour on a terminal, none elsewhere.
public struct TextStyle: Sendable {
    /// Whether escape sequences are written.
    public let usesColour: Bool

    /// A style with or without colour.
    public init(usesColour: Bool) { self.usesColour = usesColour }

    enum Role: String {
        case good = "32"
        case bad = "31"
        case doubtful = "33"
        case faint = "2"
        case strong = "1"
    }

    func paint(_ text: String, _ role: Role) -> String {
        usesColour ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// Columns of plain text.
func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

func paddedLeft(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

/// Text with every line moved to the right.
func indented(_ text: String, _ width: Int) -> String {
    let margin = String(repeating: " ", count: width)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { margin + $0 }.joined(separator: "\n")
}

/// Points without a fraction when there is none, else with two digits.
func pointsText(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    guard hundredths % 100 != 0 else { return String(hundredths / 100) }
    return "\(hundredths / 100)." + paddedLeft(String(hundredths % 100), 2).replacing(" ", with: "0")
}
