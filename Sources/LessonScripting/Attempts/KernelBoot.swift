import Assembly
import IA32
import Lessons
import PC

/// A build brought to the point where lessons begin.
struct KernelBoot {
    let snapshot: MachineSnapshot
    let configuration: MachineConfiguration
    let symbols: SymbolTable

    /// Instructions that booting may take.
    static let bootLimit: UInt64 = 20_000_000
    /// The code address where a booted kernel waits for a lesson.
    static let startSymbol = "KiLessonStart"

    init(_ image: AssembledImage, memoryBytes: Int, seed: UInt64) throws(ScriptFault) {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = memoryBytes
        configuration.seed = seed
        self.configuration = configuration
        symbols = image.symbols
        guard let start = image.symbols[KernelBoot.startSymbol] else {
            throw ScriptFault(.runtime, "the kernel has no symbol \(KernelBoot.startSymbol)")
        }
        do {
            let machine = try Machine(configuration)
            try machine.load(multiboot: image.elf)
            machine.breakpoints = [LinearAddress(start)]
            let stop = machine.run(budget: KernelBoot.bootLimit)
            machine.breakpoints = []
            guard case .breakpoint = stop else {
                let guest = GuestMachine(machine: machine, symbols: image.symbols, target: "")
                throw ScriptFault(
                    .runtime,
                    "the kernel did not reach \(KernelBoot.startSymbol): \(guest.describe(stop)) after "
                        + "\(machine.instructionCount) instructions")
            }
            snapshot = try machine.snapshot()
        } catch {
            throw ScriptFault(error)
        }
    }

    /// A machine of its own in the booted state.
    func machine() throws -> Machine {
        let machine = try Machine(configuration)
        try machine.restore(snapshot)
        return machine
    }
}
