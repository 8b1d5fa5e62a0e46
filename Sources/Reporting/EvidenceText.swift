/// The events that led to a failure, for people: what repeats is told once.
enum EvidenceText {
    /// Replaces a run of lines that differ only in their time ("@123 ") by the first of them and a count.
    static func shortened(_ lines: [String]) -> [String] {
        var result: [String] = []
        var index = 0
        while index < lines.count {
            let event = withoutTime(lines[index])
            let end = lines[index...].firstIndex { withoutTime($0) != event } ?? lines.count
            result.append(lines[index])
            let more = end - index - 1
            if more == 1 { result.append(lines[index + 1]) }
            if more > 1 { result.append("... \(more) more of these, the last \(time(lines[end - 1]))") }
            index = end
        }
        return result
    }

    private static func time(_ line: String) -> Substring {
        line.hasPrefix("@") ? line.prefix { $0 != " " } : "so"
    }

    private static func withoutTime(_ line: String) -> Substring {
        line.hasPrefix("@") ? line.drop { $0 != " " } : line[...]
    }
}
