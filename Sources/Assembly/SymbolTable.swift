/// Labels and constants of a linked program. Of two local symbols with one name the first counts; a global one comes before both.
public struct SymbolTable: Sendable {
    private var addresses: [String: UInt32] = [:]
    private var sorted: [(address: UInt32, name: String)] = []
    /// Every name, by address, then name.
    public private(set) var names: [String] = []

    init(_ file: ELFFile) {
        var located: [(address: UInt32, name: String)] = []
        for symbol in SymbolTable.read(file).sorted(by: { $0.isGlobal && !$1.isGlobal })
        where addresses[symbol.name] == nil {
            addresses[symbol.name] = symbol.value
            if symbol.isLocated { located.append((symbol.value, symbol.name)) }
        }
        sorted = located.sorted { ($0.address, $0.name) < ($1.address, $1.name) }
        names = addresses.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    /// The address of a label, or the value of a constant; nil when there is no such name.
    public subscript(_ name: String) -> UInt32? { addresses[name] }

    /// The last label at or below an address, and how far it is; nil when none.
    public func nearest(to address: UInt32) -> (name: String, offset: UInt32)? {
        let after = partition(sorted.count) { sorted[$0].address > address }
        guard after > 0 else { return nil }
        let found = sorted[after - 1].address
        let first = partition(sorted.count) { sorted[$0].address >= found }
        return (sorted[first].name, address - found)
    }

    private struct Symbol {
        let name: String
        let value: UInt32
        let isGlobal: Bool
        let isLocated: Bool
    }

    private static func read(_ file: ELFFile) -> [Symbol] {
        guard let table = file.sections.first(where: { $0.type == 2 }) else { return [] }  // SHT_SYMTAB
        var reader = file.reader(table)
        var symbols: [Symbol] = []
        while !reader.atEnd {
            let (nameOffset, value, _) = (Int(reader.double()), reader.double(), reader.double())
            let (information, _, section) = (reader.byte(), reader.byte(), reader.word())
            let name = file.text(in: table.link, at: nameOffset)
            let isSectionOrFile = information & 0xF == 3 || information & 0xF == 4
            guard !name.isEmpty, !name.hasPrefix("..@"), section != 0, !isSectionOrFile else { continue }
            symbols.append(
                Symbol(name: name, value: value, isGlobal: information >> 4 != 0, isLocated: section < 0xFF00))
        }
        return symbols
    }
}

/// The first index below `count` for which `isAfter` holds, given that it holds for all that follow.
func partition(_ count: Int, where isAfter: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
        let middle = low + (high - low) / 2
        if isAfter(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}
