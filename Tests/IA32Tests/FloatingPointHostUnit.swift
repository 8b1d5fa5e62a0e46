#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The x87 unit of the machine that runs the tests: executes one instruction on a given state.
///
/// Nil where there is none, or no page that can be written and executed.
final class HostUnit {
    /// An FSAVE image in the 32-bit format, 108 bytes.
    static let imageSize = 108

    private typealias Routine =
        @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer)
        -> Void

    private let page: UnsafeMutableRawPointer
    private let image: UnsafeMutableRawPointer
    private let operand: UnsafeMutableRawPointer
    private let flags: UnsafeMutableRawPointer
    private static let pageSize = 4096

    init?() {
        #if arch(x86_64) && os(Linux)
            let rights = PROT_READ | PROT_WRITE | PROT_EXEC
            guard let page = mmap(nil, HostUnit.pageSize, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                page != MAP_FAILED
            else { return nil }
            self.page = page
            image = .allocate(byteCount: 2 * 112, alignment: 16)
            operand = .allocate(byteCount: 16, alignment: 16)
            flags = .allocate(byteCount: 8, alignment: 8)
        #else
            return nil
        #endif
    }

    deinit {
        #if arch(x86_64) && os(Linux)
            munmap(page, HostUnit.pageSize)
        #endif
        image.deallocate()
        operand.deallocate()
        flags.deallocate()
    }

    /// Sets the instruction; a memory operand is to be [edx].
    func prepare(_ instruction: [UInt8]) {
        // frstor [rdi]; push qword [rcx]; popfq; the instruction; pushfq; pop qword [rcx]; fnsave [rsi]; ret
        let code: [UInt8] = [0xDD, 0x27, 0xFF, 0x31, 0x9D] + instruction + [0x9C, 0x8F, 0x01, 0xDD, 0x36, 0xC3]
        page.copyMemory(from: code, byteCount: code.count)
    }

    /// Executes the prepared instruction.
    func run(_ state: UnitState) -> UnitState {
        image.copyMemory(from: state.image, byteCount: HostUnit.imageSize)
        operand.copyMemory(from: state.operand, byteCount: 16)
        flags.storeBytes(of: UInt64(state.flags) | 2, as: UInt64.self)
        unsafeBitCast(page, to: Routine.self)(image, image + 112, operand, flags)
        return UnitState(
            image: Array(UnsafeRawBufferPointer(start: image + 112, count: HostUnit.imageSize)),
            operand: Array(UnsafeRawBufferPointer(start: operand, count: 16)),
            flags: UInt32(truncatingIfNeeded: flags.load(as: UInt64.self)) & 0x8D5)
    }
}

/// What an x87 instruction reads and changes.
struct UnitState {
    /// As FSAVE stores it in 32-bit protected mode.
    var image: [UInt8]
    var operand: [UInt8]
    /// The arithmetic flags.
    var flags: UInt32

    init(image: [UInt8], operand: [UInt8], flags: UInt32) {
        self.image = image
        self.operand = operand
        self.flags = flags
    }

    /// Registers are ST(0) first; tags are for R0 first.
    init(control: UInt16, status: UInt16, tags: UInt16, registers: [RealBits], operand: [UInt8] = [], flags: UInt32 = 0)
    {
        image = [UInt8](repeating: 0, count: 28)
        image.replaceSubrange(0..<2, with: little(control))
        image.replaceSubrange(4..<6, with: little(status))
        image.replaceSubrange(8..<10, with: little(tags))
        for register in registers { image += little(register.significand) + little(register.signExponent) }
        self.operand = operand + [UInt8](repeating: 0, count: 16 - operand.count)
        self.flags = flags
    }

    private func word(_ offset: Int) -> UInt16 { UInt16(image[offset]) | UInt16(image[offset + 1]) << 8 }
    var control: UInt16 { word(0) }
    var status: UInt16 { word(4) }
    var tags: UInt16 { word(8) }
    func register(_ i: Int) -> RealBits {
        let start = 28 + i * 10
        let significand = (0..<8).reduce(UInt64(0)) { $0 | UInt64(image[start + $1]) << UInt64($1 * 8) }
        return RealBits(signExponent: word(start + 8), significand: significand)
    }
    var registers: [RealBits] { (0..<8).map { register($0) } }
}

/// The bits of one extended-precision register.
struct RealBits: Equatable, CustomStringConvertible {
    var signExponent: UInt16
    var significand: UInt64

    var description: String { String(signExponent, radix: 16) + ":" + String(significand, radix: 16) }

    /// Units in the last place between two numbers; large if they differ in sign or kind.
    func distance(to other: RealBits) -> UInt64 {
        guard signExponent & 0x8000 == other.signExponent & 0x8000 else { return .max }
        let left = Int128(signExponent & 0x7FFF) << 63 | Int128(significand & (1 << 63 - 1))
        let right = Int128(other.signExponent & 0x7FFF) << 63 | Int128(other.significand & (1 << 63 - 1))
        return UInt64(clamping: (left - right).magnitude)
    }
}

/// A small generator of reproducible numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
    /// One of a list that is not empty.
    mutating func choice<T>(_ list: [T]) -> T { list[Int(next() % UInt64(list.count))] }
}
