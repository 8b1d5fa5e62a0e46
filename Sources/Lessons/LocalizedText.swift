/// A language of lesson texts.
public enum Language: String, Codable, Sendable, CaseIterable {
    case en
    case zh
}

/// A title, hint or message: English, and Chinese where there is a translation.
public struct LocalizedText: Codable, Sendable, Hashable, ExpressibleByStringLiteral {
    /// The English text.
    public var en: String
    /// The Chinese text.
    public var zh: String?

    /// A text.
    public init(en: String, zh: String? = nil) {
        self.en = en
        self.zh = zh
    }

    /// An English text.
    public init(stringLiteral value: String) { self.init(en: value) }

    /// The text in a language, in English when it is not translated.
    public func text(_ language: Language) -> String {
        language == .zh ? zh ?? en : en
    }
}
