import Assembly
import Confinement
import Testing

/// Runs the traplab executable that was built beside the tests.
enum Program {
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    private static let executable: String = {
        var parts = (HostFile.resolve("/proc/self/exe") ?? "").split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast()
        return parts.joined(separator: "/") + "/traplab"
    }()

    struct Result {
        let status: Int32
        let output: String
        let errors: String
        var all: String { output + errors }
    }

    /// Runs a command line; a run that takes longer than `wallSeconds` is a failure of the test.
    static func run(_ arguments: [String], wallSeconds: UInt64 = 40) throws -> Result {
        let limits = ConfinementLimits(
            wallMilliseconds: wallSeconds * 1000, cpuSeconds: wallSeconds, memoryBytes: 16 << 30, openFiles: 256)
        let command = ConfinedCommand(
            program: executable, arguments: arguments,
            environment: ["TRAPLAB_HOME=\(root)", "PATH=/usr/bin:/bin", "HOME=/tmp"], view: .whole, limits: limits)
        let result = try command.run()
        guard case .exited(let status) = result.end else {
            Issue.record("traplab \(arguments) \(result.end)")
            return Result(status: -1, output: result.outputText, errors: result.errorText)
        }
        return Result(status: status, output: result.outputText, errors: result.errorText)
    }

    /// Expectations that hold for every hostile input: one clear line, nothing of another file, no backtrace of ours.
    static func expectClean(_ result: Result) {
        for sign in ["Fatal error", "Crash", "stack traceback", "Thread 0", "root:x:", "Current stack trace"] {
            #expect(!result.all.contains(sign), "\(sign) in: \(result.all)")
        }
        #expect(!result.all.isEmpty)
    }

    /// A bootable image of a program that begins at `start`.
    static func bootImage(_ program: String) throws -> [UInt8] {
        let text = """
            bits 32
            section .text
            dd 0x1BADB002, 0x10000, -(0x1BADB002 + 0x10000)
            dd 0x100000, 0x100000, 0, 0, start
            start:
            \(program)
            """
        return try Assembler().assemble(
            AssemblyRequest(units: [SourceFile(name: "boot.asm", text: text)], entry: "start")
        ).elf
    }
}
