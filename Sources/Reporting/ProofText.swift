import Grading

/// A lesson's proof as text for its author.
public struct ProofText {
    private let style: TextStyle

    /// Text in a style.
    public init(style: TextStyle) { self.style = style }

    /// One line for each statement; ends with a newline.
    public func text(_ proof: LessonProof) -> String {
        var lines = [style.paint(proof.lesson, .strong)]
        for step in proof.steps {
            let word = step.failure == nil ? style.paint("holds ", .good) : style.paint("BROKEN", .bad)
            lines.append("  \(word) \(step.subject): \(step.statement)")
            if let failure = step.failure { lines.append(indented(failure, 9)) }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
