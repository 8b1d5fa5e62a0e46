import Assembly
import LuaHost

/// Finds "NAME" or "NAME+4".
struct SymbolLookup {
    let symbols: SymbolTable?

    func address(_ text: String) throws(LuaRaise) -> UInt32 {
        let parts = text.split(separator: "+", maxSplits: 1).map { part in part.filter { $0 != " " } }
        let name: String = parts.first ?? text
        guard let symbols else { throw LuaRaise("'\(text)': this image has no symbols") }
        guard let base = symbols[name] else {
            throw LuaRaise("there is no symbol '\(name)'\(near(name))")
        }
        guard parts.count > 1 else { return base }
        let digits = parts[1]
        let offset = digits.hasPrefix("0x") ? UInt32(digits.dropFirst(2), radix: 16) : UInt32(digits)
        guard let offset else { throw LuaRaise("'\(text)': the offset is not a number") }
        return base &+ offset
    }

    private func near(_ name: String) -> String {
        let wanted = name.lowercased()
        let close = (symbols?.names ?? []).filter { candidate in
            let other = candidate.lowercased()
            return other == wanted || other.hasPrefix(wanted) || wanted.hasPrefix(other) && other.count > 3
                || other.hasSuffix(wanted)
        }
        guard !close.isEmpty else { return "" }
        return "; did you mean \(close.prefix(3).joined(separator: " or "))?"
    }
}
