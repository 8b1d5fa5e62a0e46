import IA32
import Testing

/// Faults of x87 memory operands: nothing has changed before them.
struct FloatingPointMemoryTests {
    /// The last bytes before a page that is not there.
    static let edge: UInt32 = 0x19000

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Without the displacement of the operand.
        let code: [UInt8]
        /// Bytes of the operand that lie before the edge.
        let inside: UInt32
        var isWrite = true
    }

    static let rows: [Row] = [
        Row(testDescription: "fstp m80", code: [0xDB, 0x3D], inside: 6),
        Row(testDescription: "fstp m80, last word", code: [0xDB, 0x3D], inside: 8),
        Row(testDescription: "fbstp", code: [0xDF, 0x35], inside: 9),
        Row(testDescription: "fstp m64", code: [0xDD, 0x1D], inside: 4),
        Row(testDescription: "fist m32", code: [0xDB, 0x15], inside: 2),
        Row(testDescription: "fnsave", code: [0xDD, 0x35], inside: 100),
        Row(testDescription: "fnstenv", code: [0xD9, 0x35], inside: 20),
        Row(testDescription: "fnstcw", code: [0xD9, 0x3D], inside: 1),
        Row(testDescription: "fld m80", code: [0xDB, 0x2D], inside: 8, isWrite: false),
        Row(testDescription: "fbld", code: [0xDF, 0x25], inside: 8, isWrite: false),
        Row(testDescription: "fadd m32", code: [0xD8, 0x05], inside: 2, isWrite: false),
        Row(testDescription: "frstor", code: [0xDD, 0x25], inside: 90, isWrite: false),
        Row(testDescription: "fldenv", code: [0xD9, 0x25], inside: 27, isWrite: false),
    ]

    @Test(arguments: rows) func pageFaultsFirst(_ row: Row) {
        let machine = TestMachine()
        machine.enablePaging()
        machine.setPage(Self.edge, 0)
        let start = Self.edge - row.inside
        machine.write([UInt8](repeating: 0xAA, count: Int(row.inside)), start)
        machine.processor[.eax] = 1
        // fninit; fldpi; fnsave; frstor, then inc eax and the instruction in one block
        let image = little(Place.data)
        machine.execute([0xDB, 0xE3, 0xD9, 0xEB, 0xDD, 0x35] + image + [0xDD, 0x25] + image, count: 4)
        let before = machine.memory.bytes(at: PhysicalAddress(UInt64(Place.data)), count: 108)
        let place = machine.processor.eip
        machine.processor.hooks = .willDeliver
        machine.host.verdict = .stop
        machine.execute([0x40] + row.code + little(start) + [0x40, 0x40], count: 4)
        #expect(machine.host.willDeliver.map(\.vector) == [14])
        #expect(machine.host.willDeliver.first?.errorCode == (row.isWrite ? 2 : 0))
        #expect(machine.host.willDeliver.first?.cr2 == Self.edge)
        #expect(machine.host.willDeliver.first?.eip == place + 1)
        #expect(machine.processor[.eax] == 2)
        #expect(
            machine.memory.bytes(at: PhysicalAddress(UInt64(start)), count: Int(row.inside)).allSatisfy { $0 == 0xAA })
        machine.host.verdict = .deliver
        machine.execute([0xDD, 0x35] + image)
        #expect(machine.memory.bytes(at: PhysicalAddress(UInt64(Place.data)), count: 108) == before)
    }

    @Test func limitIsCheckedForTheWholeOperand() {
        let machine = TestMachine()
        machine.processor.setSegment(.ds, selector: Sel.data0, base: 0, limit: Place.data + 8, attributes: 0x493)
        machine.execute([0xDB, 0xE3])
        // fld m80 ends one byte past the limit; fld m64 ends on it
        #expect(machine.fault(of: [0xDB, 0x2D] + little(Place.data)) == .gp(0))
        #expect(machine.fault(of: [0xDD, 0x05] + little(Place.data)) == nil)
    }

    @Test func pointersSurviveAFault() {
        let machine = TestMachine()
        machine.processor.setSegment(.fs, selector: 0, base: 0, limit: 0, attributes: 0)
        machine.execute([0xDB, 0xE3, 0xD9, 0xE8], count: 2)
        // fld dword fs:[data]
        #expect(machine.fault(of: [0x64, 0xD9, 0x05] + little(Place.data)) == .gp(0))
        machine.execute([0xD9, 0x35] + little(Place.data))
        #expect(machine.read32(Place.data + 12) == Place.code + 2)
        #expect(machine.read32(Place.data + 16) >> 16 == 0x1E8)
    }
}
