/// SplitMix64: the same numbers on every host.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % bound }
}

/// Byte strings to decode: half of them random, half put together as instructions are.
struct InstructionSource {
    /// The decoder never looks at more.
    static let length = 16
    static let prefixes: [UInt8] = [0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65]

    private var numbers: SeededNumbers

    init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

    mutating func next() -> [UInt8] {
        let isStructured = numbers.below(2) == 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.length + 1)
        if isStructured {
            // Now and then so many prefixes that the instruction is too long.
            let count = numbers.below(32) == 0 ? numbers.below(16) : numbers.below(4)
            for _ in 0..<count { bytes.append(Self.prefixes[numbers.below(Self.prefixes.count)]) }
            if numbers.below(2) == 0 { bytes.append(0x0F) }
        }
        while bytes.count < Self.length {
            let word = numbers.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) where bytes.count < Self.length {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bytes
    }

    /// Every opcode of both maps with every ModR/M byte under the prefixes that change a meaning.
    static func allOpcodes(_ body: ([UInt8]) -> Void) {
        for prefix in [[], [0x66], [0x67], [0xF0], [0xF2], [0xF3], [0x66, 0xF2], [0x66, 0xF3]] as [[UInt8]] {
            for escape in [[], [0x0F]] as [[UInt8]] {
                for opcode in UInt8.min...UInt8.max {
                    for second in UInt8.min...UInt8.max {
                        let head = prefix + escape + [opcode, second]
                        body(head + [UInt8](repeating: 0x25, count: length - head.count))
                    }
                }
            }
        }
    }
}
