import Assembly

/// Names for addresses, for people to read.
final class SymbolNames {
    let table: SymbolTable?
    /// Absolute symbols too, such as the addresses of pages; constants below one page are left out.
    private lazy var exact: [UInt32: String] = {
        var names: [UInt32: String] = [:]
        for name in table?.names ?? [] {
            guard let address = table?[name], address >= 0x1000, names[address] == nil else { continue }
            names[address] = name
        }
        return names
    }()

    init(_ table: SymbolTable?) { self.table = table }

    /// "KiTrap0E+12", "USER_RO_PAGE", or nil when no symbol is within a page.
    func text(_ address: UInt32) -> String? {
        let near = table?.nearest(to: address)
        if let near, near.offset == 0 { return near.name }
        if let name = exact[address] { return name }
        if let near, near.offset < 0x1000 { return sum(near.name, near.offset) }
        return exact[address & ~0xFFF].map { sum($0, address & 0xFFF) }
    }

    private func sum(_ name: String, _ offset: UInt32) -> String {
        "\(name)+\(String(offset, radix: 16, uppercase: true))"
    }
}
