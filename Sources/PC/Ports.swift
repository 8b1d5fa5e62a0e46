import Chipset
import IA32

// The I/O address space. A wider access is one to each byte's port in turn; a port without a device reads all ones.
extension Machine {
    private static let exitPort: UInt16 = 0xF4

    func readPort(_ port: UInt16, bytes: Int) -> UInt32 {
        if bytes == 1 { return UInt32(readPort(port)) }
        if let value = readWidePort(port, bytes: bytes) { return value }
        var value: UInt32 = 0
        for index in 0..<bytes {
            value |= UInt32(readPort(port &+ UInt16(index))) << UInt32(8 * index)
        }
        return value
    }

    func writePort(_ port: UInt16, value: UInt32, bytes: Int) {
        if bytes > 1, writeWidePort(port, value, bytes: bytes) { return }
        for index in 0..<bytes {
            writePort(port &+ UInt16(index), UInt8(truncatingIfNeeded: value >> UInt32(8 * index)))
        }
    }

    private func readPort(_ port: UInt16) -> UInt8 {
        switch port {
        case 0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1:
            let value = state.devices.interruptControllers.read(port)
            updateInterruptLine()
            return value
        case 0x40...0x43:
            return state.devices.timer.read(port - 0x40, at: tick(of: IntervalTimer.frequency))
        case 0x61:
            let tick = tick(of: IntervalTimer.frequency)
            let speaker = state.devices.timer.speakerOutput(at: tick)
            return state.devices.systemControl.read(speakerOutput: speaker, at: tick)
        case 0x71:
            let index = state.devices.clockSelect & 0x7F
            let value = state.devices.clock.read(index, at: tick(of: RealTimeClock.frequency))
            clockChanged()
            return value
        case 0x3F8...0x3FF:
            let value = state.devices.serial.read(port - 0x3F8)
            setRequestLine(4, state.devices.serial.interruptRequested)
            return value
        case 0x60: return readKeyboard()
        case 0x64: return state.devices.keyboardController.status
        case 0x92: return 0x02  // A20 stays enabled
        case 0x1F0...0x1F7, 0x3F6: return readDisk(port)
        case 0x3C0...0x3DF: return state.devices.video.read(port - 0x3C0, at: tick(of: VideoAdapter.frequency))
        case 0xE9: return 0xE9  // how guests find the debug port
        default: return 0xFF
        }
    }

    private func writePort(_ port: UInt16, _ value: UInt8) {
        if port == configuration.postPort { writePost(value) }
        switch port {
        case 0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1:
            state.devices.interruptControllers.write(port, value)
            updateInterruptLine()
        case 0x40...0x43:
            state.devices.timer.write(port - 0x40, value, at: tick(of: IntervalTimer.frequency))
            driveTimerLine()
            scheduleNextEvent()
        case 0x61:
            state.devices.systemControl.write(value)
            state.devices.timer.setSpeakerGate(value & 1 != 0, at: tick(of: IntervalTimer.frequency))
        case 0x70:
            state.devices.clockSelect = value
            releaseHeldNMI()
        case 0x71:
            let index = state.devices.clockSelect & 0x7F
            state.devices.clock.write(index, value, at: tick(of: RealTimeClock.frequency))
            clockChanged()
        case 0x3F8...0x3FF: writeSerial(port - 0x3F8, value)
        case 0x60, 0x64: writeKeyboard(port, value)
        case 0x92: if value & 1 != 0 { requestReset(port, value) }
        case 0x1F0...0x1F7, 0x3F6: writeDisk(port, value)
        case 0x3C0...0x3DF: state.devices.video.write(port - 0x3C0, value)
        case 0xF0: acknowledgeNumericError()
        case 0xCF9: if value & 4 != 0 { requestReset(port, value) }
        case 0xE9: output(value, from: .debugPort, port: port)
        case Machine.exitPort:
            notePortWrite(port, value)
            stop(.exit((2 * Int(value) + 1) & 255))
        default: break
        }
    }

    private func clockChanged() {
        setRequestLine(8, state.devices.clock.interruptRequested)
        scheduleNextEvent()
    }

    private func writeSerial(_ offset: UInt16, _ value: UInt8) {
        if let byte = state.devices.serial.write(offset, value) { output(byte, from: .serial, port: 0x3F8) }
        setRequestLine(4, state.devices.serial.interruptRequested)
    }

    private func writePost(_ value: UInt8) {
        notePortWrite(configuration.postPort, value)
        if postCodes.count < Machine.postCodeLimit { postCodes.append(value) }
    }

    private func output(_ byte: UInt8, from source: ConsoleSource, port: UInt16) {
        notePortWrite(port, byte)
        if let piece = console.append(byte, from: source) { consoleOutput?(piece.source, piece.bytes) }
        if console.isReady { flushConsole() }
    }

    func notePortWrite(_ port: UInt16, _ value: UInt8) {
        record(
            .init(kind: .portWrite, instruction: instructionCount, value: UInt32(value), address: UInt32(port)))
    }
}
