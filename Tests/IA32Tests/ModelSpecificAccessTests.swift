import IA32
import Testing

/// RDMSR, WRMSR, RDPMC (SDM Vol. 2B, Vol. 4 2.20 "MSRs in the P6 Family Processors").
@Suite struct ModelSpecificAccessTests {
    /// `result` is what the register reads as after `value` was written; nil if WRMSR is #GP(0).
    struct Row: Sendable {
        let number: UInt32
        let value: UInt64
        let result: UInt64?
        init(_ number: UInt32, _ value: UInt64, _ result: UInt64?) {
            self.number = number
            self.value = value
            self.result = result
        }
    }

    static let rows: [Row] = [
        Row(0x17, 0, nil), Row(0x1B, 0xFEC0_0900, 0xFEC0_0900), Row(0x1B, 0xF_0000_0800, 0xF_0000_0800),
        Row(0x1B, 0xFEE0_0C00, nil), Row(0x1B, 0x10_0000_0800, nil), Row(0x1B, 0xFEE0_0801, nil),
        Row(0x2A, 0x1234, 0x1234), Row(0x8B, 0x55_0000_0000, 0x55_0000_0000),
        Row(0xC1, 0x7FFF_FFFF, 0x7FFF_FFFF), Row(0xC2, 0x1_8000_0000, 0xFF_8000_0000), Row(0xC3, 0, nil),
        Row(0x174, 0xFFFF_FFFF_0000_0008, 8), Row(0x175, 0x1234_5678, 0x1234_5678),
        Row(0x176, 0xC000_0000, 0xC000_0000), Row(0x177, 0, nil), Row(0x179, 0, nil), Row(0x17A, 0xFF, 7),
        Row(0x17B, 0, nil), Row(0x186, 0x1_0041_00C0, 0x41_00C0), Row(0x188, 0, nil), Row(0x1D9, 0xFFFF, 0x7F),
        Row(0x1DB, 0, nil),
        // MTRRs
        Row(0xFE, 0x508, nil), Row(0x2FF, 0xC06, 0xC06), Row(0x2FF, 0xC02, nil), Row(0x2FF, 0x1C06, nil),
        Row(0x200, 0xF_FFFF_F006, 0xF_FFFF_F006), Row(0x200, 0x10_0000_0006, nil), Row(0x200, 0x106, nil),
        Row(0x20E, 7, nil), Row(0x20F, 0xF_FFFF_F800, 0xF_FFFF_F800), Row(0x20F, 1, nil), Row(0x210, 0, nil),
        Row(0x250, 0x0606_0504_0100_0606, 0x0606_0504_0100_0606), Row(0x250, 0x0306_0606_0606_0606, nil),
        Row(0x258, 6, 6), Row(0x259, 6, 6), Row(0x25A, 0, nil), Row(0x26F, 0x0600, 0x0600), Row(0x270, 0, nil),
        Row(0x277, 0, nil), Row(0x400, 0, nil),
        // IA32_EFER: NXE only
        Row(0xC000_0080, 0x800, 0x800), Row(0xC000_0080, 0x801, nil), Row(0xC000_0080, 0x100, nil),
        Row(0xC000_0081, 0, nil), Row(0x4000_0000, 0, nil),
    ]

    @Test(arguments: rows) func write(_ row: Row) {
        let machine = TestMachine()
        let before = machine.processor.modelSpecificRegister(row.number)
        let raised = machine.writeModelSpecific(row.number, row.value)
        #expect(raised == (row.result == nil ? .gp(0) : nil))
        #expect(machine.processor.modelSpecificRegister(row.number) == row.result ?? before)
        guard let result = row.result else { return }
        #expect(machine.fault(of: [0x0F, 0x32]) == nil)
        #expect(UInt64(machine.processor[.edx]) << 32 | UInt64(machine.processor[.eax]) == result)
    }

    static let initial: [(UInt32, UInt64?)] = [
        (0x17, 0), (0x1B, 0xFEE0_0900), (0x79, nil), (0xFE, 0x508), (0x174, 0), (0x179, 0), (0x1DB, 0), (0x2FF, 0),
        (0x277, nil), (0x17B, nil), (0xC000_0080, 0), (0xC000_0081, nil),
    ]

    @Test(arguments: initial) func readAfterReset(_ number: UInt32, _ expected: UInt64?) {
        let machine = TestMachine()
        machine.processor[.ecx] = number
        let before = machine.registers
        #expect(machine.fault(of: [0x0F, 0x32]) == (expected == nil ? .gp(0) : nil))
        if expected == nil { #expect(machine.registers == before) }
        #expect(machine.processor.modelSpecificRegister(number) == expected)
    }

    @Test(arguments: [0x30, 0x32] as [UInt8]) func needsCPL0(_ opcode: UInt8) {
        let machine = TestMachine()
        machine.enter(ring: 3)
        machine.processor[.ecx] = 0x174
        #expect(machine.fault(of: [0x0F, opcode]) == .gp(0))
    }

    @Test func noExecuteEnableNeedsTheFeature() {
        let machine = TestMachine()
        machine.processor.model.features.remove(.noExecute)
        #expect(machine.writeModelSpecific(0xC000_0080, 0x800) == .gp(0))
        machine.processor[.ecx] = 0xC000_0080
        #expect(machine.fault(of: [0x0F, 0x32]) == .gp(0))
    }

    @Test func microcodeUpdateIsIgnored() {
        let machine = TestMachine()
        #expect(machine.writeModelSpecific(0x79, 0x1000) == nil)
        #expect(machine.processor.modelSpecificRegister(0x8B) == 0)
    }

    @Test func timeStampCounterCanBeSet() {
        let machine = TestMachine()
        machine.run(0)
        // On this family the high half is cleared.
        #expect(machine.writeModelSpecific(0x10, 0x7777_0000_1000) == nil)
        #expect(machine.execute([0x90, 0x0F, 0x31], count: 2) == .deadline)
        #expect(machine.processor[.edx] == 0)
        #expect(machine.processor[.eax] == 0x1002)
        machine.processor[.ecx] = 0x10
        #expect(machine.execute([0x0F, 0x32]) == .deadline)
        #expect(machine.processor[.eax] == 0x1003)
    }

    @Test func resetClearsTheTimeStampCounter() {
        let machine = TestMachine()
        machine.processor.instructionCount = 5000
        machine.processor.reset()
        #expect(machine.processor.modelSpecificRegister(0x10) == 0)
        #expect(machine.processor.instructionCount == 5000)
    }

    @Test func hostHearsOfTheAPICBase() {
        let host = APICHost()
        let machine = TestMachine()
        machine.processor.host = host
        machine.processor[.ecx] = 0x1B
        machine.processor[.eax] = 0xFED0_0900
        machine.processor[.edx] = 0
        machine.execute([0x0F, 0x30])
        #expect(host.bases == [0xFED0_0900])
    }

    @Test(
        arguments: [(0, 0, 0, true), (0, 3, 0, false), (0x100, 3, 1, true), (0, 0, 2, false)]
            as [(UInt32, UInt8, UInt32, Bool)])
    func performanceCounter(_ cr4: UInt32, _ ring: UInt8, _ number: UInt32, _ isAllowed: Bool) {
        let machine = TestMachine()
        _ = machine.writeModelSpecific(0xC1 + number % 2, 0xFFFF_FFFF)
        machine.processor.cr4 = cr4
        machine.enter(ring: ring)
        machine.processor[.ecx] = number
        #expect(machine.fault(of: [0x0F, 0x33]) == (isAllowed ? nil : .gp(0)))
        if isAllowed { #expect(machine.processor[.edx] == 0xFF) }
    }
}

/// Records the values of IA32_APIC_BASE.
private final class APICHost: ProcessorHost {
    var bases: [UInt64] = []

    func didSetAPICBase(_ value: UInt64) { bases.append(value) }
    func readPort(_ port: UInt16, bytes: Int) -> UInt32 { .max }
    func writePort(_ port: UInt16, value: UInt32, bytes: Int) {}
    func readDevice(_ address: PhysicalAddress, bytes: Int) -> UInt32 { .max }
    func writeDevice(_ address: PhysicalAddress, value: UInt32, bytes: Int) {}
    func acknowledgeInterrupt() -> UInt8 { 0 }
    func willDeliver(_ delivery: inout Delivery) -> DeliveryVerdict { .deliver }
    func didDeliver(_ delivery: Delivery) {}
    func didReturn(_ event: ReturnEvent) {}
    func willFaultPage(_ fault: PageFaultEvent) {}
    func willSwitchTask(_ event: TaskSwitchEvent) {}
    func didSwitchTask(_ event: TaskSwitchEvent) {}
    func reachedCodeAddress(_ eip: UInt32, linear: LinearAddress) {}
    func consume(_ records: [EventRecord]) {}
}

extension TestMachine {
    /// WRMSR at the current EIP.
    func writeModelSpecific(_ number: UInt32, _ value: UInt64) -> Raised? {
        processor[.ecx] = number
        processor[.eax] = UInt32(truncatingIfNeeded: value)
        processor[.edx] = UInt32(truncatingIfNeeded: value >> 32)
        return fault(of: [0x0F, 0x30])
    }
}
