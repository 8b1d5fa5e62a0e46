import IA32
import Testing

struct PortAccessTests {
    /// Ring 3, IOPL 0: the map has all bits set except those of `open`; `port` is accessed with `bytes` bytes.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var port: UInt16
        var bytes: Int
        var open: ClosedRange<UInt16>?
        var base: UInt16 = 0x68
        var limit: UInt32 = 0x68 + 0x20
        var type: UInt16 = 0x8B
        var isAllowed: Bool
    }

    static let cases: [Case] = [
        Case(testDescription: "closed", port: 0x40, bytes: 1, isAllowed: false),
        Case(testDescription: "open byte", port: 0x40, bytes: 1, open: 0x40...0x40, isAllowed: true),
        Case(testDescription: "neighbour below", port: 0x3F, bytes: 1, open: 0x40...0x40, isAllowed: false),
        Case(testDescription: "neighbour above", port: 0x41, bytes: 1, open: 0x40...0x40, isAllowed: false),
        Case(testDescription: "word, half open", port: 0x40, bytes: 2, open: 0x40...0x40, isAllowed: false),
        Case(testDescription: "word", port: 0x40, bytes: 2, open: 0x40...0x41, isAllowed: true),
        Case(testDescription: "word across map bytes", port: 0x47, bytes: 2, open: 0x47...0x48, isAllowed: true),
        Case(testDescription: "word across, upper closed", port: 0x47, bytes: 2, open: 0x40...0x47, isAllowed: false),
        Case(testDescription: "doubleword", port: 0x46, bytes: 4, open: 0x46...0x49, isAllowed: true),
        Case(testDescription: "doubleword, last closed", port: 0x46, bytes: 4, open: 0x46...0x48, isAllowed: false),
        Case(testDescription: "last byte inside", port: 0xFF, bytes: 1, open: 0xF0...0xFF, isAllowed: true),
        Case(
            testDescription: "second byte of the read outside", port: 0xFF, bytes: 1, open: 0xF0...0xFF,
            limit: 0x68 + 0x1F, isAllowed: false),
        Case(testDescription: "port beyond the limit", port: 0x100, bytes: 1, open: 0...0xFF, isAllowed: false),
        Case(
            testDescription: "base beyond the limit", port: 0, bytes: 1, open: 0...0xFF, base: 0xFFFF, isAllowed: false),
        Case(
            testDescription: "TSS without base field", port: 0, bytes: 1, open: 0...0xFF, limit: 0x66, isAllowed: false),
        Case(testDescription: "16-bit TSS", port: 0x40, bytes: 1, open: 0...0xFF, type: 0x83, isAllowed: false),
    ]

    @Test(arguments: cases) func permissionMap(_ test: Case) {
        let machine = prepare(test)
        machine.processor[.edx] = UInt32(test.port)
        machine.processor[.eax] = 0x1234_5678
        let input: [UInt8] = test.bytes == 1 ? [0xEC] : test.bytes == 2 ? [0x66, 0xED] : [0xED]
        let output: [UInt8] = test.bytes == 1 ? [0xEE] : test.bytes == 2 ? [0x66, 0xEF] : [0xEF]
        #expect(machine.fault(of: output) == (test.isAllowed ? nil : .gp(0)))
        #expect(machine.fault(of: input) == (test.isAllowed ? nil : .gp(0)))
        #expect(machine.host.portReads.count == (test.isAllowed ? 1 : 0))
        let value: UInt32 = test.bytes == 4 ? 0x1234_5678 : test.bytes == 2 ? 0x5678 : 0x78
        let writes = [StubHost.PortAccess(port: test.port, value: value, bytes: test.bytes)]
        #expect(machine.host.portWrites == (test.isAllowed ? writes : []))
    }

    private func prepare(_ test: Case) -> TestMachine {
        let machine = TestMachine()
        machine.enter(ring: 3)
        machine.processor.setSegment(
            .tr, selector: Sel.tss, base: Place.tss, limit: test.limit, attributes: test.type)
        machine.write16(Place.tss + 0x66, test.base)
        machine.write([UInt8](repeating: 0xFF, count: 0x40), Place.tss + 0x68)
        for port in test.open.map(Array.init) ?? [] {
            let address = Place.tss + 0x68 + UInt32(port >> 3)
            machine.write([machine.read8(address) & ~(1 << UInt8(port & 7))], address)
        }
        return machine
    }

    @Test(arguments: [(0, 0, true), (3, 3, true), (3, 2, false), (3, 0, false)] as [(UInt8, UInt32, Bool)])
    func privilegeLevel(_ ring: UInt8, _ level: UInt32, _ isAllowed: Bool) {
        let machine = TestMachine()
        machine.enter(ring: ring)
        machine.processor.eflags = 2 | level << 12
        machine.processor[.edx] = 0x60
        let before = machine.registers
        let fault = machine.fault(of: [0xEC])
        #expect(fault == (isAllowed ? nil : .gp(0)))
        if !isAllowed { #expect(machine.registers == before) }
    }

    @Test(
        arguments: [
            (0xE4, 0xAABB_CCEF, 1), (0xE5, 0x89AB_CDEF, 4),
        ] as [(UInt8, UInt32, Int)])
    func immediatePort(_ opcode: UInt8, _ result: UInt32, _ bytes: Int) {
        let machine = TestMachine()
        machine.host.ports[0x71] = 0x89AB_CDEF
        machine.processor[.eax] = 0xAABB_CCDD
        #expect(machine.fault(of: [opcode, 0x71]) == nil)
        #expect(machine.processor[.eax] == result)
        #expect(machine.host.portReads == [StubHost.PortAccess(port: 0x71, value: 0x89AB_CDEF, bytes: bytes)])
    }

    @Test func sixteenBitInputKeepsTheUpperHalf() {
        let machine = TestMachine()
        machine.host.ports[0x3F8] = 0x89AB_CDEF
        machine.processor[.eax] = 0xAABB_CCDD
        machine.processor[.edx] = 0x3F8
        #expect(machine.fault(of: [0x66, 0xED]) == nil)
        #expect(machine.processor[.eax] == 0xAABB_CDEF)
    }

    @Test func countIsExactInsideTheHost() {
        let machine = TestMachine()
        machine.processor[.eax] = 5
        // nop; out 0x80, al; nop
        #expect(machine.execute([0x90, 0xE6, 0x80, 0x90], count: 3) == .deadline)
        #expect(machine.host.portWrites == [StubHost.PortAccess(port: 0x80, value: 5, bytes: 1)])
        #expect(machine.host.countsAtWrites == [1])
        #expect(machine.processor.eip == Place.code + 4)
    }
}
