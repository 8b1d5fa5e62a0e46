import Chipset
import IA32

// Ports of the keyboard controller, the disk and PCI configuration, and the accesses that are not made of bytes.
extension Machine {
    private static let diskData: UInt16 = 0x1F0
    private static let configurationAddress: UInt16 = 0xCF8

    /// A word or doubleword of a port that takes it whole; nil for ports of bytes.
    func readWidePort(_ port: UInt16, bytes: Int) -> UInt32? {
        if port == Machine.diskData {
            var value: UInt32 = 0
            for index in 0..<bytes / 2 {
                value |= UInt32(state.devices.diskController.readWord()) << UInt32(16 * index)
            }
            diskChanged()
            return value
        }
        return port == Machine.configurationAddress && bytes == 4 ? state.devices.pci.address : nil
    }

    /// False for ports of bytes.
    func writeWidePort(_ port: UInt16, _ value: UInt32, bytes: Int) -> Bool {
        if port == Machine.diskData {
            for index in 0..<bytes / 2 {
                state.devices.diskController.writeWord(UInt16(truncatingIfNeeded: value >> UInt32(16 * index)))
            }
            diskChanged()
            return true
        }
        guard port == Machine.configurationAddress, bytes == 4 else { return false }
        state.devices.pci.setAddress(value)
        return true
    }

    func readDisk(_ port: UInt16) -> UInt8 {
        defer { diskChanged() }
        if port == Machine.diskData { return UInt8(state.devices.diskController.readWord() & 0xFF) }
        return state.devices.diskController.read(port == 0x3F6 ? 8 : port - Machine.diskData)
    }

    func writeDisk(_ port: UInt16, _ value: UInt8) {
        if port == Machine.diskData {
            state.devices.diskController.writeWord(UInt16(value))
        } else {
            state.devices.diskController.write(port == 0x3F6 ? 8 : port - Machine.diskData, value)
        }
        diskChanged()
    }

    private func diskChanged() {
        setRequestLine(14, state.devices.diskController.interruptRequested)
    }

    func readKeyboard() -> UInt8 {
        let value = state.devices.keyboardController.readData()
        // A byte that follows at once is a new edge.
        setRequestLine(1, false)
        setRequestLine(1, state.devices.keyboardController.interruptRequested)
        return value
    }

    func writeKeyboard(_ port: UInt16, _ value: UInt8) {
        if port == 0x60 {
            state.devices.keyboardController.writeData(value)
        } else {
            state.devices.keyboardController.writeCommand(value)
        }
        setRequestLine(1, state.devices.keyboardController.interruptRequested)
        if state.devices.keyboardController.takeReset() { requestReset(port, value) }
    }
}
