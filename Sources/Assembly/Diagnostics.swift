/// Turns what NASM and ld print into messages.
enum Diagnostics {
    /// NASM with `-X gnu`: "file:line: error: text". Warnings are left out.
    static func ofAssembler(_ text: String) -> [AssemblyDiagnostic] {
        let all = text.split(separator: "\n").map(String.init)
        return list(all.filter { !$0.contains(": warning: ") && !$0.contains(": note: ") })
    }

    /// ld: "file:line: undefined reference to `x'", sometimes after "program: object: ".
    static func ofLinker(_ text: String) -> [AssemblyDiagnostic] {
        let all = text.split(separator: "\n").map(String.init)
        return list(all.filter { !$0.contains("warning: ") && !$0.contains(": in function `") })
    }

    private static func list(_ lines: [String]) -> [AssemblyDiagnostic] {
        var found: [AssemblyDiagnostic] = []
        for line in lines {
            let diagnostic = parse(line)
            if !found.contains(diagnostic) { found.append(diagnostic) }
        }
        guard found.count > 20 else { return found }
        return found.prefix(20) + [AssemblyDiagnostic("\(found.count - 20) more")]
    }

    private static func parse(_ line: String) -> AssemblyDiagnostic {
        let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        for index in parts.indices.dropFirst() {
            guard let number = Int(parts[index]), number > 0, index + 1 < parts.count else { continue }
            let text = parts[(index + 1)...].joined(separator: ":")
            return AssemblyDiagnostic(clean(text), file: source(parts[index - 1]), line: number)
        }
        if parts.count > 2, parts[1].contains("error") {
            return AssemblyDiagnostic(clean(parts[1...].joined(separator: ":")), file: source(parts[0]))
        }
        return AssemblyDiagnostic(clean(line))
    }

    private static func source(_ text: String) -> String {
        var name = Substring(trim(text))
        for prefix in ["/files/", "/"] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        return String(name)
    }

    private static func clean(_ text: String) -> String {
        var text = trim(text)
        for prefix in ["error: ", "fatal: ", "panic: "] where text.hasPrefix(prefix) {
            text = String(text.dropFirst(prefix.count))
        }
        if text.hasPrefix("assertion instruction->times") { return "TIMES has a count that the assembler cannot take" }
        return text
    }

    private static func trim(_ text: String) -> String {
        String(text.drop(while: { $0 == " " || $0 == "\t" }))
    }
}
