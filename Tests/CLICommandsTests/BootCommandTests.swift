import Confinement
import Testing

@Suite struct BootCommandTests {
    private func boot(_ image: [UInt8], _ options: [String] = []) throws -> (Program.Result, String) {
        let folder = try PrivateFolder()
        try folder.write(image, to: "image.elf")
        let json = folder.path + "/result.json"
        let result = try Program.run(["boot", folder.path + "/image.elf", "--json", json] + options)
        let text = HostFile.read(json).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return (result, text)
    }

    static let ends: [(String, Int32, String)] = [
        ("mov al, 0x10\nout 0xF4, al\n", 33, "exit"),
        ("cli\nhlt\n", 0, "halted"),
        ("cli\njmp $\n", 8, "hang"),
        ("lidt [none]\nud2\nnone: dd 0, 0\n", 6, "shutdown"),
        ("mov ecx, 5\nagain: inc eax\njmp again\n", 4, "budget"),
    ]

    @Test(arguments: ends) func statusAndReason(program: String, status: Int32, stop: String) throws {
        let (result, json) = try boot(try Program.bootImage(program), ["--max-instructions", "3000000"])
        #expect(result.status == status, "\(result.errors)")
        #expect(json.contains("\"stop\" : \"\(stop)\""), "\(json)")
        #expect(json.contains("\"digest\""))
        #expect(result.output.isEmpty)
    }

    @Test func outputAndPostCodes() throws {
        let program = "mov al, 'h'\nout 0xE9, al\nmov al, 10\nout 0xE9, al\nmov al, 7\nout 0x80, al\ncli\nhlt\n"
        let (result, json) = try boot(try Program.bootImage(program))
        #expect(result.output == "h\n")
        #expect(result.status == 0)
        #expect(json.replacing(" ", with: "").replacing("\n", with: "").contains("\"post\":[7]"), "\(json)")
    }

    @Test func untilOutput() throws {
        let program =
            "again: mov al, 'o'\nout 0xE9, al\nmov al, 'k'\nout 0xE9, al\nmov al, 10\nout 0xE9, al\njmp again\n"
        let (result, _) = try boot(
            try Program.bootImage(program), ["--until-output", "ok", "--max-instructions", "100000"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("ok\n"))
    }

    @Test func aScriptSeesDeliveries() throws {
        let folder = try PrivateFolder()
        let script = "return function(m) m:on('shutdown', function(e) m:note('seen %d', #e.chain) end) end\n"
        try folder.write(Array(script.utf8), to: "watch.lua")
        let image = try Program.bootImage("lidt [none]\nud2\nnone: dd 0, 0\n")
        let (result, _) = try boot(image, ["--script", folder.path + "/watch.lua"])
        #expect(result.status == 6)
        #expect(result.errors.contains("seen "))
    }

    static let random: [UInt8] = {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<4096).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }()

    static let wrongImages: [[UInt8]] = [
        [], [0x7F], random, [0x7F, 0x45, 0x4C, 0x46] + random,
        [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1] + [UInt8](repeating: 0xFF, count: 8192),
    ]

    @Test(arguments: wrongImages) func wrongImage(image: [UInt8]) throws {
        let (result, _) = try boot(image, ["--max-instructions", "1000000"])
        #expect(result.status == 2, "\(result.errors)")
        Program.expectClean(result)
    }

    @Test(arguments: [10, 51, 60, 84, 100, 140]) func truncatedImage(count: Int) throws {
        let image = try Program.bootImage("cli\nhlt\n")
        let (result, _) = try boot(Array(image.prefix(count)), ["--max-instructions", "1000000"])
        #expect(result.status == 2, "\(result.errors)")
        Program.expectClean(result)
    }

    @Test(arguments: [
        ["boot"], ["boot", "/no/such/file"], ["boot", "/dev/zero"], ["boot", "/etc/passwd", "--memory", "9G"],
    ])
    func usage(arguments: [String]) throws {
        #expect(try Program.run(arguments).status == 2)
    }
}
