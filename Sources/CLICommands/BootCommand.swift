import ArgumentParser
import Confinement
import PC

/// `traplab boot`: runs a multiboot-1 or Linux kernel, a firmware ROM, or a disk's boot sector through one.
struct BootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boot", abstract: "Boot a multiboot-1 or Linux kernel, a ROM, or a disk.",
        discussion: """
            IMAGE is a multiboot-1 kernel or a Linux bzImage. Without it the machine starts at the reset vector of \
            --rom, or with --disk alone of the system's SeaBIOS, which loads the disk's boot sector. What the guest \
            writes to the disk is lost at the end.

            The guest's serial port and port E9 are standard output. A write of v to port F4 ends the run with status \
            (2v+1) & 255. Otherwise 0: halted, 2: usage, 4: budget, 6: shutdown, 8: proven endless loop, 10: engine.
            """)

    @Argument(help: "Kernel: multiboot-1 ELF or Linux bzImage.") var image: String?
    @Option(help: "RAM, such as 64M.") var memory: ByteCount = ByteCount(64 << 20)
    @Option(help: "Stop after so many instructions.") var maxInstructions: UInt64 = .max
    @Option(help: "Command line for the kernel.") var append = ""
    @Option(name: .customLong("module"), help: "Boot module; may be repeated.") var modules: [String] = []
    @Option(help: "Initial RAM disk; for a multiboot-1 kernel the module that comes first.") var initrd: String?
    @Option(help: "Firmware of 64 to 256 KiB, started at the reset vector.") var rom: String?
    @Option(help: "Image of the primary master disk.") var disk: String?
    @Option(help: "Lua script that sets hooks.") var script: String?
    @Option(name: .customLong("plugin"), help: "Plugin to load; may be repeated.") var plugins: [String] = []
    @Option(help: "File for the result.") var json: String?
    @Option(help: "End the run when the guest has printed this.") var untilOutput: String?
    @Option(help: "Port whose bytes are listed in the result.") var postPort: PortNumber = PortNumber(0x80)
    @Flag(help: "Print the text screen at the end.") var screen = false
    @Option(help: "Seed of everything that is by chance.") var seed: UInt64 = 0
    @OptionGroup var library: LibraryArguments

    func run() throws {
        let machine = try makeMachine()
        let image = try loadImages(machine)
        let console = BootConsole(until: untilOutput, machine: machine)
        let scripts = try BootScripts(self, machine, image)
        let stop = machine.run(budget: maxInstructions)
        console.finish()
        if screen { Console.out(machine.screen.text + "\n") }
        if let json { try write(json, BootResult(machine, stop)) }
        try withExtendedLifetime(scripts) {
            if let fault = scripts?.fault { throw CommandEnd(3, fault) }
        }
        if console.hasMatched { return }
        try end(stop)
    }

    private func makeMachine() throws -> Machine {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = memory.value
        configuration.postPort = postPort.value
        configuration.seed = seed
        do { return try Machine(configuration) } catch { throw CommandEnd.usage("\(error)") }
    }

    func read(_ path: String) throws -> [UInt8] {
        guard let bytes = HostFile.read(path) else { throw CommandEnd.usage("\(path) cannot be read") }
        return bytes
    }

    private func write(_ path: String, _ result: BootResult) throws {
        guard HostFile.replace(path, with: Array(result.text.utf8)) else {
            throw CommandEnd.usage("\(path) cannot be written")
        }
    }

    private func end(_ stop: StopReason) throws {
        switch stop {
        case .halted, .breakpoint, .hook: return
        case .exit(let status): throw CommandEnd(Int32(status))
        case .budget: throw CommandEnd(4, "stopped after \(maxInstructions) instructions")
        case .shutdown(let chain):
            let vectors = chain.map(exceptionName).joined(separator: ", then ")
            throw CommandEnd(6, "shutdown (triple fault): \(vectors)")
        case .hang(let address):
            throw CommandEnd(8, "an endless loop that nothing can end, at 0x\(String(address.value, radix: 16))")
        case .unsupported(let what): throw CommandEnd(10, "not implemented: \(what)")
        }
    }
}

/// Mnemonic of an exception. SDM Vol. 3A 6.15 "Exception and Interrupt Reference".
private func exceptionName(_ vector: UInt8) -> String {
    let names: [UInt8: String] = [
        0: "#DE", 1: "#DB", 2: "NMI", 3: "#BP", 4: "#OF", 5: "#BR", 6: "#UD", 7: "#NM", 8: "#DF", 10: "#TS", 11: "#NP",
        12: "#SS", 13: "#GP", 14: "#PF", 16: "#MF", 17: "#AC", 18: "#MC",
    ]
    return names[vector] ?? "vector \(vector)"
}

/// A size such as 65536, 64K, 16M or 1G.
struct ByteCount: ExpressibleByArgument {
    let value: Int

    init(_ value: Int) { self.value = value }

    init?(argument: String) {
        let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        let shift = argument.last.flatMap { shifts[Character($0.uppercased())] }
        let digits = shift == nil ? argument[...] : argument.dropLast()
        guard let number = Int(digits), number >= 0, number < 1 << 32 else { return nil }
        value = number << (shift ?? 0)
    }

    var defaultValueDescription: String { value % (1 << 20) == 0 ? "\(value >> 20)M" : "\(value)" }
}

/// A port number, decimal or 0x hexadecimal.
struct PortNumber: ExpressibleByArgument {
    let value: UInt16

    init(_ value: UInt16) { self.value = value }

    init?(argument: String) {
        let number = argument.hasPrefix("0x") ? UInt16(argument.dropFirst(2), radix: 16) : UInt16(argument)
        guard let number else { return nil }
        value = number
    }

    var defaultValueDescription: String { "0x" + String(value, radix: 16) }
}
