import Chipset
import IA32

// Physical addresses that are not RAM: the register pages of the APICs and the ROM; everything else reads all ones.
extension Machine {
    func readDevice(_ address: PhysicalAddress, bytes: Int) -> UInt32 {
        guard let offset = apicOffset(address) else { return readBeyondAPIC(address, bytes: bytes) }
        let value = state.devices.localAPIC.read(offset, at: tick(of: Machine.busHz))
        return value >> (8 * (offset & 3)) & (UInt32.max >> UInt32(32 - 8 * bytes))
    }

    /// Registers are written as aligned doublewords; the effect of another write is undefined and here none
    /// (SDM Vol. 3A 10.4.1).
    func writeDevice(_ address: PhysicalAddress, value: UInt32, bytes: Int) {
        guard bytes == 4, address.value & 15 == 0 else { return }
        guard let offset = apicOffset(address) else { return writeIOAPIC(address, value) }
        let message = state.devices.localAPIC.write(offset, value, at: tick(of: Machine.busHz))
        if let message { send(message, sentHere: true) }
        if let vector = state.devices.localAPIC.takeEndedLevelVector() {
            state.devices.ioAPIC.endOfInterrupt(vector)
            sendIOAPICMessages()
        }
        updateInterruptLine()
        scheduleNextEvent()
    }

    private func apicOffset(_ address: PhysicalAddress) -> UInt32? {
        guard address.value & ~0xFFF == LocalAPIC.baseAddress else { return nil }
        return UInt32(address.value & 0xFFF)
    }

    private func readBeyondAPIC(_ address: PhysicalAddress, bytes: Int) -> UInt32 {
        if let offset = ioAPICOffset(address) {
            return state.devices.ioAPIC.read(offset & ~3) >> (8 * (offset & 3)) & (UInt32.max >> UInt32(32 - 8 * bytes))
        }
        var value: UInt32 = 0
        for index in 0..<bytes { value |= UInt32(romByte(address.value + UInt64(index))) << UInt32(8 * index) }
        return value
    }

    /// The ROM ends at 4 GiB.
    private func romByte(_ address: UInt64) -> UInt8 {
        let start = (UInt64(1) << 32) - UInt64(state.rom.count)
        guard address >= start, address < 1 << 32 else { return 0xFF }
        return state.rom[Int(address - start)]
    }

    private func ioAPICOffset(_ address: PhysicalAddress) -> UInt32? {
        guard address.value & ~0xFFF == IOAPIC.baseAddress else { return nil }
        return UInt32(address.value & 0xFFF)
    }

    private func writeIOAPIC(_ address: PhysicalAddress, _ value: UInt32) {
        guard let offset = ioAPICOffset(address) else { return }
        state.devices.ioAPIC.write(offset, value)
        sendIOAPICMessages()
        updateInterruptLine()
    }

    /// Carries what the I/O APIC has to send.
    func sendIOAPICMessages() {
        for message in state.devices.ioAPIC.takeMessages() { send(message, sentHere: false) }
    }

    /// Carries a message; with one processor only its own APIC can be a destination.
    private func send(_ message: APICMessage, sentHere: Bool) {
        guard state.devices.localAPIC.isDestination(of: message, sentHere: sentHere) else { return }
        switch state.devices.localAPIC.receive(message) {
        case nil:
            if message.mode == .fixed || message.mode == .lowestPriority {
                noteRequest(line: nil, vector: message.vector)
            }
        case .nmi:
            record(
                .init(
                    kind: .nmi, instruction: instructionCount, vector: Vector.nonMaskableInterrupt, detail: 1))
            raiseNMI(.localAPIC)
        case .startUp: break  // only a processor that waits for it takes one (SDM Vol. 3A 8.4.2)
        case .smi: stop(.unsupported("system-management interrupt from the local APIC"))
        case .initialize: stop(.unsupported("INIT of the only processor by its local APIC"))
        }
    }
}
