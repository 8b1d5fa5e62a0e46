import IA32
import Testing

/// What a flush of the TLB drops (SDM Vol. 3A 4.10.4.1 "Operations that Invalidate TLBs and Paging-Structure Caches").
@Suite struct TLBFlushTests {
    private static let first: UInt32 = 0x10_0000
    private static let count: UInt32 = 700

    /// `count` pages from `first` on, all mapped to `data`, of which every third is global; all are used.
    private static func machine() -> TestMachine {
        let machine = TestMachine()
        machine.enablePaging()
        machine.processor.cr4 = 0x80
        map(machine, to: Place.data, global: true)
        machine.write32(Place.data, 1)
        machine.write32(Place.target, 2)
        #expect(pages(machine, otherThan: { _ in 1 }).isEmpty)
        map(machine, to: Place.target, global: false)
        return machine
    }

    private static func map(_ machine: TestMachine, to frame: UInt32, global: Bool) {
        for page in 0..<count {
            machine.setPage(first + page << 12, frame | 7 | (global && page % 3 == 0 ? 0x100 : 0))
        }
    }

    /// The pages that do not read `value`.
    private static func pages(_ machine: TestMachine, otherThan value: (UInt32) -> UInt32) -> [UInt32] {
        (0..<count).filter { read(machine, $0) != value($0) }
    }

    private static func read(_ machine: TestMachine, _ page: UInt32) -> UInt32 {
        machine.processor.eip = Place.code
        machine.execute(Code.load(first + page << 12))
        return machine.processor[.eax]
    }

    @Test("nothing is dropped without a flush") func stale() {
        let machine = Self.machine()
        #expect(Self.pages(machine, otherThan: { _ in 1 }).isEmpty)
    }

    /// Twice: what stays over the first flush must be known to the second.
    @Test("MOV to CR3 keeps global pages only", arguments: [1, 2]) func directory(times: Int) {
        let machine = Self.machine()
        for _ in 0..<times { machine.execute([0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8], count: 2) }
        #expect(Self.pages(machine, otherThan: { $0 % 3 == 0 ? 1 : 2 }).isEmpty)
    }

    @Test("a change of CR4.PGE drops all", arguments: [false, true]) func everything(afterDirectory: Bool) {
        let machine = Self.machine()
        if afterDirectory { machine.execute([0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8], count: 2) }
        // MOV EAX, 0; MOV CR4, EAX.
        machine.execute([0xB8, 0, 0, 0, 0, 0x0F, 0x22, 0xE0], count: 2)
        #expect(Self.pages(machine, otherThan: { _ in 2 }).isEmpty)
    }

    @Test("a restored snapshot knows its entries") func restored() {
        let machine = Self.machine()
        let state = machine.processor.captureState()
        machine.processor.reset()
        machine.processor.restore(state)
        #expect(Self.read(machine, 5) == 1)
        machine.processor.cr4 = 0
        #expect(Self.pages(machine, otherThan: { _ in 2 }).isEmpty)
    }

    @Test("a reset drops all") func reset() {
        let machine = Self.machine()
        let (gdtr, cr3) = (machine.processor.gdtr, machine.processor.cr3)
        machine.processor.reset()
        machine.processor.gdtr = gdtr
        machine.processor.cr0 = 0x11
        machine.enter(ring: 0)
        machine.processor.cr3 = cr3
        machine.processor.cr0 |= 0x8000_0000
        #expect(Self.pages(machine, otherThan: { _ in 2 }).isEmpty)
    }
}
