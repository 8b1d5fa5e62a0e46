import IA32
import Testing

/// SDM Vol. 3A 4.3 to 4.10: rights, accessed and dirty bits, error codes, and what the TLB keeps.
@Suite struct PagingTests {
    static let page: UInt32 = 0x18000
    /// mov eax, [page]; mov [page], eax; hlt
    static let read: [UInt8] = [0xA1, 0x00, 0x80, 0x01, 0x00, 0xF4]
    static let write: [UInt8] = [0xA3, 0x00, 0x80, 0x01, 0x00, 0xF4]

    struct Row: Sendable {
        let entry: UInt32
        let isWrite: Bool
        let ring: UInt8
        let writeProtect: Bool
        /// nil if the access succeeds.
        let code: UInt32?
    }

    static let rows: [Row] = [
        Row(entry: 0x18000, isWrite: false, ring: 0, writeProtect: true, code: 0),
        Row(entry: 0x18000, isWrite: true, ring: 0, writeProtect: true, code: 2),
        Row(entry: 0x18000, isWrite: false, ring: 3, writeProtect: true, code: 4),
        Row(entry: 0x18000, isWrite: true, ring: 3, writeProtect: true, code: 6),
        Row(entry: 0x18001, isWrite: false, ring: 0, writeProtect: true, code: nil),
        Row(entry: 0x18001, isWrite: true, ring: 0, writeProtect: true, code: 3),
        Row(entry: 0x18001, isWrite: true, ring: 0, writeProtect: false, code: nil),
        Row(entry: 0x18001, isWrite: false, ring: 3, writeProtect: false, code: 5),
        Row(entry: 0x18003, isWrite: true, ring: 3, writeProtect: false, code: 7),
        Row(entry: 0x18005, isWrite: false, ring: 3, writeProtect: false, code: nil),
        Row(entry: 0x18005, isWrite: true, ring: 3, writeProtect: false, code: 7),
        Row(entry: 0x18007, isWrite: true, ring: 3, writeProtect: true, code: nil),
    ]

    static func machine(_ program: [UInt8], ring: UInt8 = 0) -> TestMachine {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enablePaging()
        machine.enter(ring: ring)
        machine.write(program, Place.code)
        return machine
    }

    static func run(_ machine: TestMachine, _ instructions: UInt64 = 100) {
        machine.processor.deadline = machine.processor.instructionCount + instructions
        _ = machine.processor.run()
    }

    @Test(arguments: rows) func rights(_ row: Row) {
        let machine = Self.machine(row.isWrite ? Self.write : Self.read, ring: row.ring)
        machine.processor.cr0 = 0x8000_0011 | (row.writeProtect ? 0x1_0000 : 0)
        machine.setPage(Self.page, row.entry)
        machine.processor.hooks = [.pageFault]
        Self.run(machine)
        #expect(machine.host.pageFaults.first?.errorCode == row.code)
        let touched: UInt32 = row.code == nil ? (row.isWrite ? 0x60 : 0x20) : 0
        #expect(machine.page(Self.page) == row.entry | touched)
        guard row.code != nil else { return }
        #expect(machine.processor.cr2 == Self.page)
        #expect(machine.host.pageFaults.first?.eip == Place.code)
    }

    /// Reads once, lets the test change the entry, then does `second` at the next instruction.
    func stale(second: [UInt8], change: (TestMachine) -> Void) -> TestMachine {
        let machine = Self.machine(Array(Self.read.dropLast()) + second + [0xF4])
        machine.processor.hooks = [.pageFault]
        Self.run(machine, 1)
        change(machine)
        Self.run(machine)
        return machine
    }

    @Test func translationStaysUntilInvalidated() {
        let machine = stale(second: Array(Self.read.dropLast())) { $0.setPage(Self.page, 0) }
        #expect(machine.host.pageFaults.isEmpty)
    }

    @Test func invalidatePageDropsIt() {
        // invlpg [page]; mov eax, [page]
        let invalidate: [UInt8] = [0x0F, 0x01, 0x3D, 0x00, 0x80, 0x01, 0x00]
        let machine = stale(second: invalidate + Self.read) { $0.setPage(Self.page, 0) }
        #expect(machine.host.pageFaults.map(\.errorCode) == [0])
    }

    @Test func loadingCR3DropsIt() {
        // mov ebx, cr3; mov cr3, ebx; mov eax, [page]
        let machine = stale(second: [0x0F, 0x20, 0xDB, 0x0F, 0x22, 0xDB] + Self.read) { $0.setPage(Self.page, 0) }
        #expect(machine.host.pageFaults.map(\.errorCode) == [0])
    }

    @Test func moreRightsNeedNoInvalidation() {
        let machine = stale(second: Self.write) { $0.setPage(Self.page, 0x18003) }
        #expect(machine.host.pageFaults.isEmpty)
        #expect(machine.page(Self.page) == 0x18063)
    }

    @Test func lessRightsAreNoticedOnlyWhenTheEntryIsDropped() {
        let machine = Self.machine(Array(Self.write.dropLast()) + Self.write)
        machine.processor.cr0 |= 0x1_0000
        machine.processor.hooks = [.pageFault]
        Self.run(machine, 1)
        machine.setPage(Self.page, 0x18001)
        Self.run(machine)
        #expect(machine.host.pageFaults.isEmpty, "the TLB still holds the write right")
    }

    @Test func writeOverAPageEndIsWholeOrNothing() {
        // mov [page - 2], eax with the second page absent
        let machine = Self.machine([0xA3, 0xFE, 0x7F, 0x01, 0x00, 0xF4])
        machine.processor[.eax] = 0x1122_3344
        machine.setPage(Self.page, 0)
        machine.processor.hooks = [.pageFault]
        Self.run(machine)
        #expect(machine.host.pageFaults.first?.linear == LinearAddress(Self.page))
        #expect(machine.read16(Self.page - 2) == 0)
    }

    @Test(arguments: [UInt32(0x0000_0083), 0x0000_2083]) func largePage(_ entry: UInt32) {
        let machine = Self.machine(Self.read)
        machine.processor.cr4 = 0x10
        machine.write32(Place.pageDirectory, entry)
        machine.write32(Self.page, 0xCAFE)
        machine.processor.hooks = [.pageFault]
        Self.run(machine)
        if entry & 0x2000 == 0 {
            #expect(machine.processor[.eax] == 0xCAFE)
            #expect(machine.read32(Place.pageDirectory) == entry | 0x20)
        } else {
            #expect(machine.host.pageFaults.first?.errorCode == 9, "a reserved bit: P and RSVD")
        }
    }
}

extension TestMachine {
    /// The table entry of a linear address below 4 MiB.
    func page(_ linear: UInt32) -> UInt32 { read32(Place.pageDirectory + 0x1000 + (linear >> 12) * 4) }
}
