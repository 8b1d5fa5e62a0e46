import IA32
import PC
import Testing

/// The Linux 32-bit boot protocol, and images that do not follow it.
struct LinuxLoadingTests {
    /// A bzImage of protocol 2.12 with one setup sector and `code` as its protected-mode part.
    private func image(_ code: [UInt8]) -> [UInt8] {
        var image = [UInt8](repeating: 0, count: 1024)
        func put(_ value: UInt32, _ offset: Int, _ count: Int = 4) {
            for index in 0..<count { image[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
        }
        put(1, 0x1F1, 1)
        put(0xAA55, 0x1FE, 2)
        put(0x66EB, 0x200, 2)
        put(0x5372_6448, 0x202)
        put(0x020C, 0x206, 2)
        put(1, 0x211, 1)
        put(0x10_0000, 0x214)
        put(0x37FF_FFFF, 0x22C)
        put(2047, 0x238)
        put(0x20_0000, 0x258)
        put(0x10_0000, 0x260)
        return image + code
    }

    private func machine(_ megabytes: Int = 8) throws -> Machine {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = megabytes << 20
        return try Machine(configuration)
    }

    @Test func stateAtTheEntry() throws {
        let machine = try machine()
        // MOV EAX, CS; PUSH 18h; POP ES; HLT: the table has what the selectors say
        try machine.load(linux: image([0x8C, 0xC8, 0x6A, 0x18, 0x07, 0xF4]), commandLine: "console=ttyS0")
        let processor = machine.processor
        #expect(processor.eip == 0x10_0000 && processor.cr0 & 1 == 1 && processor.eflags & 0x200 == 0)
        #expect(processor.segment(.cs).selector == 0x10 && processor.segment(.ds).selector == 0x18)
        #expect(processor.segment(.cs).limit == .max && processor.segment(.ss).limit == .max)
        #expect([processor[.ebx], processor[.ebp], processor[.edi]] == [0, 0, 0])
        #expect(machine.run(budget: 10) == .halted)
        #expect(processor[.eax] == 0x10)
    }

    @Test func zeroPage() throws {
        let machine = try machine()
        let disk = [UInt8](repeating: 0x77, count: 5000)
        try machine.load(linux: image([0xF4]), commandLine: "quiet", initialDisk: disk)
        let page = UInt64(machine.processor[.esi])
        func double(_ offset: UInt64) -> UInt32 { machine.memory.readDouble(at: PhysicalAddress(page + offset)) }
        #expect(double(0x202) == 0x5372_6448)
        #expect(double(0x210) & 0xFF == 0xFF)
        #expect(machine.memory.bytes(at: PhysicalAddress(UInt64(double(0x228))), count: 6) == Array("quiet".utf8) + [0])
        let start = double(0x218)
        #expect(start & 0xFFF == 0 && start + 5000 <= 8 << 20 && start + 5000 + 4096 > 8 << 20)
        #expect(double(0x21C) == 5000)
        #expect(machine.memory.bytes(at: PhysicalAddress(UInt64(start)), count: 5000) == disk)
        #expect(machine.memory.readByte(at: PhysicalAddress(page + 0x1E8)) == 4)
        #expect([double(0x2D0), double(0x2D8), double(0x2E0)] == [0, 0x9FC00, 1])
        let last: UInt64 = 0x2D0 + 3 * 20
        #expect([double(last), double(last + 8), double(last + 16)] == [0x10_0000, 7 << 20, 1])
    }

    /// Offset in a good image, bytes put there, the error.
    @Test(
        arguments: [
            (0x1FE, [0x00], .notLinux), (0x202, [0x00], .notLinux), (0x214, [0, 0, 0, 0], .entryOutsideImage(0)),
            (0x206, [0x01, 0x02], .unsupportedLinux("its boot protocol is 2.01, at least 2.02 is needed")),
            (0x211, [0x00], .unsupportedLinux("it is a zImage, which loads below 1 MiB")),
            (0x201, [0xFF], .truncated("the Linux setup header")),
            (0x1F1, [9], .truncated("the real-mode part of the Linux kernel")),
            (0x1F1, [0], .truncated("the real-mode part of the Linux kernel")),
            (0x238, [3, 0], .commandLineTooLong(5, limit: 3)),
            (
                0x260, [0, 0, 0, 1],
                .outsideMemory(
                    "the Linux kernel with what it needs to start", address: 0x10_0000, end: 0x120_0000, memory: 8 << 20
                )
            ),
            (0x22C, [0xFF, 0xFF, 0x0F, 0], .noRoom("the initial RAM disk of 8192 bytes")),
        ] as [(Int, [UInt8], LoadError)])
    func oneFieldWrong(offset: Int, bytes: [UInt8], expected: LoadError) throws {
        var image = image([0xF4])
        image.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        let machine = try machine()
        #expect(throws: expected) {
            try machine.load(linux: image, commandLine: "quiet", initialDisk: [UInt8](repeating: 0, count: 8192))
        }
        #expect(!expected.description.isEmpty)
        #expect(machine.memory.readDouble(at: PhysicalAddress(0x10_0000)) == 0, "nothing was written")
    }

    @Test(arguments: [0, 1, 0x1FF, 0x206, 0x212, 0x230, 0x264, 1023, 1024]) func truncated(count: Int) throws {
        let machine = try machine()
        #expect(throws: LoadError.self) { try machine.load(linux: Array(image([0xF4]).prefix(count))) }
    }

    @Test func theImageIsKnownByItsHeader() {
        #expect(Machine.isLinux(image([])))
        #expect(!Machine.isLinux(ImageBuilder.kernel([])))
        #expect(!Machine.isLinux([]))
    }
}
