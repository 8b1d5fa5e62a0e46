import Chipset
import IA32

extension Machine {
    /// A write to `port` asked for RESET. With a ROM the machine starts again at its reset vector, else the run ends:
    /// there is nothing to start again from.
    func requestReset(_ port: UInt16, _ value: UInt8) {
        notePortWrite(port, value)
        guard !state.rom.isEmpty else {
            return stop(.hook("the guest reset the machine, which has no firmware ROM to start again from"))
        }
        state.resetPending = true
        processor.requestStop()
    }

    /// RESET of everything but RAM, the clock and its memory, the disk's contents and the inputs to come.
    func reset() {
        state.resetPending = false
        state.devices.powerUp()
        state.pulsedLines = 0
        state.heldNMI = false
        state.interruptLine = false
        processor.setInterruptLine(false)
        processor.isHalted = false
        processor.reset()
        mirrorROM()
        scheduleNextEvent()
    }

    /// The ROM below 1 MiB is a copy in RAM, as chip sets shadow it; a reset copies it again.
    func mirrorROM() {
        memory.write(state.rom, at: PhysicalAddress(UInt64(0x10_0000 - state.rom.count)))
    }
}
