import Foundation
import IA32
import Testing

/// Single instructions captured from an 80286 in real mode, run on this core.
///
/// The vectors are not part of the repository: without the folder the suite says so and checks nothing.
@Suite struct RealModeVectorTests {
    struct Vector: Decodable {
        struct State: Decodable {
            let regs: [String: UInt32]
            let ram: [[UInt32]]
        }
        struct Exception: Decodable {
            let number: Int
            let flagAddress: UInt64
        }
        let name: String
        let opcode: String
        let idx: Int
        let bytes: [UInt8]
        let initial: State
        let final: State
        let exception: Exception?
        let flagsMask: UInt32
        let notes: [String]?
    }

    static var folder: String {
        let shared = ProcessInfo.processInfo.environment["TRAPLAB_SHARED"] ?? "../shared"
        return shared + "/vectors/i286-real-mode"
    }
    static var isPresent: Bool { FileManager.default.fileExists(atPath: folder) }

    @Test(arguments: Array("0123456789ABCDEF"))
    func agreesWithHardware(row: Character) throws {
        guard RealModeVectorTests.isPresent else {
            print("skipped: row \(row) of the real-mode vectors, no \(RealModeVectorTests.folder)")
            return
        }
        let vectors = try RealModeVectorTests.load("\(RealModeVectorTests.folder)/\(row)x.jsonl.gz")
        #expect(vectors.count > 100)
        let machine = RealModeMachine()
        var differences: [String] = []
        for vector in vectors {
            if let difference = machine.check(vector) {
                differences.append("\(vector.opcode) #\(vector.idx) \(vector.name): \(difference)")
            }
        }
        let shown = differences.prefix(12).joined(separator: "\n")
        #expect(differences.isEmpty, "\(differences.count) of \(vectors.count) differ:\n\(shown)")
    }

    static func load(_ path: String) throws -> [Vector] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try data.split(separator: 10).map { try decoder.decode(Vector.self, from: Data($0)) }
    }
}

/// A processor in real mode whose RAM is put back after each test.
private final class RealModeMachine {
    static let size = 0x11_0000
    let memory = PhysicalMemory(byteCount: size)
    let processor: Processor
    let blank: MemoryImage
    static let generals: [(String, GeneralRegister)] = [
        ("ax", .eax), ("cx", .ecx), ("dx", .edx), ("bx", .ebx), ("sp", .esp), ("bp", .ebp), ("si", .esi), ("di", .edi),
    ]
    static let segments: [(String, SegmentName)] = [("es", .es), ("cs", .cs), ("ss", .ss), ("ds", .ds)]

    init() {
        processor = Processor(memory: memory)
        blank = memory.capture()
    }

    /// nil if all agrees, else what differs first.
    func check(_ vector: RealModeVectorTests.Vector) -> String? {
        memory.restore(blank)
        processor.reset()
        for (name, register) in RealModeMachine.generals { processor[register] = vector.initial.regs[name] ?? 0 }
        for (name, segment) in RealModeMachine.segments {
            let selector = UInt16(vector.initial.regs[name] ?? 0)
            processor.setSegment(
                segment, selector: selector, base: UInt32(selector) << 4, limit: 0xFFFF, attributes: 0x93)
        }
        processor.eip = vector.initial.regs["ip"] ?? 0
        processor.eflags = (vector.initial.regs["flags"] ?? 0) & 0xFFFF
        for cell in vector.initial.ram { memory.write(byte: UInt8(cell[1]), at: PhysicalAddress(UInt64(cell[0]))) }
        processor.deadline = processor.instructionCount + 200_000
        let exit = processor.run()
        guard exit == .halted else { return "ended with \(exit)" }
        return compare(vector)
    }

    private func compare(_ vector: RealModeVectorTests.Vector) -> String? {
        let expected = vector.initial.regs.merging(vector.final.regs) { $1 }
        for (name, register) in RealModeMachine.generals where processor[register] & 0xFFFF != expected[name] {
            return "\(name) is \(hex(processor[register] & 0xFFFF)), not \(hex(expected[name] ?? 0))"
        }
        for (name, segment) in RealModeMachine.segments
        where UInt32(processor.segment(segment).selector) != expected[name] {
            return "\(name) is \(hex(UInt32(processor.segment(segment).selector))), not \(hex(expected[name] ?? 0))"
        }
        if processor.eip & 0xFFFF != expected["ip"] {
            return "ip is \(hex(processor.eip)), not \(hex(expected["ip"] ?? 0))"
        }
        let mask = vector.flagsMask
        let flags = expected["flags"] ?? 0
        if processor.eflags & mask != flags & mask {
            return "flags are \(hex(processor.eflags & mask)), not \(hex(flags & mask))"
        }
        return compareMemory(vector)
    }

    private func compareMemory(_ vector: RealModeVectorTests.Vector) -> String? {
        var cells: [UInt64: UInt8] = [:]
        for cell in vector.initial.ram { cells[UInt64(cell[0])] = UInt8(cell[1]) }
        for cell in vector.final.ram { cells[UInt64(cell[0])] = UInt8(cell[1]) }
        for (address, value) in cells {
            var mask: UInt8 = 0xFF
            if let exception = vector.exception {
                if address == exception.flagAddress { mask = UInt8(vector.flagsMask & 0xFF) }
                if address == exception.flagAddress + 1 { mask = UInt8(vector.flagsMask >> 8 & 0xFF) }
            }
            let found = memory.readByte(at: PhysicalAddress(address))
            if found & mask != value & mask {
                return "byte \(hex(UInt32(address))) is \(hex(UInt32(found))), not \(hex(UInt32(value)))"
            }
        }
        return nil
    }

    private func hex(_ value: UInt32) -> String { String(value, radix: 16) }
}
