import Chipset
import Testing

/// Registers, priorities and messages of a local APIC.
struct LocalAPICTests {
    private func enabled(identifier: UInt8 = 0) -> LocalAPIC {
        var apic = LocalAPIC(identifier: identifier)
        _ = apic.write(0xF0, 0x1FF, at: 0)
        return apic
    }

    /// Register values after reset (SDM Vol. 3A 10.4.7.1).
    @Test(
        arguments: [
            (UInt32(0x20), UInt32(0x0300_0000)), (0x30, 0x0004_0014), (0x80, 0), (0xA0, 0), (0xD0, 0),
            (0xE0, 0xFFFF_FFFF), (0xF0, 0xFF), (0x100, 0), (0x170, 0), (0x1F0, 0), (0x270, 0), (0x280, 0),
            (0x300, 0), (0x310, 0), (0x320, 0x1_0000), (0x340, 0x1_0000), (0x350, 0x1_0000), (0x360, 0x1_0000),
            (0x370, 0x1_0000), (0x380, 0), (0x390, 0), (0x3E0, 0),
        ] as [(UInt32, UInt32)])
    func resetValues(offset: UInt32, value: UInt32) {
        var apic = LocalAPIC(identifier: 3)
        #expect(apic.peek(offset, at: 0) == value)
        #expect(apic.read(offset, at: 0) == value)
    }

    /// Register, bits that stay after writing all ones while enabled.
    @Test(
        arguments: [
            (UInt32(0x20), UInt32(0x0F00_0000)), (0x80, 0xFF), (0xD0, 0xFF00_0000), (0xE0, 0xFFFF_FFFF),
            (0x310, 0xFF00_0000), (0x320, 0x3_00FF), (0x340, 0x1_07FF), (0x350, 0x1_A7FF), (0x360, 0x1_A7FF),
            (0x370, 0x1_00FF), (0x380, 0xFFFF_FFFF), (0x3E0, 0xB),
        ] as [(UInt32, UInt32)])
    func writableBits(offset: UInt32, bits: UInt32) {
        var apic = enabled()
        #expect(apic.write(offset, 0xFFFF_FFFF, at: 0) == nil)
        #expect(apic.read(offset, at: 0) == bits)
    }

    @Test func readOnlyRegistersStay() {
        var apic = enabled()
        for offset in [UInt32(0x30), 0x90, 0xA0, 0x100, 0x180, 0x200, 0x390] {
            _ = apic.write(offset, 0xFFFF_FFFF, at: 0)
        }
        #expect(apic.read(0x30, at: 0) == 0x0004_0014)
        #expect(apic.read(0x200, at: 0) == 0)
        _ = apic.write(0x280, 0, at: 0)
        #expect(apic.errorStatus == 0, "writing them is no error")
    }

    @Test func disablingMasksTheLocalVectors() {
        var apic = enabled()
        _ = apic.write(0x350, 0x700, at: 0)
        #expect(apic.passesExternalInterrupts)
        _ = apic.write(0x350, 0x1_0700, at: 0)
        #expect(!apic.passesExternalInterrupts)
        _ = apic.write(0xF0, 0xFF, at: 0)
        _ = apic.write(0x350, 0x700, at: 0)
        #expect(apic.lint0.isMasked, "the mask cannot be cleared while disabled")
        #expect(apic.passesExternalInterrupts, "but the 8259s then reach the processor directly")
        #expect(apic.passesNMI)
    }

    @Test func virtualWireMode() {
        var apic = LocalAPIC(identifier: 0)
        apic.enterVirtualWireMode()
        #expect(apic.isEnabled)
        #expect(apic.passesExternalInterrupts)
        #expect(apic.passesNMI)
        _ = apic.write(0x360, 0x1_0400, at: 0)
        #expect(!apic.passesNMI)
    }

    /// Task priority, vector in service, vector requested, whether it comes through.
    @Test(
        arguments: [
            (UInt8(0), nil, UInt8(0x31), true), (0x30, nil, 0x31, false), (0x2F, nil, 0x31, true),
            (0x3F, nil, 0x41, true), (0x40, nil, 0x4F, false), (0, 0x35, 0x3F, false), (0, 0x3F, 0x40, true),
            (0x50, 0x31, 0x51, false), (0, nil, 0x10, true), (0xFF, nil, 0xFF, false),
        ] as [(UInt8, UInt8?, UInt8, Bool)])
    func priorityIsTheHighNibble(task: UInt8, serving: UInt8?, vector: UInt8, passes: Bool) {
        var apic = enabled()
        if let serving {
            apic.accept(serving)
            #expect(apic.acknowledge() == serving)
        }
        _ = apic.write(0x80, UInt32(task), at: 0)
        apic.accept(vector)
        #expect((apic.pendingVector == vector) == passes)
        #expect(apic.wouldInterrupt(vector) == passes)
    }

    /// Task priority, vector in service, processor priority (SDM Vol. 3A 10.8.3.1).
    @Test(
        arguments: [
            (UInt8(0), nil, UInt8(0)), (0x2B, nil, 0x2B), (0x2B, 0x31, 0x30), (0x3B, 0x31, 0x3B), (0x4B, 0x31, 0x4B),
        ] as [(UInt8, UInt8?, UInt8)])
    func processorPriority(task: UInt8, serving: UInt8?, expected: UInt8) {
        var apic = enabled()
        if let serving {
            apic.accept(serving)
            _ = apic.acknowledge()
        }
        _ = apic.write(0x80, UInt32(task), at: 0)
        #expect(apic.read(0xA0, at: 0) == UInt32(expected))
    }

    @Test func endOfInterruptTakesTheHighest() {
        var apic = enabled()
        apic.accept(0x41)
        #expect(apic.acknowledge() == 0x41)
        apic.accept(0x61)
        #expect(apic.acknowledge() == 0x61)
        #expect(apic.read(0x130, at: 0) == 2)
        _ = apic.write(0xB0, 0, at: 0)
        #expect(!apic.inService[0x61])
        #expect(apic.inService[0x41])
        _ = apic.write(0xB0, 0, at: 0)
        _ = apic.write(0xB0, 0, at: 0)
        #expect(apic.inService == VectorSet())
    }

    @Test func acknowledgeWithoutARequestIsSpurious() {
        var apic = enabled()
        _ = apic.write(0xF0, 0x11F, at: 0)
        apic.accept(0x31)
        _ = apic.write(0x80, 0x40, at: 0)
        #expect(apic.acknowledge() == 0x1F)
        #expect(apic.inService == VectorSet())
        #expect(apic.requested[0x31])
    }

    @Test func disabledDispensesNothing() {
        var apic = LocalAPIC(identifier: 0)
        apic.accept(0x31)
        #expect(apic.pendingVector == nil)
        #expect(apic.receive(APICMessage(low: 0x4_4032, high: 0)) == nil)
        #expect(!apic.requested[0x32])
        #expect(apic.receive(APICMessage(low: 0x400, high: 0)) == .nmi)
    }

    /// ICR and what arrives.
    @Test(
        arguments: [
            (UInt32(0x4_4031), LocalAPIC.Signal?.none), (0x4_4431, .nmi), (0x4_4231, .smi), (0x4_4500, .initialize),
            (0x0_8500, nil), (0x4_4608, .startUp(8)), (0x4_4731, nil),
        ] as [(UInt32, LocalAPIC.Signal?)])
    func messages(command: UInt32, signal: LocalAPIC.Signal?) throws {
        var apic = enabled()
        let sent = apic.write(0x300, command, at: 0)
        let message = try #require(sent)
        #expect(apic.receive(message) == signal)
        #expect(apic.requested[0x31] == (command == 0x4_4031))
        #expect(apic.read(0x300, at: 0) & 0x1000 == 0, "delivery is never pending")
    }

    /// ICR low and high, LDR, DFR, sent here, destination.
    @Test(
        arguments: [
            (UInt32(0x0004_0031), UInt32(0), UInt32(0), UInt32(0xFFFF_FFFF), true, true),
            (0x0004_0031, 0, 0, 0xFFFF_FFFF, false, false),
            (0x0008_0031, 0, 0, 0xFFFF_FFFF, false, true), (0x000C_0031, 0, 0, 0xFFFF_FFFF, true, false),
            (0x000C_0031, 0, 0, 0xFFFF_FFFF, false, true), (0x31, 0x0200_0000, 0, 0xFFFF_FFFF, true, true),
            (0x31, 0x0300_0000, 0, 0xFFFF_FFFF, true, false), (0x31, 0xFF00_0000, 0, 0xFFFF_FFFF, true, true),
            (0x831, 0x0600_0000, 0x0400_0000, 0xFFFF_FFFF, true, true),
            (0x831, 0x0300_0000, 0x0400_0000, 0xFFFF_FFFF, true, false),
            (0x831, 0x1200_0000, 0x1600_0000, 0x0FFF_FFFF, true, true),
            (0x831, 0x2200_0000, 0x1600_0000, 0x0FFF_FFFF, true, false),
            (0x831, 0x1100_0000, 0x1600_0000, 0x0FFF_FFFF, true, false),
        ] as [(UInt32, UInt32, UInt32, UInt32, Bool, Bool)])
    func destinations(low: UInt32, high: UInt32, ldr: UInt32, dfr: UInt32, here: Bool, expected: Bool) {
        var apic = enabled(identifier: 2)
        _ = apic.write(0xD0, ldr, at: 0)
        _ = apic.write(0xE0, dfr, at: 0)
        #expect(apic.isDestination(of: APICMessage(low: low, high: high), sentHere: here) == expected)
    }

    @Test func illegalVectorsAreErrors() {
        var apic = enabled()
        _ = apic.write(0x370, 0xE3, at: 0)
        #expect(apic.write(0x300, 0x4_400F, at: 0) == nil)
        apic.accept(0x0F)
        #expect(apic.pendingVector == 0xE3)
        #expect(apic.read(0x280, at: 0) == 0, "ESR shows errors after it is written")
        _ = apic.write(0x280, 0, at: 0)
        #expect(apic.read(0x280, at: 0) == 0x60)
        _ = apic.write(0x280, 0, at: 0)
        #expect(apic.read(0x280, at: 0) == 0)
    }

    @Test func illegalRegisterIsAnError() {
        var apic = enabled()
        #expect(apic.read(0x40, at: 0) == 0)
        _ = apic.write(0x3F0, 1, at: 0)
        _ = apic.write(0x280, 0, at: 0)
        #expect(apic.errorStatus == 0x80)
    }

    @Test func timerRequestsItsVector() {
        var apic = enabled()
        _ = apic.write(0x3E0, 0xB, at: 0)
        _ = apic.write(0x380, 50, at: 100)
        #expect(apic.nextEvent == nil, "masked")
        _ = apic.write(0x320, 0x2_00D1, at: 100)
        #expect(apic.nextEvent == 150)
        #expect(apic.read(0x390, at: 120) == 30)
        apic.advance(to: 150)
        #expect(apic.acknowledge() == 0xD1)
        #expect(apic.nextEvent == 200)
        _ = apic.write(0x320, 0x3_00D1, at: 160)
        apic.advance(to: 300)
        #expect(!apic.requested[0xD1])
    }

    @Test func levelTriggeredMessagesShowInTMR() {
        var apic = enabled()
        #expect(apic.receive(APICMessage(low: 0x4_C055, high: 0)) == nil)
        #expect(apic.triggerMode[0x55])
        apic.accept(0x55)
        #expect(!apic.triggerMode[0x55])
    }
}
