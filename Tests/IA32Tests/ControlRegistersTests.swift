import IA32
import Testing

struct ControlRegistersTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var register: UInt8
        var value: UInt32
        var ring: UInt8 = 0
        var expected: Raised?
        /// What the register reads as afterwards.
        var result: UInt32 = 0

        init(
            _ name: String, _ register: UInt8, _ value: UInt32, ring: UInt8 = 0, _ expected: Raised? = nil,
            result: UInt32 = 0
        ) {
            testDescription = name
            self.register = register
            self.value = value
            self.ring = ring
            self.expected = expected
            self.result = result
        }
    }

    static let cases: [Case] = [
        Case("PE alone, ET stays", 0, 1, result: 0x11), Case("undefined bits read as 0", 0, 0x1FFA_FFC1, result: 0x11),
        Case("MP, EM, TS, NE, WP, AM", 0, 0x0005_002F, result: 0x0005_003F),
        Case("PG without PE", 0, 0x8000_0000, .gp(0)),
        Case("NW without CD", 0, 0x2000_0001, .gp(0)), Case("NW and CD", 0, 0x6000_0001, result: 0x6000_0011),
        Case("CR0 at CPL 3", 0, 0x11, ring: 3, .gp(0)), Case("CR1", 1, 0, .ud),
        Case("CR1 at CPL 3", 1, 0, ring: 3, .ud),
        Case("CR2", 2, 0x1234_5678, result: 0x1234_5678), Case("CR3", 3, 0x0004_0018, result: 0x0004_0018),
        Case("CR3 at CPL 3", 3, 0, ring: 3, .gp(0)), Case("TSD, DE, PSE, PGE", 4, 0x9C, result: 0x9C),
        Case("PAE, MCE, PCE", 4, 0x160, result: 0x160),
        Case("VME", 4, 1, .gp(0)), Case("reserved bit of CR4", 4, 0x8000_0000, .gp(0)),
        Case("CR4 at CPL 3", 4, 0, ring: 3, .gp(0)),
        Case("CR5", 5, 0, .ud), Case("CR6", 6, 0, .ud), Case("CR7", 7, 0, .ud),
    ]

    @Test(arguments: cases) func write(_ test: Case) {
        let machine = TestMachine()
        machine.enter(ring: test.ring)
        machine.processor[.eax] = test.value
        let before = machine.registers
        #expect(machine.fault(of: [0x0F, 0x22, 0xC0 | test.register << 3]) == test.expected)
        guard test.expected == nil else {
            #expect(machine.registers == before)
            return
        }
        #expect(machine.fault(of: [0x0F, 0x20, 0xC1 | test.register << 3]) == nil)
        #expect(machine.processor[.ecx] == test.result)
    }

    @Test(arguments: [0, 2, 3, 4] as [UInt8]) func readNeedsCPL0(_ register: UInt8) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        #expect(machine.fault(of: [0x0F, 0x20, 0xC0 | register << 3]) == .gp(0))
    }

    @Test func pagingTakesEffectAtOnce() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.processor.cr0 = 0x11
        machine.write32(Place.data, 0x1111)
        machine.write32(Place.data + 0x1000, 0x2222)
        machine.setPage(Place.data, (Place.data + 0x1000) | 7)
        // mov ecx, [data]; mov cr0, eax; mov edx, [data]
        let load = little(Place.data)
        machine.processor[.eax] = 0x8000_0011
        #expect(machine.execute([0x8B, 0x0D] + load + [0x0F, 0x22, 0xC0, 0x8B, 0x15] + load, count: 3) == .deadline)
        #expect(machine.processor[.ecx] == 0x1111)
        #expect(machine.processor[.edx] == 0x2222)
    }

    @Test func writeProtectTakesEffectAtOnce() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.setPage(Place.data, Place.data | 5)
        let store = [0xA3] + little(Place.data)
        #expect(machine.fault(of: store) == nil)
        machine.processor[.eax] = 0x8001_0011
        #expect(machine.fault(of: [0x0F, 0x22, 0xC0]) == nil)
        #expect(machine.fault(of: store) == .pf(3))
        machine.processor[.eax] = 0x8000_0011
        #expect(machine.fault(of: [0x0F, 0x22, 0xC0]) == nil)
        #expect(machine.fault(of: store) == nil)
    }

    @Test func staleTranslationUntilCR3Load() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.write32(Place.data, 0x1111)
        machine.write32(Place.data + 0x1000, 0x2222)
        let load = [0x8B, 0x0D] + little(Place.data)
        #expect(machine.fault(of: load) == nil)
        machine.setPage(Place.data, (Place.data + 0x1000) | 7)
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == 0x1111)
        machine.processor[.eax] = Place.pageDirectory
        #expect(machine.fault(of: [0x0F, 0x22, 0xD8]) == nil)
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == 0x2222)
    }

    @Test(arguments: [(true, 0x1111), (false, 0x2222)] as [(Bool, UInt32)])
    func globalPagesOutliveCR3(_ isEnabled: Bool, _ expected: UInt32) {
        let machine = TestMachine()
        machine.processor.cr4 = isEnabled ? 0x80 : 0
        machine.enablePaging()
        machine.write32(Place.data, 0x1111)
        machine.write32(Place.data + 0x1000, 0x2222)
        machine.setPage(Place.data, Place.data | 0x107)
        let load = [0x8B, 0x0D] + little(Place.data)
        #expect(machine.fault(of: load) == nil)
        machine.setPage(Place.data, (Place.data + 0x1000) | 0x107)
        machine.processor[.eax] = Place.pageDirectory
        #expect(machine.fault(of: [0x0F, 0x22, 0xD8]) == nil)
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == expected)
        // Clearing PGE drops global translations too.
        machine.processor[.eax] = 0
        #expect(machine.fault(of: [0x0F, 0x22, 0xE0]) == nil)
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == 0x2222)
    }

    @Test func leavingProtectedModeKeepsHiddenParts() {
        let machine = TestMachine()
        machine.processor[.eax] = 0x10
        let before = SegmentName.allCases.map { machine.processor.segment($0).limit }
        #expect(machine.execute([0x0F, 0x22, 0xC0]) == .deadline)
        #expect(machine.processor.cr0 == 0x10)
        #expect(SegmentName.allCases.map { machine.processor.segment($0).limit } == before)
        // mov ds, ecx in real mode: still 4 GiB long
        machine.processor[.ecx] = 0x1800
        #expect(machine.execute([0x8E, 0xD9]) == .deadline)
        #expect(machine.processor.segment(.ds).base == 0x18000)
        #expect(machine.processor.segment(.ds).limit == .max)
    }

    @Test func enteringProtectedMode() {
        let machine = TestMachine()
        machine.enterRealMode()
        machine.processor[.eax] = 0x11
        // mov cr0, eax; jmp 0x08:target (16-bit code, 32-bit operand)
        let jump = [0x66, 0xEA] + little(Place.target) + little(Sel.code0)
        #expect(machine.execute([0x0F, 0x22, 0xC0] + jump, count: 2) == .deadline)
        #expect(machine.processor.cpl == 0)
        #expect(machine.processor.segment(.cs).selector == Sel.code0)
        #expect(machine.processor.eip == Place.target)
    }

    @Test func machineStatusWord() {
        let machine = TestMachine()
        machine.processor[.eax] = 0xFFFF_FFFE
        // lmsw ax cannot clear PE, and touches four bits only
        #expect(machine.fault(of: [0x0F, 0x01, 0xF0]) == nil)
        #expect(machine.processor.cr0 == 0x1F)
        // smsw ecx at CPL 3
        machine.enter(ring: 3)
        #expect(machine.fault(of: [0x0F, 0x01, 0xE1]) == nil)
        #expect(machine.processor[.ecx] == 0x1F)
        #expect(machine.fault(of: [0x0F, 0x01, 0xF0]) == .gp(0))
        #expect(machine.fault(of: [0x0F, 0x06]) == .gp(0))
        machine.enter(ring: 0)
        #expect(machine.fault(of: [0x0F, 0x06]) == nil)
        #expect(machine.processor.cr0 == 0x17)
    }
}
