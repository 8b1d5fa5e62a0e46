/// One assembly source held in memory.
public struct SourceFile: Hashable, Sendable, Codable {
    /// What messages, line tables and `%include "name"` use: a relative path such as "kernel/trap02.asm".
    public var name: String
    /// The bytes.
    public var contents: [UInt8]

    /// A source from bytes.
    public init(name: String, contents: [UInt8]) {
        self.name = name
        self.contents = contents
    }

    /// A source from text.
    public init(name: String, text: String) {
        self.init(name: name, contents: Array(text.utf8))
    }

    /// A relative path of letters, digits, `_`, `-`, `+` and `.`, no part of which starts with a dot or a dash.
    public static func isValidName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.count <= 200
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
                    return false
                }
                return part.utf8.allSatisfy(isNameByte)
            }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-+.".utf8.contains(byte)
        }
    }
}
