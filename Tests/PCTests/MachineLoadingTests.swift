import IA32
import PC
import Testing

/// Images that load, and the state they find.
struct MachineLoadingTests {
    private func machine(_ bytes: Int = 4 << 20) throws -> Machine {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = bytes
        return try Machine(configuration)
    }

    private func double(_ machine: Machine, _ address: UInt32) -> UInt32 {
        machine.memory.readDouble(at: PhysicalAddress(UInt64(address)))
    }

    private func text(_ machine: Machine, _ address: UInt32) -> String {
        var bytes: [UInt8] = []
        var next = UInt64(address)
        while bytes.count < 1000 {
            let byte = machine.memory.readByte(at: PhysicalAddress(next))
            if byte == 0 { break }
            bytes.append(byte)
            next += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func multibootState() throws {
        let machine = try machine()
        try machine.load(multiboot: ImageBuilder.kernel(Guest.exit(0x10)))
        let processor = machine.processor
        #expect(processor[.eax] == 0x2BAD_B002)
        #expect(processor.eip == 0x10_000C)
        #expect(processor.cr0 & (CR0.protectionEnable | CR0.paging) == CR0.protectionEnable)
        #expect(processor.eflags & (EFLAGS.interrupt | EFLAGS.virtual8086) == 0)
        #expect(processor.cpl == 0)
        for name in [SegmentName.cs, .ds, .es, .fs, .gs, .ss] {
            #expect(processor.segment(name).base == 0)
            #expect(processor.segment(name).limit == .max)
        }
        #expect(machine.run(budget: 10) == .exit(33))
    }

    @Test func bootInformation() throws {
        let machine = try machine()
        let modules = [
            BootModule(bytes: Array("first".utf8), commandLine: "one --x"),
            BootModule(bytes: [UInt8](repeating: 7, count: 5000)),
        ]
        try machine.load(multiboot: ImageBuilder.kernel([0xF4]), commandLine: "root=/dev/ram", modules: modules)
        let information = machine.processor[.ebx]
        #expect(double(machine, information) == 0b10_0100_1101)
        #expect(double(machine, information + 4) == 639)
        #expect(double(machine, information + 8) == 3072)
        #expect(text(machine, double(machine, information + 16)) == "root=/dev/ram")
        #expect(text(machine, double(machine, information + 64)) == "TrapLab")
        #expect(double(machine, information + 20) == 2)
        let table = double(machine, information + 24)
        let first = double(machine, table)
        #expect(first % 4096 == 0)
        #expect(first >= 0x10_1000)
        #expect(double(machine, table + 4) - first == 5)
        #expect(text(machine, double(machine, table + 8)) == "one --x")
        #expect(machine.memory.bytes(at: PhysicalAddress(UInt64(first)), count: 5) == Array("first".utf8))
        let second = double(machine, table + 16)
        #expect(second % 4096 == 0)
        #expect(second > first)
        #expect(double(machine, table + 20) - second == 5000)
        #expect(text(machine, double(machine, table + 24)).isEmpty)
    }

    @Test func memoryMapCoversUsableMemory() throws {
        let machine = try machine()
        try machine.load(multiboot: ImageBuilder.kernel([0xF4]))
        let information = machine.processor[.ebx]
        let length = double(machine, information + 44)
        var address = double(machine, information + 48)
        let end = address + length
        var usable: [[UInt32]] = []
        while address < end {
            if double(machine, address + 20) == 1 {
                usable.append([double(machine, address + 4), double(machine, address + 12)])
            }
            address += double(machine, address) + 4
        }
        #expect(address == end)
        #expect(usable == [[0, 0x9FC00], [0x10_0000, 3 << 20]])
    }

    @Test func bssIsZeroed() throws {
        let machine = try machine()
        machine.memory.write([UInt8](repeating: 0xAA, count: 8192), at: PhysicalAddress(UInt64(0x10_0000)))
        var builder = ImageBuilder()
        builder.segments = [.init(bytes: ImageBuilder.multiboot() + [0xF4], memorySize: 8000)]
        try machine.load(multiboot: builder.file)
        #expect(machine.memory.bytes(at: PhysicalAddress(UInt64(0x10_000D)), count: 7987).allSatisfy { $0 == 0 })
        #expect(machine.memory.readByte(at: PhysicalAddress(UInt64(0x10_0000 + 8000))) == 0xAA)
    }

    @Test func aVirtualEntryIsTranslated() throws {
        let machine = try machine()
        var builder = ImageBuilder()
        builder.segments = [.init(bytes: ImageBuilder.multiboot() + Guest.exit(1), virtual: 0xC010_0000)]
        builder.entry = 0xC010_000C
        try machine.load(multiboot: builder.file)
        #expect(machine.processor.eip == 0x10_000C)
        #expect(machine.run(budget: 10) == .exit(3))
    }

    @Test func theInformationAvoidsAKernelInLowMemory() throws {
        let machine = try machine()
        var builder = ImageBuilder()
        builder.segments = [
            .init(bytes: ImageBuilder.multiboot() + [0xF4], virtual: 0x8000, physical: 0x8000, memorySize: 0x3000)
        ]
        builder.entry = 0x800C
        try machine.load(multiboot: builder.file)
        #expect(machine.processor[.ebx] >= 0xB000)
        #expect(machine.run() == .halted)
    }

    /// Address fields: header, load, load end, bss end, entry relative to a flat file of 64 bytes at 1 MiB.
    @Test(
        arguments: [
            ([0x10_0008, 0x10_0000, 0, 0, 0x10_0028], nil),
            ([0x10_0008, 0x10_0000, 0x10_0040, 0x10_1000, 0x10_0028], nil),
            ([0x10_0000, 0x10_0008, 0, 0, 0], "contradict"), ([0x10_0010, 0x10_0000, 0, 0, 0], "contradict"),
            ([0x10_0008, 0x10_0000, 0x0F_0000, 0, 0], "contradict"), ([0x10_0008, 0x10_0000, 0x11_0000, 0, 0], "ends"),
            ([0x10_0008, 0x10_0000, 0x10_0040, 0x10_0020, 0], "contradict"),
            ([0x10_0008, 0x10_0000, 0, 0x1000_0000, 0x10_0028], "fit"),
            ([0x10_0008, 0x10_0000, 0, 0, 0x20_0000], "entry"),
        ] as [([UInt32], String?)])
    func addressFields(fields: [UInt32], problem: String?) throws {
        let machine = try machine()
        let header = [UInt8](repeating: 0, count: 8) + ImageBuilder.multiboot(1 << 16, fields)
        let image = header + Guest.exit(4) + [UInt8](repeating: 0x90, count: 24)
        if let problem {
            let error = #expect(throws: LoadError.self) { try machine.load(multiboot: image) }
            #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
        } else {
            try machine.load(multiboot: image)
            #expect(machine.run(budget: 20) == .exit(9))
        }
    }

    @Test func plainExecutablesNeedNoHeader() throws {
        let machine = try machine()
        var builder = ImageBuilder()
        builder.segments = [.init(bytes: Guest.exit(2))]
        #expect(throws: LoadError.notMultiboot) { try machine.load(multiboot: builder.file) }
        try machine.load(executable: builder.file)
        #expect(machine.run(budget: 10) == .exit(5))
    }

    @Test func realMode() throws {
        let machine = try machine()
        try machine.load(realMode: Guest.exit(6), segment: 0x07C0, offset: 0x10)
        #expect(machine.processor.segment(.cs).base == 0x7C00)
        #expect(machine.processor.eip == 0x10)
        #expect(machine.run(budget: 10) == .exit(13))
    }

    @Test func flatImagesMustFit() throws {
        let machine = try machine(64 << 10)
        #expect(throws: LoadError.nothingToLoad) { try machine.load(flat: [], at: 0, entry: 0) }
        #expect(throws: LoadError.self) { try machine.load(flat: [1, 2], at: 0xFFFF, entry: 0xFFFF) }
        #expect(throws: LoadError.self) { try machine.load(flat: [1], at: 0xFFFF_FFFF, entry: 0xFFFF_FFFF) }
        #expect(throws: LoadError.entryOutsideImage(5)) { try machine.load(flat: [1], at: 0, entry: 5) }
        try machine.load(flat: [0xF4], at: 0xFFFF, entry: 0xFFFF)
    }

    @Test func modulesAndTextMustFit() throws {
        let kernel = ImageBuilder.kernel([0xF4])
        let large = BootModule(bytes: [UInt8](repeating: 0, count: 4 << 20))
        #expect(throws: LoadError.noRoom("module 1")) { try self.machine().load(multiboot: kernel, modules: [large]) }
        let long = String(repeating: "x", count: 70_000)
        #expect(throws: LoadError.textTooLong(70_000)) { try self.machine().load(multiboot: kernel, commandLine: long) }
    }
}
