import IA32
import Testing

/// Every x87 instruction against the unit of the machine that runs the tests, on seeded states.
struct FloatingPointHostTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let code: [UInt8]
        /// Units in the last place by which results may differ; C1 is not compared then.
        var tolerance: UInt64 = 0
        var testDescription: String { code.map { String($0, radix: 16, uppercase: true) }.joined(separator: " ") }
    }

    /// All memory forms but those of the environment; the operand is [edx].
    static let memoryRows: [Row] = (UInt8(0xD8)...0xDF).flatMap { escape in
        (UInt8(0)..<8).compactMap { field in
            let isReserved =
                escape == 0xD9 && field == 1 || escape == 0xDB && [1, 4, 6].contains(field)
                || escape == 0xDD && [1, 5].contains(field) || escape == 0xDF && field == 1
            let isEnvironment = escape & 0xFB == 0xD9 && (field == 4 || field == 6)
            return isReserved || isEnvironment ? nil : Row(code: [escape, field << 3 | 2])
        }
    }

    static let transcendental: [Row] = [0xF0, 0xF1, 0xF2, 0xF3, 0xF9, 0xFB, 0xFE, 0xFF].map {
        Row(code: [0xD9, $0], tolerance: 1)
    }

    static let registerRows: [Row] = {
        var rows: [Row] = []
        func add(_ escape: UInt8, _ bases: [UInt8]) {
            for base in bases { for i in [0, 1, 2, 7] as [UInt8] { rows.append(Row(code: [escape, base + i])) } }
        }
        add(0xD8, [0xC0, 0xC8, 0xD0, 0xD8, 0xE0, 0xE8, 0xF0, 0xF8])
        add(0xD9, [0xC0, 0xC8])
        add(0xDA, [0xC0, 0xC8, 0xD0, 0xD8])
        add(0xDB, [0xC0, 0xC8, 0xD0, 0xD8, 0xE8, 0xF0])
        add(0xDC, [0xC0, 0xC8, 0xD0, 0xD8, 0xE0, 0xE8, 0xF0, 0xF8])
        add(0xDD, [0xC0, 0xC8, 0xD0, 0xD8, 0xE0, 0xE8])
        add(0xDE, [0xC0, 0xC8, 0xD0, 0xE0, 0xE8, 0xF0, 0xF8])
        add(0xDF, [0xC0, 0xC8, 0xD0, 0xD8, 0xE8, 0xF0])
        let single: [UInt8] = [
            0xD0, 0xE0, 0xE1, 0xE4, 0xE5, 0xE8, 0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEE, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
            0xFA, 0xFC, 0xFD,
        ]
        rows += single.map { Row(code: [0xD9, $0]) }
        rows += [
            Row(code: [0xDA, 0xE9]), Row(code: [0xDE, 0xD9]), Row(code: [0xDB, 0xE2]), Row(code: [0xDB, 0xE3]),
        ]
        return rows
    }()

    static let isAvailable = HostUnit() != nil

    @Test(.enabled(if: isAvailable), arguments: memoryRows + registerRows + transcendental)
    func agrees(_ row: Row) throws {
        let host = try #require(HostUnit())
        host.prepare(row.code)
        let guest = GuestUnit(row.code)
        var random = SeededGenerator(seed: UInt64(row.code[0]) << 8 | UInt64(row.code[1]))
        var failures = 0
        for _ in 0..<FloatingPointHostTests.casesEach where failures < 3 {
            let before = UnitState.random(&random)
            let expected = host.run(before)
            let found = guest.run(before)
            guard !found.matches(expected, tolerance: row.tolerance) else { continue }
            failures += 1
            Issue.record(
                """
                \(row.testDescription) from \(before.text)
                host  \(expected.text)
                guest \(found.text)
                """)
        }
    }

    #if DEBUG
        static let casesEach = 100
    #else
        static let casesEach = 3000
    #endif
}

/// A processor that executes FRSTOR, one instruction, FNSAVE.
final class GuestUnit {
    private let machine = TestMachine()
    private static let image = Place.data
    private static let operand = Place.data + 0x100
    private static let result = Place.data + 0x200

    init(_ instruction: [UInt8]) {
        // frstor [ebx]; the instruction; fnsave [esi]
        machine.write([0xDD, 0x23] + instruction + [0xDD, 0x36], Place.code)
        machine.processor.cr0 |= 0x20
    }

    func run(_ state: UnitState) -> UnitState {
        machine.write(state.image, GuestUnit.image)
        machine.write(state.operand, GuestUnit.operand)
        machine.processor[.ebx] = GuestUnit.image
        machine.processor[.edx] = GuestUnit.operand
        machine.processor[.esi] = GuestUnit.result
        machine.processor.eip = Place.code
        machine.processor.eflags = state.flags | 2
        machine.run(3)
        return UnitState(
            image: machine.memory.bytes(at: PhysicalAddress(UInt64(GuestUnit.result)), count: HostUnit.imageSize),
            operand: machine.memory.bytes(at: PhysicalAddress(UInt64(GuestUnit.operand)), count: 16),
            flags: machine.processor.eflags & 0x8D5)
    }
}

extension UnitState {
    /// Whether everything but the pointers and the opcode is the same.
    func matches(_ other: UnitState, tolerance: UInt64) -> Bool {
        // One unit away a number may be denormal, or not.
        let ignored: UInt16 = tolerance == 0 ? 0 : 0x200
        let sameTags = tolerance == 0 ? tags == other.tags : emptyTags == other.emptyTags
        guard control == other.control, (status ^ other.status) & ~ignored == 0, sameTags,
            operand == other.operand, flags == other.flags
        else { return false }
        return (0..<8).allSatisfy { register($0).distance(to: other.register($0)) <= tolerance }
    }

    private var emptyTags: UInt16 { tags & tags >> 1 & 0x5555 }

    var text: String {
        let words = [control, status, tags].map { String($0, radix: 16) }.joined(separator: " ")
        let bytes = operand.map { String($0, radix: 16) }.joined(separator: " ")
        return words + " st " + registers.prefix(3).map(\.description).joined(separator: " ")
            + " st7 \(register(7)) operand \(bytes) flags " + String(flags, radix: 16)
    }

    static func random(_ random: inout SeededGenerator) -> UnitState {
        let masks: UInt16 =
            switch random.next() % 4 {
            case 0: 0
            case 1: UInt16(truncatingIfNeeded: random.next()) & 0x3F
            default: 0x3F
            }
        let precision = random.choice([0, 2, 3, 3] as [UInt16])
        let rounding = UInt16(truncatingIfNeeded: random.next()) & 3
        let flags = UInt16(truncatingIfNeeded: random.next()) & masks
        let top = UInt16(truncatingIfNeeded: random.next()) & 7
        let conditions = UInt16(truncatingIfNeeded: random.next()) & 0x4700
        // Mostly room for pushes and two operands; sometimes anything.
        var tags: UInt16 = 0
        let isOrdinary = random.next() % 8 != 0
        for i in UInt16(0)..<8 {
            let isEmpty = isOrdinary ? i == 7 : random.next() % 3 == 0
            if isEmpty { tags |= 3 << ((top + i) % 8 * 2) }
        }
        let registers = (0..<8).map { _ in RealBits.random(&random) }
        return UnitState(
            control: masks | 0x40 | precision << 8 | rounding << 10, status: flags | top << 11 | conditions,
            tags: tags, registers: registers, operand: randomOperand(&random, registers[0]),
            flags: UInt32(truncatingIfNeeded: random.next()) & 0x8D5)
    }

    /// Sixteen bytes that are interesting as one of the operand formats.
    private static func randomOperand(_ random: inout SeededGenerator, _ other: RealBits) -> [UInt8] {
        let word = random.next()
        let sign = word >> 63
        let near = UInt64(other.signExponent & 0x7FFF)
        switch random.next() % 7 {
        case 0: return little(word) + little(random.next())
        case 1:
            let real = RealBits.random(&random)
            return little(real.significand) + little(real.signExponent) + [0, 0, 0, 0, 0, 0]
        case 2:
            let exponents: [UInt64] = [0, 0, 1, 0xFE, 0xFF, 0x7F, (near &- 16383 &+ 127) & 0xFF]
            let fractions: [UInt64] = [0, 1, 0x40_0000, 0x7F_FFFF, word & 0x7F_FFFF]
            let (exponent, fraction) = (random.choice(exponents), random.choice(fractions))
            return little(sign << 31 | exponent << 23 | fraction) + little(UInt64(0))
        case 3, 4:
            let exponents: [UInt64] = [0, 0, 1, 0x7FE, 0x7FF, 0x3FF, (near &- 16383 &+ 1023) & 0x7FF]
            let fractions: [UInt64] = [0, 1, 1 << 51, 1 << 52 - 1, word & (1 << 52 - 1)]
            let (exponent, fraction) = (random.choice(exponents), random.choice(fractions))
            return little(sign << 63 | exponent << 52 | fraction) + little(UInt64(0))
        case 5: return little(UInt64(bitPattern: Int64(bitPattern: word) >> Int64(random.next() % 64))) + little(word)
        default:
            let digits = (0..<9).map { _ in UInt8(random.next() % 10) << 4 | UInt8(random.next() % 10) }
            return digits + [UInt8(truncatingIfNeeded: sign << 7), 0, 0, 0, 0, 0, 0]
        }
    }
}

extension RealBits {
    /// Numbers of all kinds and sizes, many of them awkward.
    static func random(_ random: inout SeededGenerator) -> RealBits {
        let word = random.next()
        let sign = UInt16(truncatingIfNeeded: word) & 0x8000
        let near = UInt16(truncatingIfNeeded: 16383 &- 70 &+ random.next() % 140)
        let awkward: [UInt64] = [
            1 << 63, 1 << 63 | 1, .max, .max - 1, 3 << 62, word | 1 << 63, (word | 1 << 63) & ~0xFF_FFFF_FFFF,
            (word | 1 << 63) & ~0x7FF | 0x400, (word | 1 << 63) & ~0x7FF,
        ]
        let significand = random.choice(awkward)
        switch random.next() % 24 {
        case 0: return RealBits(signExponent: sign, significand: 0)
        case 1: return RealBits(signExponent: sign, significand: significand >> (1 + word % 63))
        case 2: return RealBits(signExponent: sign, significand: significand)
        case 3: return RealBits(signExponent: sign | 0x7FFF, significand: 1 << 63)
        case 4: return RealBits(signExponent: sign | 0x7FFF, significand: word | 3 << 62)
        case 5: return RealBits(signExponent: sign | 0x7FFF, significand: word | 1 << 63)
        case 6: return RealBits(signExponent: sign | near, significand: word)
        case 7: return RealBits(signExponent: sign | 0x7FFF, significand: word)
        case 8: return RealBits(signExponent: sign | UInt16(1 + word % 66), significand: significand)
        case 9: return RealBits(signExponent: sign | UInt16(0x7FFE - word % 66), significand: significand)
        case 10: return RealBits(signExponent: sign | UInt16(word % 0x7FFF), significand: significand)
        case 11: return RealBits(signExponent: sign | UInt16(16383 + word % 5), significand: 1 << 63)
        case 12: return RealBits(signExponent: sign | UInt16(16383 &- word % 3), significand: significand)
        // Around the bounds of single and double.
        case 13: return RealBits(signExponent: sign | UInt16(16256 - word % 30), significand: significand)
        case 14: return RealBits(signExponent: sign | UInt16(15362 - word % 60), significand: significand)
        case 15: return RealBits(signExponent: sign | UInt16([16510, 17406][Int(word % 2)]), significand: significand)
        default: return RealBits(signExponent: sign | near, significand: significand)
        }
    }
}
