import Chipset
import IA32
import PC
import Testing

/// The I/O address space as the guest sees it.
struct PortsTests {
    /// Port, width, what IN gives.
    @Test(
        arguments: [
            (0x62, 1, 0xFF), (0x2F8, 1, 0xFF), (0x500, 2, 0xFFFF), (0xCFC, 4, 0xFFFF_FFFF), (0xE9, 1, 0xE9),
            (0x21, 1, 0xFF), (0x43, 1, 0xFF), (0xFFFF, 4, 0xFFFF_FFFF), (0x3FD, 1, 0x60), (0x3FC, 2, 0x6000),
        ] as [(UInt16, Int, UInt32)])
    func read(port: UInt16, width: Int, expected: UInt32) throws {
        let instruction: [UInt8] = width == 1 ? [0xEC] : width == 2 ? [0x66, 0xED] : [0xED]
        let code = [0x31, 0xC0, 0xBA] + Guest.bytes(UInt32(port)) + instruction + Guest.halt
        let machine = try Guest.machine(code)
        #expect(machine.run(budget: 10) == .halted)
        #expect(machine.processor[.eax] == expected)
    }

    @Test func aWideWriteReachesTheBytesPorts() throws {
        // MOV EAX, 0000_1234h; OUT 80h, AX with the post port at 81h
        let machine = try Guest.machine([0xB8, 0x34, 0x12, 0, 0, 0x66, 0xE7, 0x80] + Guest.exit(0)) {
            $0.postPort = 0x81
        }
        #expect(machine.run(budget: 10) == .exit(1))
        #expect(machine.postCodes == [0x12])
    }

    @Test func theClockIsReadThroughItsIndex() throws {
        let code = Guest.out(0x70, 0x09) + Guest.read(0x71) + [0x88, 0xC3]  // MOV BL, AL
        let machine = try Guest.machine(code + Guest.out(0x70, 0x32) + Guest.read(0x71) + Guest.halt) {
            $0.epoch = 1_048_464_000
        }
        #expect(machine.run(budget: 20) == .halted)
        #expect(machine.processor[.ebx] & 0xFF == 0x03)
        #expect(machine.processor[.eax] & 0xFF == 0x20)
    }

    /// Memory of the machine, CMOS bytes 15h, 17h and 34h (low byte each).
    @Test(
        arguments: [(1 << 20, 0x80, 0, 0), (64 << 20, 0x80, 0, 0), (17 << 20, 0x80, 0, 0x10)]
            as [(Int, UInt8, UInt8, UInt8)])
    func memorySizeIsInCMOS(bytes: Int, base: UInt8, extended: UInt8, high: UInt8) throws {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = bytes
        let clock = try Machine(configuration).devices.clock
        #expect(clock.peek(0x15) == base)
        #expect(clock.peek(0x16) == 0x02)
        #expect(clock.peek(0x34) == high || bytes == 64 << 20)
        #expect(bytes > 1 << 20 || clock.peek(0x17) == extended)
    }

    @Test func speakerCounterMeasuresTime() throws {
        // Gate on, counter 2 in mode 0 with 100 pulses, wait for bit 5 of port 61h.
        let setUp = Guest.out(0x61, 1) + Guest.out(0x43, 0xB0) + Guest.out(0x42, 100) + Guest.out(0x42, 0)
        let wait: [UInt8] = [0xE4, 0x61, 0xA8, 0x20, 0x74, 0xFA]  // IN AL, 61h; TEST AL, 20h; JZ
        let machine = try Guest.machine(setUp + wait + Guest.halt)
        #expect(machine.run(budget: 20_000) == .halted)
        let pulses = VirtualClock(clockHz: 100_000_000).ticks(of: IntervalTimer.frequency, at: machine.instructionCount)
        #expect((101...102).contains(pulses))
    }

    @Test func firmwareLeavesTheDevicesReady() throws {
        let devices = try Machine().devices
        #expect(devices.interruptControllers.master.isInitialized)
        #expect(devices.interruptControllers.master.vectorBase == 0x08)
        #expect(devices.interruptControllers.slave.vectorBase == 0x70)
        #expect(devices.interruptControllers.master.mask == 0xFF)
        #expect(devices.timer.channel(0).mode == 3)
        #expect(devices.timer.channel(0).initialCount == 65_536)
        #expect(devices.localAPIC.passesExternalInterrupts)
    }
}
