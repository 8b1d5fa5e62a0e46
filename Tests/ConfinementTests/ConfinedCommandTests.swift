import Confinement
import Testing

@Suite struct ConfinedCommandTests {
    private func shell(_ script: String, input: String = "", limits: ConfinementLimits = .init()) throws
        -> ConfinedResult
    {
        try ConfinedCommand(
            program: "/bin/sh", arguments: ["-c", script], environment: ["PATH=/usr/bin:/bin"],
            input: Array(input.utf8), view: .whole, limits: limits
        ).run()
    }

    @Test func copiesStreamsAndStatus() throws {
        let result = try shell("cat; echo wrong >&2; exit 7", input: "abc")
        #expect(result.end == .exited(7))
        #expect(result.outputText == "abc")
        #expect(result.errorText == "wrong\n")
    }

    @Test func largeInputAndOutput() throws {
        let text = String(repeating: "0123456789abcdef", count: 40_000)
        let result = try shell("cat", input: text)
        #expect(result.end == .exited(0))
        #expect(result.outputText == text)
    }

    static let ends: [(String, ConfinementLimits, ConfinedEnd)] = [
        ("while :; do :; done", ConfinementLimits(wallMilliseconds: 300), .wallClock),
        ("sleep 100 & sleep 100", ConfinementLimits(wallMilliseconds: 300), .wallClock),
        ("while :; do :; done", ConfinementLimits(cpuSeconds: 1), .cpuTime),
        ("yes", ConfinementLimits(outputBytes: 100_000), .outputLimit),
        ("kill -SEGV $$", ConfinementLimits(), .signalled(11)),
        ("kill -KILL $$", ConfinementLimits(), .memory),
        ("exit 3", ConfinementLimits(), .exited(3)),
    ]

    @Test(arguments: ends) func limits(script: String, limits: ConfinementLimits, end: ConfinedEnd) throws {
        #expect(try shell(script, limits: limits).end == end)
    }

    @Test func missingProgram() {
        let command = ConfinedCommand(program: "/no/such/program", arguments: [], view: .whole)
        #expect(throws: ConfinementError.cannotStart(step: "start", code: 2)) { try command.run() }
    }

    @Test func noDescriptorIsInherited() throws {
        let result = try shell("ls /proc/self/fd")
        #expect(result.outputText.split(separator: "\n").count <= 4)
    }
}

@Suite(.enabled(if: HostConfinement.current.programMechanism != nil)) struct ConfinedViewTests {
    static let mechanisms = HostConfinement.current.mechanisms

    /// Runs a program that sees itself, its libraries and one folder.
    private func confined(
        _ mechanism: HostConfinement.Mechanism, _ program: String, _ arguments: [String]
    ) throws -> ConfinedResult {
        let folder = try PrivateFolder()
        try folder.makeFolder("root")
        try folder.write(Array("declared\n".utf8), to: "files/given.txt")
        let trace = try ConfinedCommand(
            program: program, arguments: [], environment: ["LD_TRACE_LOADED_OBJECTS=1"], view: .whole
        ).run()
        let libraries = trace.outputText.split(separator: "\n").compactMap { line in
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first { $0.hasPrefix("/") }.map(String.init)
        }
        let resolved = try #require(HostFile.resolve(program))
        var command = ConfinedCommand(
            program: resolved, arguments: arguments,
            view: .only(files: [resolved] + libraries, folder: folder.path + "/files", scratch: folder.path + "/root"))
        command.mechanism = mechanism
        return try command.run()
    }

    @Test(arguments: mechanisms) func declaredFileIsVisible(mechanism: HostConfinement.Mechanism) throws {
        let result = try confined(mechanism, "/bin/cat", ["given.txt"])
        #expect(result.outputText == "declared\n")
        #expect(result.end == .exited(0))
    }

    static let foreign = [
        "/etc/hostname", "/etc/passwd", "/proc/self/environ", "/files/../etc/passwd", "../../etc/passwd",
    ]

    @Test(arguments: mechanisms, foreign)
    func nothingElseIsVisible(mechanism: HostConfinement.Mechanism, path: String) throws {
        let result = try confined(mechanism, "/bin/cat", [path])
        #expect(result.output.isEmpty)
        #expect(result.end == .exited(1))
    }

    @Test(arguments: mechanisms) func noProcessCanBeMade(mechanism: HostConfinement.Mechanism) throws {
        let result = try confined(mechanism, "/bin/sh", ["-c", "(echo made); echo went on"])
        #expect(!result.outputText.contains("made"))
    }
}

@Suite struct UnconfinableHostTests {
    @Test func aProgramIsRefused() {
        var command = ConfinedCommand(
            program: "/bin/cat", arguments: [], view: .only(files: [], folder: "/tmp", scratch: "/tmp"))
        command.mechanism = nil
        #expect(throws: ConfinementError.notConfinable) { try command.run() }
    }
}
