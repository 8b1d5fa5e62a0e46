import Confinement
import Testing

/// `boot` of a ROM, a Linux kernel and a disk, and of what is none of these.
@Suite struct BootImagesTests {
    private static let systemROM = "/usr/share/seabios/bios.bin"

    private func boot(_ files: [String: [UInt8]], _ options: [String]) throws -> Program.Result {
        let folder = try PrivateFolder()
        for (name, bytes) in files { try folder.write(bytes, to: name) }
        let arguments = options.map { files[$0] == nil ? $0 : folder.path + "/" + $0 }
        return try Program.run(["boot"] + arguments)
    }

    /// A ROM whose reset vector jumps to `code`.
    private func rom(_ code: [UInt8]) -> [UInt8] {
        var rom = code + [UInt8](repeating: 0xFF, count: 65_536 - code.count)
        rom.replaceSubrange(0xFFF0..<0xFFF5, with: [0xEA, 0x00, 0x00, 0x00, 0xF0])
        return rom
    }

    /// A bzImage of protocol 2.12 with one setup sector.
    private func kernel(_ code: [UInt8]) -> [UInt8] {
        var image = [UInt8](repeating: 0, count: 1024)
        let fields: [(Int, [UInt8])] = [
            (0x1F1, [1]), (0x1FE, [0x55, 0xAA, 0xEB, 0x66] + Array("HdrS".utf8) + [0x0C, 0x02]), (0x211, [1]),
            (0x214, [0, 0, 0x10, 0]), (0x22C, [0xFF, 0xFF, 0xFF, 0x37]), (0x238, [0xFF, 0x07, 0, 0]),
            (0x258, [0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0x10, 0, 0]),
        ]
        for (offset, bytes) in fields { image.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        return image + code
    }

    @Test func aROM() throws {
        let result = try boot(["rom": rom([0xB0, 0x10, 0xE6, 0xF4])], ["--rom", "rom"])
        #expect(result.status == 33, "\(result.errors)")
    }

    @Test func theScreenAtTheEnd() throws {
        // MOV AX, B800h; MOV DS, AX; MOV WORD [0], 0741h; MOV AL, 10h; OUT F4h, AL
        let code: [UInt8] = [
            0xB8, 0x00, 0xB8, 0x8E, 0xD8, 0xC7, 0x06, 0x00, 0x00, 0x41, 0x07, 0xB0, 0x10, 0xE6, 0xF4,
        ]
        let result = try boot(["rom": rom(code)], ["--rom", "rom", "--screen"])
        #expect(result.status == 33, "\(result.errors)")
        #expect(result.output == "A\n")
    }

    @Test func aLinuxKernel() throws {
        // MOV ESI, [ESI+218h]: the RAM disk; MOV AL, [ESI]; OUT F4h, AL
        let code: [UInt8] = [0x8B, 0xB6, 0x18, 0x02, 0x00, 0x00, 0x8A, 0x06, 0xE6, 0xF4]
        let result = try boot(
            ["kernel": kernel(code), "disk": [0x21, 0x22]], ["kernel", "--initrd", "disk", "--append", "quiet"])
        #expect(result.status == 0x43, "\(result.errors)")
    }

    @Test func aBootSector() throws {
        // MOV AL, 10h; OUT F4h, AL
        var sector: [UInt8] = [0xB0, 0x10, 0xE6, 0xF4] + [UInt8](repeating: 0, count: 508)
        sector.replaceSubrange(510..<512, with: [0x55, 0xAA])
        let result = try boot(["disk": sector], ["--disk", "disk", "--max-instructions", "1000000000"])
        guard HostFile.read(BootImagesTests.systemROM) != nil else {
            #expect(result.status == 2)
            #expect(result.errors.contains("install the package seabios"), "\(result.errors)")
            return
        }
        #expect(result.status == 33, "\(result.errors)")
    }

    /// Options, and a word of the sentence that refuses them; `rom`, `kernel`, `junk` and `empty` are files.
    @Test(
        arguments: [
            ([], "nothing to boot"), (["--rom", "junk"], "a ROM must be"), (["--rom", "empty"], "a ROM must be"),
            (["--rom", "/no/such"], "cannot be read"), (["--disk", "empty"], "a disk image must"),
            (["--disk", "/no/such"], "cannot be read"), (["junk"], "multiboot"), (["empty"], "multiboot"),
            (["kernel", "--rom", "rom"], "cannot be started together"), (["kernel", "--module", "junk"], "--initrd"),
            (["kernel", "--initrd", "/no/such"], "cannot be read"), (["kernel", "--memory", "1M"], "does not fit"),
            (["kernel", "--append", String(repeating: "x", count: 2048)], "at most 2047"),
            (["--rom", "rom", "--append", "x"], "need a kernel"),
            (["--rom", "rom", "--memory", "640K"], "does not fit"),
        ] as [([String], String)])
    func refused(options: [String], sentence: String) throws {
        let files = [
            "rom": rom([0xF4]), "kernel": kernel([0xF4]), "junk": [UInt8](repeating: 0x7F, count: 5000), "empty": [],
        ]
        let result = try boot(files, options)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains(sentence), "\(result.errors)")
        Program.expectClean(result)
    }
}
