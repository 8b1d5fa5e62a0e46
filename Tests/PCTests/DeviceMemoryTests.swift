import Chipset
import IA32
import PC
import Testing

/// The local APIC's page, and physical addresses without anything.
struct DeviceMemoryTests {
    private static let base: UInt32 = 0xFEE0_0000

    private func load(_ address: UInt32) -> [UInt8] { [0xA1] + Guest.bytes(address) }

    /// Physical address and what MOV EAX, [address] gives.
    @Test(
        arguments: [
            (0xFEE0_0030, 0x0004_0014), (0xFEE0_00F0, 0x1FF), (0xFEE0_0350, 0x700), (0xFEE0_0360, 0x400),
            (0xFEC0_0000, 0), (0xFEC0_1000, 0xFFFF_FFFF), (0x4000_0000, 0xFFFF_FFFF), (0xFFFF_FFFC, 0xFFFF_FFFF),
            (0xFEE0_1030, 0xFFFF_FFFF),
        ] as [(UInt32, UInt32)])
    func read(address: UInt32, expected: UInt32) throws {
        let machine = try Guest.machine(load(address) + Guest.halt)
        #expect(machine.run(budget: 10) == .halted)
        #expect(machine.processor[.eax] == expected)
    }

    @Test func writesOutsideDevicesAndMemoryAreDropped() throws {
        let machine = try Guest.machine(Guest.store(0x4000_0000, 1) + load(0x4000_0000) + Guest.halt)
        #expect(machine.run(budget: 10) == .halted)
        #expect(machine.processor[.eax] == 0xFFFF_FFFF)
    }

    @Test func onlyAlignedDoublewordsAreWritten() throws {
        // MOV BYTE [FEE00080h], 55h; MOV DWORD [FEE00081h], EAX
        let code = [0xC6, 0x05] + Guest.bytes(DeviceMemoryTests.base + 0x80) + [0x55]
        let machine = try Guest.machine(code + Guest.store(DeviceMemoryTests.base + 0x84, 0x66) + Guest.halt)
        machine.run(budget: 10)
        #expect(machine.devices.localAPIC.taskPriority == 0)
    }

    @Test func nmiToItself() throws {
        let code = Guest.store(DeviceMemoryTests.base + 0x300, 0x4_4400) + [0x90, 0x90] + Guest.halt
        let machine = try Guest.machine(code, handlers: [2: Guest.exit(5)])
        #expect(machine.run(budget: 20) == .exit(11))
        #expect(machine.events.first?.kind == .nmi)
    }

    /// Task priority and whether a self-IPI with vector 41h comes through.
    @Test(arguments: [(0x00, true), (0x3F, true), (0x40, false), (0xF0, false)] as [(UInt32, Bool)])
    func fixedInterruptToItself(priority: UInt32, arrives: Bool) throws {
        let code =
            Guest.store(DeviceMemoryTests.base + 0x80, priority) + Guest.enable
            + Guest.store(DeviceMemoryTests.base + 0x300, 0x4_4041) + [0x90, 0x90] + Guest.exit(0)
        let machine = try Guest.machine(code, handlers: [0x41: Guest.exit(5)])
        #expect(machine.run(budget: 20) == .exit(arrives ? 11 : 1))
        #expect(machine.devices.localAPIC.inService[0x41] == arrives)
        #expect(machine.devices.localAPIC.requested[0x41] == !arrives)
    }

    /// The interrupt comes after the store that asked for it, wherever blocks begin and end.
    @Test func selfInterruptIsExact() throws {
        let code =
            Guest.enable + [0xB8] + Guest.bytes(0x4_4041) + [0xA3] + Guest.bytes(DeviceMemoryTests.base + 0x300)
            + [0x43, 0x43, 0x43, 0x43] + Guest.exit(0)  // INC EBX four times
        let handlers = [0x41: Guest.exit(5)] as [UInt8: [UInt8]]
        let whole = try Guest.machine(code, handlers: handlers)
        #expect(whole.run(budget: 50) == .exit(11))
        let stepped = try Guest.machine(code, handlers: handlers)
        while stepped.step() == .budget {}
        #expect(whole.processor[.ebx] == 0, "taken before the next instruction")
        #expect(stepped.processor[.ebx] == 0)
        #expect(stepped.digest == whole.digest)
    }

    @Test func timerInterruptsEveryPeriod() throws {
        let base = DeviceMemoryTests.base
        let handler = Guest.store(base + 0xB0, 0) + [0x41] + Guest.interruptReturn
        let setUp =
            Guest.store(base + 0x3E0, 0xB) + Guest.store(base + 0x320, 0x2_0041) + Guest.store(base + 0x380, 1000)
        let loop: [UInt8] = [0xF4, 0x83, 0xF9, 0x05, 0x75, 0xFA]  // HLT; CMP ECX, 5; JNE
        let machine = try Guest.machine(setUp + Guest.enable + loop + Guest.exit(0), handlers: [0x41: handler])
        #expect(machine.run() == .exit(1))
        #expect((5000...5030).contains(machine.instructionCount))
        #expect(machine.vectorCounts[0x41] == 5)
    }

    @Test func maskedLINT0KeepsThe8259sAway() throws {
        let code =
            Guest.store(DeviceMemoryTests.base + 0x350, 0x1_0700) + Guest.controllers(mask: 0) + Guest.enable
            + [UInt8](repeating: 0x90, count: 20) + Guest.exit(0)
        let machine = try Guest.machine(code, handlers: [0x35: Guest.exit(5)])
        machine.scheduleIRQ(5, at: 28)
        #expect(machine.run(budget: 60) == .exit(1))
        #expect(machine.devices.interruptControllers.interruptRequested)
    }

    @Test func initToItselfIsNamed() throws {
        let machine = try Guest.machine(Guest.store(DeviceMemoryTests.base + 0x300, 0x4_4500) + Guest.selfJump)
        guard case .unsupported(let text) = machine.run(budget: 20) else {
            Issue.record("INIT was accepted")
            return
        }
        #expect(text.contains("INIT"))
    }
}
