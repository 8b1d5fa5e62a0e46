import Chipset
import IA32

// Physical addresses that are not RAM: the register page of the local APIC; everything else reads all ones.
extension Machine {
    func readDevice(_ address: PhysicalAddress, bytes: Int) -> UInt32 {
        guard let offset = apicOffset(address) else { return UInt32.max >> UInt32(32 - 8 * bytes) }
        let value = state.devices.localAPIC.read(offset, at: tick(of: Machine.busHz))
        return value >> (8 * (offset & 3)) & (UInt32.max >> UInt32(32 - 8 * bytes))
    }

    /// Registers are written as aligned doublewords; the effect of another write is undefined and here none
    /// (SDM Vol. 3A 10.4.1).
    func writeDevice(_ address: PhysicalAddress, value: UInt32, bytes: Int) {
        guard let offset = apicOffset(address), bytes == 4, offset & 15 == 0 else { return }
        let message = state.devices.localAPIC.write(offset, value, at: tick(of: Machine.busHz))
        if let message { send(message) }
        updateInterruptLine()
        scheduleNextEvent()
    }

    private func apicOffset(_ address: PhysicalAddress) -> UInt32? {
        guard address.value & ~0xFFF == LocalAPIC.baseAddress else { return nil }
        return UInt32(address.value & 0xFFF)
    }

    /// Carries a message of the local APIC; with one processor only its own APIC can be a destination.
    private func send(_ message: APICMessage) {
        guard state.devices.localAPIC.isDestination(of: message, sentHere: true) else { return }
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
