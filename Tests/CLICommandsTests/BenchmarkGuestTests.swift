import Assembly
import Confinement
import Foundation
import Testing

/// The guests of the benchmark end by themselves with the checksum that other emulators compute.
///
/// They are not part of the repository: without their folder the test says so and checks nothing.
@Suite struct BenchmarkGuestTests {
    struct Guest: Sendable, CustomTestStringConvertible {
        let name: String
        let size: Int
        let checksum: String
        var testDescription: String { name }
    }

    static let guests: [Guest] = [
        Guest(name: "nop", size: 1, checksum: "0000600d"),
        Guest(name: "alu", size: 1000, checksum: "644aa003"),
        Guest(name: "sieve", size: 1, checksum: "00014069"),
        Guest(name: "paging", size: 1, checksum: "00014069"),
        Guest(name: "crc", size: 1, checksum: "52c975fa"),
        Guest(name: "callret", size: 1, checksum: "0000b520"),
        Guest(name: "strings", size: 2, checksum: "01010101"),
        Guest(name: "int", size: 1000, checksum: "000003e8"),
        Guest(name: "de", size: 1000, checksum: "000003e8"),
        Guest(name: "pf_ro", size: 1000, checksum: "00000bb8"),
        Guest(name: "pf_demand", size: 2, checksum: "00000600"),
        Guest(name: "irq", size: 20, checksum: "00000014"),
        Guest(name: "taskgate", size: 1000, checksum: "000003e8"),
    ]

    static var folder: String {
        (ProcessInfo.processInfo.environment["TRAPLAB_SHARED"] ?? "../shared") + "/bench/guests"
    }

    @Test(arguments: guests) func endsWithItsChecksum(_ guest: Guest) throws {
        func source(_ name: String) -> SourceFile? {
            FileManager.default.contents(atPath: "\(Self.folder)/\(name)").map {
                SourceFile(name: name, contents: Array($0))
            }
        }
        guard let unit = source("\(guest.name).asm") else {
            print("skipped: benchmark guest \(guest.name), no \(Self.folder)")
            return
        }
        let includes = ["rt.inc", "sieve.asm"].filter { $0 != unit.name }
        let request = AssemblyRequest(
            units: [unit], includes: includes.compactMap(source),
            defines: [(name: "N", value: String(guest.size))], entry: "_start")
        let folder = try PrivateFolder()
        try folder.write(try Assembler().assemble(request).elf, to: "guest.elf")
        let result = try Program.run(["boot", folder.path + "/guest.elf"])
        #expect(result.output == "R=\(guest.checksum)\n")
        #expect(result.status == 33)
    }
}
