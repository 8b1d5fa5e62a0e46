import Confinement
import Glibc
import PC

/// Copies a guest's output to standard output and ends the run at a text.
final class BootConsole {
    private let wanted: [UInt8]
    private var tail: [UInt8] = []
    private(set) var hasMatched = false
    private unowned let machine: Machine

    init(until text: String?, machine: Machine) {
        wanted = text.map { Array($0.utf8) } ?? []
        self.machine = machine
        machine.consoleOutput = { [unowned self] _, bytes in self.take(bytes) }
    }

    private func take(_ bytes: [UInt8]) {
        _ = HostFile.write(bytes, to: STDOUT_FILENO)
        guard !wanted.isEmpty, !hasMatched else { return }
        tail += bytes
        hasMatched = tail.firstRange(of: wanted) != nil
        tail.removeFirst(max(0, tail.count - wanted.count))
        if hasMatched { machine.requestStop("the output has the text that was waited for") }
    }

    /// Takes the sink away, so that the machine does not outlive it.
    func finish() { machine.consoleOutput = nil }
}
