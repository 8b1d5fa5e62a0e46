import IA32
import Testing

#if arch(x86_64) && os(Linux)
    /// Basic arithmetic and conversions against `Float80`, rounding to nearest with 64 bits.
    struct RealOperationsTests {
        enum Operation: CaseIterable, Sendable {
            case add, subtract, multiply, divide, squareRoot, remainder, toInteger, single, double, compare
        }

        #if DEBUG
            static let cases = 2000
        #else
            static let cases = 50_000
        #endif

        @Test(arguments: Operation.allCases) func agreesWithFloat80(_ operation: Operation) {
            var random = SeededGenerator(seed: 0x80)
            var failures = 0
            for _ in 0..<RealOperationsTests.cases where failures < 5 {
                let (a, b) = (Self.number(&random), Self.number(&random))
                let expected = Self.expected(operation, a, b)
                let found = Self.found(operation, RealOperand(Self.bits(a)), RealOperand(Self.bits(b)))
                if found == expected { continue }
                failures += 1
                Issue.record("\(operation) of \(a) and \(b): \(found), not \(expected)")
            }
        }

        private static func expected(_ operation: Operation, _ a: Float80, _ b: Float80) -> ExtendedReal {
            switch operation {
            case .add: bits(a + b)
            case .subtract: bits(a - b)
            case .multiply: bits(a * b)
            case .divide: bits(a / b)
            case .squareRoot: bits(a.squareRoot())
            case .remainder: bits(a.truncatingRemainder(dividingBy: b))
            case .toInteger: bits(a.rounded(.toNearestOrEven))
            case .single: ExtendedReal(signExponent: 0, significand: UInt64(Float(a).bitPattern))
            case .double: ExtendedReal(signExponent: 0, significand: Double(a).bitPattern)
            case .compare: a == b ? .zero : a < b ? .one : ExtendedReal(-1)
            }
        }

        private static func found(_ operation: Operation, _ a: RealOperand, _ b: RealOperand) -> ExtendedReal {
            var work = RealArithmetic(control: 0x37F)
            switch operation {
            case .add: return work.add(a, b)
            case .subtract: return work.subtract(a, b)
            case .multiply: return work.multiply(a, b)
            case .divide: return work.divide(a, b)
            case .squareRoot: return work.squareRoot(a)
            case .remainder: return fullRemainder(a, b)
            case .toInteger: return work.roundToInteger(a)
            case .single: return ExtendedReal(signExponent: 0, significand: UInt64(work.single(a) ?? 0))
            case .double: return ExtendedReal(signExponent: 0, significand: work.double(a) ?? 0)
            case .compare:
                switch work.compare(a, b, isQuiet: false) {
                case StatusWord.c3: return .zero
                case StatusWord.c0: return .one
                default: return ExtendedReal(-1)
                }
            }
        }

        /// FPREM until C2 is clear.
        private static func fullRemainder(_ a: RealOperand, _ b: RealOperand) -> ExtendedReal {
            var operand = a
            while true {
                var work = RealArithmetic(control: 0x37F)
                var quotient = PartialQuotient()
                let result = work.remainder(operand, b, isNearest: false, quotient: &quotient)
                if !quotient.isPartial { return result }
                operand = RealOperand(result)
            }
        }

        private static func bits(_ value: Float80) -> ExtendedReal {
            let integerBit: UInt64 = value.exponentBitPattern == 0 ? 0 : 1 << 63
            return ExtendedReal(
                signExponent: UInt16(value.exponentBitPattern) | (value.sign == .minus ? 0x8000 : 0),
                significand: value.significandBitPattern | integerBit)
        }

        /// No NaN and no unsupported encoding: their rules are tested on the instructions.
        private static func number(_ random: inout SeededGenerator) -> Float80 {
            while true {
                let bits = RealBits.random(&random)
                let operand = RealOperand(
                    ExtendedReal(signExponent: bits.signExponent, significand: bits.significand))
                let isPseudo = bits.signExponent & 0x7FFF == 0 && bits.significand >> 63 != 0
                guard operand.isNumber, !isPseudo else { continue }
                return Float80(
                    sign: bits.signExponent & 0x8000 != 0 ? .minus : .plus,
                    exponentBitPattern: UInt(bits.signExponent & 0x7FFF),
                    significandBitPattern: bits.significand & (1 << 63 - 1))
            }
        }
    }
#endif
