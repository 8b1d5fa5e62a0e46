import Chipset

/// The devices of the machine. Inspect them through their properties and `peek`; only the machine changes them.
public struct Devices: Sendable {
    /// The cascaded 8259As.
    public internal(set) var interruptControllers = InterruptControllerPair()
    /// The 8254.
    public internal(set) var timer = IntervalTimer()
    /// Port 61h.
    public internal(set) var systemControl = SystemControlPort()
    /// The local APIC of processor 0.
    public internal(set) var localAPIC = LocalAPIC(identifier: 0)
    /// The I/O APIC; the ISA lines are its inputs of the same number, but line 0 is input 2 and the 8259s are input 0.
    public internal(set) var ioAPIC = IOAPIC()
    /// The 8042 with its keyboard.
    public internal(set) var keyboardController = KeyboardController()
    /// The VGA's registers.
    public internal(set) var video = VideoAdapter()
    /// The ATA adapter of ports 1F0h to 1F7h.
    public internal(set) var diskController = DiskController()
    /// PCI configuration mechanism 1.
    public internal(set) var pci = PCIConfiguration()
    /// COM1.
    public internal(set) var serial = SerialPort()
    /// FERR# of the processor, and IGNNE# to it: a write to port F0h lets x87 instructions go on until FERR# ends.
    public internal(set) var isNumericErrorRaised = false
    public internal(set) var isNumericErrorIgnored = false
    /// The MC146818.
    public internal(set) var clock: RealTimeClock
    /// Port 70h as last written: the clock's register in bits 0-6, NMI disabled in bit 7.
    public internal(set) var clockSelect: UInt8 = 0

    /// The devices as PC firmware leaves them.
    init(epoch: Int64, memoryBytes: Int) {
        clock = RealTimeClock(epoch: epoch)
        // OUT of a counter that is not in mode 0 is high; ICW1 forgets the edge.
        interruptControllers.setLine(0, timer.channel(0).output)
        ioAPIC.setLine(2, timer.channel(0).output)
        interruptControllers.initialize(masterBase: 0x08, slaveBase: 0x70)
        localAPIC.enterVirtualWireMode()
        // Counter 0 in mode 3 with count 65536: 18.2 Hz. Counter 1 in mode 2 with count 18.
        for (offset, value) in [(3, 0x36), (0, 0), (0, 0), (3, 0x54), (1, 18)] as [(UInt16, UInt8)] {
            timer.write(offset, value, at: 0)
        }
        setMemorySize(memoryBytes)
    }

    /// RESET: nothing is set up but the clock with its memory and what was written to the disk.
    mutating func powerUp() {
        interruptControllers = InterruptControllerPair()
        timer = IntervalTimer()
        systemControl = SystemControlPort()
        localAPIC = LocalAPIC(identifier: localAPIC.identifier)
        ioAPIC = IOAPIC()
        keyboardController = KeyboardController()
        video = VideoAdapter()
        diskController.reset()
        pci = PCIConfiguration()
        serial = SerialPort()
        clockSelect = 0
        interruptControllers.setLine(0, timer.channel(0).output)
        ioAPIC.setLine(2, timer.channel(0).output)
    }

    /// Attaches the master disk and tells firmware to boot from it: CMOS byte 3Dh, first device.
    mutating func attach(_ disk: DiskImage) {
        diskController.attach(disk)
        clock.setMemory(0x3D, 0x02)
    }

    /// CMOS bytes of the memory size: base at 15h, above 1 MiB in KiB at 17h and 30h, above 16 MiB in 64 KiB at 34h.
    private mutating func setMemorySize(_ bytes: Int) {
        let base = min(bytes, 640 << 10) >> 10
        let extended = min(max(bytes - (1 << 20), 0) >> 10, 0xFFFF)
        let high = min(max(bytes - (16 << 20), 0) >> 16, 0xFFFF)
        for (index, value) in [(0x15, base), (0x17, extended), (0x30, extended), (0x34, high)] {
            clock.setMemory(index, UInt8(value & 0xFF))
            clock.setMemory(index + 1, UInt8(value >> 8))
        }
    }
}
