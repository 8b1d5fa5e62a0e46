import Chipset
import Testing

/// Registers, edges and levels of the 82093AA.
struct IOAPICTests {
    private func apic(_ input: Int, _ low: UInt32, _ high: UInt32 = 0x0300_0000) -> IOAPIC {
        var apic = IOAPIC()
        set(&apic, UInt8(0x11 + 2 * input), high)
        set(&apic, UInt8(0x10 + 2 * input), low)
        return apic
    }

    private func set(_ apic: inout IOAPIC, _ register: UInt8, _ value: UInt32) {
        apic.write(0, UInt32(register))
        apic.write(0x10, value)
    }

    private func get(_ apic: inout IOAPIC, _ register: UInt8) -> UInt32 {
        apic.write(0, UInt32(register))
        return apic.read(0x10)
    }

    /// Register, what is written, what is read.
    @Test(
        arguments: [
            (UInt8(0x00), UInt32.max, UInt32(0x0F00_0000)), (0x01, .max, 0x0017_0011), (0x02, .max, 0),
            (0x10, .max, 0x0001_AFFF), (0x11, .max, 0xFF00_0000), (0x3E, 0x0000_5041, 0x0000_0041),
            (0x3F, 0x1234_5678, 0x1200_0000), (0x40, .max, 0), (0xFF, .max, 0),
        ] as [(UInt8, UInt32, UInt32)])
    func registers(register: UInt8, written: UInt32, read: UInt32) {
        var apic = IOAPIC()
        set(&apic, register, written)
        #expect(get(&apic, register) == read)
        #expect(apic.read(0) == UInt32(register))
    }

    @Test func everythingIsMaskedAfterReset() {
        var apic = IOAPIC()
        for input in 0..<IOAPIC.inputs {
            #expect(apic.entry(input) == .reset)
            apic.setLine(input, true)
        }
        #expect(!apic.hasMessages)
        #expect(apic.lines == 0xFF_FFFF)
        #expect(apic.entry(-1) == .reset && apic.entry(24) == .reset)
    }

    @Test func anEdgeSendsOneMessage() {
        var apic = apic(4, 0x0841)
        apic.setLine(4, true)
        apic.setLine(4, true)
        let messages = apic.takeMessages()
        #expect(messages.count == 1)
        #expect(messages.first?.vector == 0x41)
        #expect(messages.first?.isLogical == true)
        #expect(messages.first?.destination == 3)
        #expect(messages.first?.isLevelTriggered == false)
        apic.setLine(4, false)
        apic.setLine(4, true)
        #expect(apic.takeMessages().count == 1)
        #expect(!apic.entry(4).remoteIRR)
    }

    @Test func anEdgeOnAMaskedInputIsLost() {
        var apic = apic(4, 0x1_0041)
        apic.setLine(4, true)
        set(&apic, 0x18, 0x0041)
        #expect(apic.takeMessages().isEmpty)
    }

    @Test func aLevelWaitsForItsEOI() {
        var apic = apic(9, 0x8051)
        apic.setLine(9, true)
        #expect(apic.takeMessages().map(\.vector) == [0x51])
        #expect(apic.entry(9).remoteIRR)
        #expect(get(&apic, 0x22) == 0xC051)
        apic.endOfInterrupt(0x52)
        #expect(apic.takeMessages().isEmpty, "another vector")
        apic.endOfInterrupt(0x51)
        #expect(apic.takeMessages().count == 1, "still asserted")
        apic.setLine(9, false)
        apic.endOfInterrupt(0x51)
        #expect(apic.takeMessages().isEmpty)
        #expect(!apic.entry(9).remoteIRR)
    }

    @Test func aLevelThatIsUnmaskedIsSent() {
        var apic = apic(9, 0x1_8051)
        apic.setLine(9, true)
        #expect(apic.takeMessages().isEmpty)
        set(&apic, 0x22, 0x8051)
        #expect(apic.takeMessages().count == 1)
    }

    @Test func remoteIRRGoesWithLevelMode() {
        var apic = apic(9, 0x8051)
        apic.setLine(9, true)
        _ = apic.takeMessages()
        set(&apic, 0x22, 0x8052)
        #expect(apic.entry(9).remoteIRR, "writes do not change it")
        set(&apic, 0x22, 0x0052)
        #expect(!apic.entry(9).remoteIRR)
    }

    /// Low half of an entry, what a request would send, and whether it carries the 8259s.
    @Test(
        arguments: [
            (UInt32(0x0041), UInt8(0x41), false), (0x0141, 0x41, false), (0x1_0041, nil, false), (0x0441, nil, false),
            (0x0700, nil, true), (0x1_0700, nil, false),
        ] as [(UInt32, UInt8?, Bool)])
    func whatAnEntryWouldDo(low: UInt32, vector: UInt8?, external: Bool) {
        let apic = apic(0, low)
        #expect(apic.wouldSend(0) == vector)
        #expect(apic.passesExternalInterrupts(0) == external)
    }
}
