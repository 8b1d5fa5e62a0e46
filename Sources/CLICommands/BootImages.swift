import Confinement
import PC

// What `traplab boot` puts in the machine.
extension BootCommand {
    /// Debian's SeaBIOS, of the package `seabios`.
    private static let systemROM = "/usr/share/seabios/bios.bin"

    /// Loads what the options name; returns the kernel's file, empty without one.
    func loadImages(_ machine: Machine) throws -> [UInt8] {
        if let disk { try refuse(disk) { try machine.attach(disk: $0) } }
        guard let image else {
            try loadROM(machine)
            return []
        }
        guard rom == nil else { throw CommandEnd.usage("a kernel and --rom cannot be started together") }
        return try refuse(image) { bytes in
            if Machine.isLinux(bytes) {
                try loadLinux(machine, bytes)
            } else {
                try machine.load(multiboot: bytes, commandLine: append, modules: try bootModules())
            }
        }
    }

    private func loadLinux(_ machine: Machine, _ image: [UInt8]) throws {
        guard modules.isEmpty else { throw CommandEnd.usage("a Linux kernel takes no --module; use --initrd") }
        try machine.load(linux: image, commandLine: append, initialDisk: try initrd.map(read) ?? [])
    }

    private func loadROM(_ machine: Machine) throws {
        guard modules.isEmpty, initrd == nil, append.isEmpty else {
            throw CommandEnd.usage("--module, --initrd and --append need a kernel")
        }
        if let rom {
            try refuse(rom) { try machine.load(rom: $0) }
            return
        }
        guard disk != nil else { throw CommandEnd.usage("nothing to boot: name a kernel, --rom or --disk") }
        guard let system = HostFile.read(BootCommand.systemROM) else {
            throw CommandEnd.usage(
                "a boot sector needs firmware, and \(BootCommand.systemROM) is not there: install the package seabios, "
                    + "or name a ROM with --rom")
        }
        do { try machine.load(rom: system) } catch { throw CommandEnd.usage("\(BootCommand.systemROM): \(error)") }
    }

    private func bootModules() throws -> [BootModule] {
        let paths = (initrd.map { [$0] } ?? []) + modules
        return try paths.map { BootModule(bytes: try read($0), commandLine: $0) }
    }

    /// Reads a file and does `body` with it; what does not load is a usage error that names the file.
    @discardableResult
    private func refuse(_ path: String, _ body: ([UInt8]) throws -> Void) throws -> [UInt8] {
        let bytes = try read(path)
        do { try body(bytes) } catch let error as LoadError { throw CommandEnd.usage("\(path): \(error)") }
        return bytes
    }
}
