import Chipset
import IA32

extension Machine {
    /// Puts a ROM below 4 GiB and a copy of it below 1 MiB, and starts the machine at its reset vector with every
    /// device as RESET leaves it. 64 to 256 KiB, in steps of 64 KiB.
    public func load(rom image: [UInt8]) throws(LoadError) {
        guard (1...4).contains(image.count >> 16), image.count & 0xFFFF == 0 else { throw .badROMSize(image.count) }
        guard memory.byteCount >= 0x10_0000 else {
            throw .outsideMemory(
                "the copy of the ROM", address: UInt64(0x10_0000 - image.count), end: 0x10_0000,
                memory: memory.byteCount)
        }
        guard !isRunning else { throw .insideHook }
        state.rom = image
        reset()
    }

    /// Attaches the primary master disk. The image is not written: what the guest writes is kept aside in the machine.
    public func attach(disk image: [UInt8]) throws(LoadError) {
        guard let disk = DiskImage(image) else { throw .badDiskSize(image.count) }
        guard !isRunning else { throw .insideHook }
        state.devices.attach(disk)
    }
}
