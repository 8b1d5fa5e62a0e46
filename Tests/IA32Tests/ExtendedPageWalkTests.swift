import IA32
import Testing

/// SDM Vol. 3A 4.4 "PAE Paging": PDPTEs, walk, 2 MiB pages, reserved bits, XD, 36-bit addresses.
@Suite struct ExtendedPageWalkTests {
    static let page: UInt32 = 0x18000
    static let present: UInt64 = 0x18007
    static let noExecute: UInt64 = 1 << 63

    enum Access: Sendable { case read, write, fetch }

    struct Row: Sendable {
        var name: String
        var directory: UInt64 = UInt64(ExtendedTables.table) | 7
        var table: UInt64 = ExtendedPageWalkTests.present
        var access = Access.read
        var ring: UInt8 = 0
        var writeProtect = true
        var noExecuteEnable = true
        /// nil if the access succeeds.
        var code: UInt32?
    }

    static let rows: [Row] = [
        Row(name: "read"), Row(name: "write", access: .write), Row(name: "user write", access: .write, ring: 3),
        Row(name: "fetch", access: .fetch, ring: 3),
        Row(name: "directory absent", directory: 0, code: 0), Row(name: "absent", table: 0x18006, code: 0),
        Row(name: "absent, with reserved bits", table: 0x7FFF_FFF0_0000_0080, code: 0),
        Row(name: "absent, user write", table: 0, access: .write, ring: 3, code: 6),
        Row(name: "read-only", table: 0x18005, access: .write, code: 3),
        Row(name: "read-only directory", directory: 0x5_2005, access: .write, code: 3),
        Row(name: "read-only without WP", table: 0x18005, access: .write, writeProtect: false, code: nil),
        Row(name: "read-only for users", table: 0x18005, access: .write, ring: 3, writeProtect: false, code: 7),
        Row(name: "supervisor page", table: 0x18003, ring: 3, code: 5),
        Row(name: "supervisor directory", directory: 0x5_2003, ring: 3, code: 5),
        Row(name: "bit 36", table: 0x10_0001_8007, code: 9), Row(name: "bit 62", table: 1 << 62 | present, code: 9),
        Row(name: "bit 7 without PAT", table: 0x18087, code: 9),
        Row(name: "bit 36 of the directory", directory: 0x10_0005_2007, access: .write, ring: 3, code: 0xF),
        Row(name: "XD without NXE", table: noExecute | present, noExecuteEnable: false, code: 9),
        Row(name: "XD of the directory without NXE", directory: noExecute | 0x5_2007, noExecuteEnable: false, code: 9),
        Row(name: "XD does not stop a write", table: noExecute | present, access: .write),
        Row(name: "XD", table: noExecute | present, access: .fetch, code: 0x11),
        Row(name: "XD for users", table: noExecute | present, access: .fetch, ring: 3, code: 0x15),
        Row(name: "XD of the directory", directory: noExecute | 0x5_2007, access: .fetch, code: 0x11),
        Row(name: "fetch, absent", table: 0, access: .fetch, ring: 3, code: 0x14),
        Row(name: "fetch, absent, without NXE", table: 0, access: .fetch, ring: 3, noExecuteEnable: false, code: 4),
        Row(name: "fetch, reserved", table: 0x10_0001_8007, access: .fetch, code: 0x19),
        Row(name: "2 MiB", directory: 0xE7), Row(name: "2 MiB, bit 12", directory: 0x10E7, code: 9),
        Row(name: "2 MiB, bit 20", directory: 0x10_00E7, code: 9),
        Row(name: "2 MiB read-only", directory: 0xE5, access: .write, code: 3),
        Row(name: "2 MiB XD", directory: noExecute | 0xE7, access: .fetch, code: 0x11),
    ]

    /// A machine about to make one access to `page`; the code's own page lies behind another directory entry.
    static func machine(_ row: Row) -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enableExtendedPaging()
        // The second 2 MiB of linear addresses lead to the first of RAM; all segments but DS start there.
        if row.noExecuteEnable { #expect(machine.writeModelSpecific(0xC000_0080, 0x800) == nil) }
        machine.processor.cr0 = 0x8000_0011 | (row.writeProtect ? 0x1_0000 : 0)
        machine.write64(ExtendedTables.directory + 8, 0xE7)
        machine.enter(ring: row.ring)
        machine.processor.gdtr = (base: 0x20_0000 + Place.gdt, limit: 0x3FF)
        machine.processor.idtr = (base: 0x20_0000 + Place.idt, limit: 0x7FF)
        machine.processor.eip = 0x20_0000 + Place.code
        machine.write64(ExtendedTables.directory, row.directory)
        machine.write64(ExtendedTables.table + (page >> 12) * 8, row.table)
        return machine
    }

    @Test(arguments: rows) func access(_ row: Row) {
        let machine = Self.machine(row)
        let page = little(Self.page)
        let code: [UInt8] =
            switch row.access {
            case .read: [0xA1] + page
            case .write: [0xA3] + page
            case .fetch: [0xB8] + page + [0xFF, 0xE0]
            }
        machine.write([0x90], Self.page)
        machine.write(code, Place.code)
        machine.processor.hooks = [.willDeliver]
        machine.host.verdict = .stop
        machine.host.willDeliver = []
        machine.run(row.access == .fetch ? 3 : 1)
        let raised = machine.host.willDeliver.first
        #expect(raised?.vector == (row.code == nil ? nil : 14), "\(row.name)")
        #expect(raised?.errorCode == row.code, "\(row.name)")
        if row.code != nil { #expect(raised?.cr2 == Self.page) }
        guard row.code == nil, row.directory & 0x80 == 0 else { return }
        let touched: UInt64 = row.access == .write ? 0x60 : 0x20
        #expect(machine.entry(ExtendedTables.table + (Self.page >> 12) * 8) == row.table | touched)
        #expect(machine.entry(ExtendedTables.directory) == row.directory | 0x20)
    }

    // MARK: PDPTEs

    /// Bits 1, 2, 5-8 and 36-63 of a present entry.
    static let pointers: [(UInt64, Bool)] =
        [1, 2, 5, 6, 7, 8, 36, 62, 63].map { (1 << $0 | 1, false) }
        + [3, 4, 9, 10, 11, 12, 35].map { (1 << $0 | 1, true) } + [(0xFFFF_FFFF_FFFF_FFFE, true)]

    @Test(arguments: pointers, [0, 3, 4] as [UInt8])
    func reservedPointerBits(_ pointer: (UInt64, Bool), _ register: UInt8) {
        let machine = TestMachine()
        machine.enableExtendedPaging()
        let table = register == 3 ? ExtendedTables.pointers + 0x40 : ExtendedTables.pointers
        machine.write64(table, UInt64(ExtendedTables.directory) | 1)
        machine.write64(table + 24, pointer.0)
        switch register {
        case 0:
            machine.processor.cr0 = 0x11
            machine.processor[.eax] = 0x8000_0011
        case 3: machine.processor[.eax] = table
        default:
            // Without PAE the table is the start of a 32-bit directory, whose A bits must not get into it.
            machine.processor.cr4 = 0x10
            machine.write32(table + 32, 0x87)
            machine.processor.eip = 0x200_0000 + Place.code
            machine.processor[.eax] = 0x30
        }
        let before = machine.registers
        machine.write([0x0F, 0x22, 0xC0 | register << 3], Place.code)
        machine.processor.hooks = .willDeliver
        machine.host.verdict = .stop
        machine.run()
        #expect(machine.host.willDeliver.map { Raised($0.vector, $0.errorCode) } == (pointer.1 ? [] : [.gp(0)]))
        #expect((machine.registers == before) == !pointer.1)
    }

    @Test func pointersAreRegisters() {
        let machine = TestMachine()
        machine.enableExtendedPaging()
        let load = [0x8B, 0x0D] + little(Self.page)
        machine.write64(ExtendedTables.pointers, 0)
        #expect(machine.fault(of: load) == nil, "the entry in memory was read when CR3 was loaded")
        #expect(machine.processor.translate(LinearAddress(Self.page)).physical == PhysicalAddress(0x18000))
        // mov cr0, eax with CD set loads it again; what the TLB does not hold faults.
        machine.processor[.eax] = 0xC000_0011
        #expect(machine.fault(of: [0x0F, 0x22, 0xC0]) == nil)
        #expect(machine.fault(of: [0x8B, 0x0D] + little(Self.page + 0x1000)) == .pf(0))
    }

    @Test(arguments: [(0x0000_0001, nil), (0x1000_0000_0000_0001, .gp(0))] as [(UInt64, Raised?)])
    func taskSwitchLoadsThem(_ flags: UInt64, _ expected: Raised?) {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enableExtendedPaging()
        machine.setTask(
            Interrupts.taskDF, tss: Interrupts.tssDF, code: Interrupts.codeDF, stack: Interrupts.stackDF)
        let table = ExtendedTables.pointers + 0x80
        machine.write64(table, UInt64(ExtendedTables.directory) | flags)
        machine.write32(Interrupts.tssDF + 0x1C, table)
        #expect(machine.fault(of: Code.farJump(Interrupts.taskDF)) == expected)
        #expect(machine.processor.cr3 == table)
        #expect(machine.processor.eip == Interrupts.codeDF, "a fault belongs to the new task")
    }

    // MARK: Large and global pages, high addresses

    @Test func invalidationDropsAWholeLargePage() {
        let machine = TestMachine()
        machine.enableExtendedPaging()
        machine.write64(ExtendedTables.directory + 16, 0xE7)
        machine.write32(0x18000, 0x1111)
        let load = [0x8B, 0x0D] + little(UInt32(0x41_8000))
        #expect(machine.fault(of: load) == nil)
        #expect(machine.processor[.ecx] == 0x1111)
        machine.write64(ExtendedTables.directory + 16, 0)
        #expect(machine.fault(of: load) == nil)
        // INVLPG of another page in the same 2 MiB
        #expect(machine.fault(of: [0x0F, 0x01, 0x3D] + little(UInt32(0x40_0000))) == nil)
        #expect(machine.fault(of: load) == .pf(0))
    }

    @Test(arguments: [true, false]) func globalPages(_ isEnabled: Bool) {
        let machine = TestMachine()
        machine.enableExtendedPaging()
        machine.processor.cr4 = isEnabled ? 0xA0 : 0x20
        let entry = ExtendedTables.table + (Self.page >> 12) * 8
        machine.write64(entry, 0x18107)
        let load = [0x8B, 0x0D] + little(Self.page)
        #expect(machine.fault(of: load) == nil)
        machine.write64(entry, 0)
        machine.processor[.eax] = ExtendedTables.pointers
        #expect(machine.fault(of: [0x0F, 0x22, 0xD8]) == nil)
        #expect(machine.fault(of: load) == (isEnabled ? nil : .pf(0)))
    }

    @Test func addressesAbove4GiB() {
        let machine = TestMachine()
        machine.enableExtendedPaging()
        machine.write64(ExtendedTables.table + (Self.page >> 12) * 8, 0xF_0001_8007)
        machine.write32(Self.page, 0x1111)
        #expect(machine.fault(of: [0x8B, 0x0D] + little(Self.page)) == nil)
        #expect(machine.processor[.ecx] == .max)
        machine.processor[.eax] = 0x2222
        #expect(machine.fault(of: [0xA3] + little(Self.page)) == nil)
        #expect(machine.fault(of: [0x01, 0x05] + little(Self.page)) == nil)
        #expect(machine.host.deviceWrites == [0xF_0001_8000: 0x2221])
        #expect(machine.read32(Self.page) == 0x1111, "RAM 4 GiB below is not touched")
        // All ones are no instruction.
        #expect(machine.fault(of: [0xB8] + little(Self.page) + [0xFF, 0xE0]) == nil)
        #expect(machine.run(2) == .stopRequested)
        #expect(machine.host.willDeliver.first?.vector == 6)
    }

    /// CMPXCHG8B of a device: two accesses of four bytes.
    @Test func eightBytesOfADevice() {
        let machine = TestMachine()
        machine.processor[.eax] = .max
        machine.processor[.edx] = .max
        machine.processor[.ebx] = 0x1234_5678
        machine.processor[.ecx] = 0x9ABC_DEF0
        #expect(machine.fault(of: [0x0F, 0xC7, 0x0D] + little(UInt32(0xFED0_0000))) == nil)
        #expect(machine.host.deviceWrites == [0xFED0_0000: 0x1234_5678, 0xFED0_0004: 0x9ABC_DEF0])
    }

    @Test func inspection() {
        let machine = TestMachine()
        machine.enableExtendedPaging()
        let small = machine.processor.translate(LinearAddress(Self.page + 0x123))
        #expect(small.pointerEntry == PageEntryView(ExtendedTables.pointers, UInt64(ExtendedTables.directory) | 1))
        #expect(small.directoryEntry == PageEntryView(ExtendedTables.directory, UInt64(ExtendedTables.table) | 7))
        #expect(small.tableEntry == PageEntryView(ExtendedTables.table + 0xC0, 0x18007))
        #expect(small.physical == PhysicalAddress(0x18123))
        machine.write64(ExtendedTables.directory + 8, 0x8_0020_00E7)
        let large = machine.processor.translate(LinearAddress(0x23_4567))
        #expect(large.tableEntry == nil)
        #expect(large.physical == PhysicalAddress(0x8_0023_4567))
        let absent = machine.processor.translate(LinearAddress(0xC000_0000))
        #expect(absent.pointerEntry == PageEntryView(ExtendedTables.pointers + 24, 0))
        #expect(absent.directoryEntry == nil)
        #expect(absent.physical == nil)
    }
}

extension PageEntryView {
    fileprivate init(_ address: UInt32, _ value: UInt64) { self.init(address: UInt64(address), value: value) }
}

/// Where the PAE tables of a test lie.
enum ExtendedTables {
    static let pointers: UInt32 = 0x50000
    static let directory: UInt32 = 0x51000
    static let table: UInt32 = 0x52000
}

extension TestMachine {
    /// Turns PAE paging on: the first 2 MiB are mapped to themselves, for users and writable.
    func enableExtendedPaging() {
        write64(ExtendedTables.pointers, UInt64(ExtendedTables.directory) | 1)
        write64(ExtendedTables.directory, UInt64(ExtendedTables.table) | 7)
        for page in UInt32(0)..<512 { write64(ExtendedTables.table + page * 8, UInt64(page) << 12 | 7) }
        processor.cr3 = ExtendedTables.pointers
        processor.cr4 = 0x20
        processor.cr0 |= 0x8000_0000
    }

    func entry(_ address: UInt32) -> UInt64 { UInt64(read32(address + 4)) << 32 | UInt64(read32(address)) }
}
