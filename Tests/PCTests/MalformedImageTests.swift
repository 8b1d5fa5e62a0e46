import PC
import Testing

/// Every broken image is an error with a sentence; none is a trap.
struct MalformedImageTests {
    private func load(_ image: [UInt8]) throws -> LoadError? {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = 2 << 20
        let machine = try Machine(configuration)
        do {
            try machine.load(multiboot: image)
            return nil
        } catch {
            #expect(!error.description.isEmpty)
            return error
        }
    }

    private func changed(_ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
        var image = ImageBuilder.kernel(Guest.exit(0))
        image.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        return image
    }

    /// Offset in a good file, bytes put there, the error.
    @Test(
        arguments: [
            (0, [0x7E], .notELF), (4, [2], .wrongClass(2)), (5, [2], .wrongByteOrder(2)), (16, [1], .notExecutable(1)),
            (16, [3], .notExecutable(3)), (18, [62], .wrongMachine(62)), (20, [2], .wrongVersion(2)),
            (28, [0, 0, 0, 0], .noProgramHeaders), (44, [0, 0], .noProgramHeaders),
            (42, [31, 0], .badProgramHeaderSize(31)),
            (42, [0, 0], .badProgramHeaderSize(0)), (28, [0xFF, 0xFF, 0xFF, 0xFF], .truncated("ELF program header 0")),
            (44, [9, 0], .truncated("ELF program header 1")), (44, [0xFF, 0xFF], .truncated("ELF program header 1")),
            (52, [2], .noLoadableSegment), (72, [0, 0, 0, 0], .noLoadableSegment),
            (68, [0xFF], .segmentLargerInFile(0)),
            (56, [0xFF, 0xFF, 0xFF, 0xFF], .segmentOutsideFile(0)), (56, [0x60], .segmentOutsideFile(0)),
            (24, [0, 0, 0x30, 0], .entryOutsideImage(0x30_0000)), (84, [0], .notMultiboot), (92, [1], .notMultiboot),
        ] as [(Int, [UInt8], LoadError)])
    func oneFieldWrong(offset: Int, bytes: [UInt8], expected: LoadError) throws {
        let error = try load(changed(offset, bytes))
        if expected == .truncated("ELF program header 1"), case .truncated = error { return }
        #expect(error == expected)
    }

    @Test(
        arguments: [
            (0x20_0000, 1), (0xFFFF_FFFF, 16), (0x1F_FFFF, 16), (0, 0x8000_0000), (0xFFFF_F000, 0x1000),
            (0, 0xFFFF_FFFF),
        ] as [(UInt32, UInt32)])
    func segmentsOutsideMemory(physical: UInt32, size: UInt32) throws {
        var builder = ImageBuilder()
        builder.segments = [
            .init(bytes: ImageBuilder.multiboot() + [0xF4]),
            .init(virtual: physical, physical: physical, fileSize: 0, memorySize: size),
        ]
        guard case .outsideMemory = try load(builder.file) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func manyOverlappingSegmentsAreNotWorkedThrough() throws {
        var builder = ImageBuilder()
        builder.segments = [.init(bytes: ImageBuilder.multiboot() + [0xF4])]
        builder.segments += (0..<2000).map { _ in
            ImageBuilder.Segment(virtual: 0, physical: 0, fileSize: 0, memorySize: 2 << 20)
        }
        // The header must stay in the first 8192 bytes, so the other segments' headers are few here.
        builder.segments.removeLast(1900)
        guard case .segmentsLargerThanMemory = try load(builder.file) else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: [(0b1000, "flags"), (0x8000, "flags"), (0b111, nil)] as [(UInt32, String?)])
    func unknownRequirements(flags: UInt32, problem: String?) throws {
        let error = try load(ImageBuilder.kernel([0xF4], flags: flags))
        #expect((error == nil) == (problem == nil))
        if let problem { #expect(error?.description.contains(problem) == true) }
    }

    @Test func everyTruncation() throws {
        let image = ImageBuilder.kernel(Guest.exit(0))
        for count in 0..<image.count {
            #expect(try load(Array(image.prefix(count))) != nil, "\(count) bytes")
        }
        #expect(try load(image) == nil)
    }

    /// Random bytes over the headers, and files of nothing but random bytes.
    @Test func randomBytes() throws {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = 2 << 20
        let machine = try Machine(configuration)
        var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next() -> UInt64 {
            seed ^= seed << 13
            seed ^= seed >> 7
            seed ^= seed << 17
            return seed
        }
        let good = ImageBuilder.kernel(Guest.exit(0), flags: 1 << 16)
        var accepted = 0
        for round in 0..<5000 {
            var image = good
            for _ in 0...Int(next() % 4) {
                image[Int(next() % UInt64(image.count))] = UInt8(truncatingIfNeeded: next())
            }
            if round % 10 == 0 { image = (0..<200).map { _ in UInt8(truncatingIfNeeded: next()) } }
            do {
                try machine.load(multiboot: image)
                accepted += 1
            } catch {
                #expect(!error.description.contains("cannot be loaded"), "a sentence of its own")
            }
        }
        #expect(accepted < 5000)
    }
}
