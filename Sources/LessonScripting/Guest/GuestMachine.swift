import Assembly
import IA32
import LuaHost
import PC

/// A machine as scripts see it: symbols, recorded events, limits, and who altered it.
final class GuestMachine {
    let machine: Machine
    let names: SymbolNames
    let target: String
    /// The scenario's id; nil outside a lesson.
    var scenario: String?
    /// Events since the scenario began, oldest first.
    private(set) var recorded: [MachineEvent] = []
    /// True when more happened than is kept.
    private(set) var isTruncated = false
    /// How the last run ended.
    var stop: StopReason?
    /// What `m:note` kept.
    var notes: [String] = []
    /// Where notes also go.
    var onNote: ((String) -> Void)?
    /// A listener of the lesson raised; the run was ended.
    var fault: ScriptFault?
    /// Listeners say nothing while a run that will be undone goes on.
    var isMuted = false
    /// False where the host itself runs the machine.
    var allowsRun = true
    /// The instruction count at which the scenario's limit is reached.
    var limit = UInt64.max
    /// Instructions after which the first run is snapshotted, undone and resumed; nil: not at all.
    var resumeAfter: UInt64?

    private var watched: [HookToken] = []
    private var listeners: [Int: [HookToken]] = [:]
    private var nextListener = 1
    private var snapshots: [(machine: MachineSnapshot, recorded: Int)] = []

    /// Most events that are kept of one scenario.
    static let eventCapacity = 200_000
    /// Most notes, of at most 2,000 bytes each.
    static let noteCapacity = 1000

    init(machine: Machine, symbols: SymbolTable?, target: String) {
        self.machine = machine
        names = SymbolNames(symbols)
        self.target = target
    }

    var processor: Processor { machine.processor }
    var symbols: SymbolTable? { names.table }
    var text: EventText { EventText(names: names) }
    var fields: EventFields { EventFields(names: names) }

    // MARK: Events

    /// Begins to record what checks can ask about.
    func startRecording() {
        for point: EventPoint in [.delivered, .pageFault, .returned, .taskSwitch, .halt, .shutdown] {
            watched += tokens(point, EventFilter(nil)) { [unowned self] in record($0) }
        }
        for (point, name) in [(EventPoint.bugcheck, "KeBugCheck2"), (.status, "KiDispatchException")] {
            guard symbols?[name] != nil else { continue }
            watched += tokens(point, EventFilter(nil)) { [unowned self] in record($0) }
        }
    }

    /// Records each time a code address is reached.
    func watch(_ address: UInt32, name: String) {
        watched.append(
            machine.willExecute(at: LinearAddress(address)) { [unowned self] event in
                guard !isMuted else { return .resume }
                let payload = MachineEvent.Payload.execute(event, name: name, RegisterSet(processor))
                record(MachineEvent(kind: "execute", payload: payload))
                return .resume
            })
    }

    private func record(_ event: MachineEvent) {
        if recorded.count < GuestMachine.eventCapacity { recorded.append(event) } else { isTruncated = true }
    }

    private func tokens(_ point: EventPoint, _ filter: EventFilter, _ body: @escaping (MachineEvent) -> Void)
        -> [HookToken]
    {
        let listener = GuestListener(guest: self, point: point, filter: filter) { event in
            body(event)
            return HookOutcome()
        }
        return (try? listener.install()) ?? []
    }

    /// Installs a listener; the number removes it.
    func listen(
        _ point: EventPoint, _ filter: EventFilter, address: UInt32?, name: String?,
        body: @escaping (MachineEvent) -> HookOutcome
    ) throws(LuaRaise) -> Int {
        var listener = GuestListener(guest: self, point: point, filter: filter, body: body)
        listener.address = address
        listener.name = name
        listeners[nextListener] = try listener.install()
        nextListener += 1
        return nextListener - 1
    }

    func removeListener(_ number: Int) {
        guard let tokens = listeners.removeValue(forKey: number) else { return }
        for token in tokens { token.cancel() }
    }

    /// The last events before the end, for a failed check.
    func evidence(_ count: Int = 8) -> [String] {
        let told = recorded.filter { $0.kind != "page_fault" && $0.kind != "returned" }
        var lines = told.suffix(count).map { text.line($0) }
        if told.count > count { lines.insert("... \(told.count - count) earlier events", at: 0) }
        if let stop { lines.append("then: \(describe(stop))") }
        return lines
    }

    /// "hang at KiNmiRecursionCheck+1A (0x80101234)".
    func describe(_ stop: StopReason) -> String {
        switch stop {
        case .hang(let address): "hang at \(text.place(address.value)), a proven endless loop"
        case .breakpoint(let address): "breakpoint at \(text.place(address.value))"
        case .shutdown(let chain):
            "shutdown at \(text.place(processor.eip)) (vectors \(chain.map { String($0) }.joined(separator: ", ")))"
        case .exit(let code): "exit with code \(code)"
        case .hook(let reason): "stopped by a hook: \(reason)"
        case .budget: "the instruction budget was used up at \(text.place(processor.eip))"
        case .halted: "halted at \(text.place(processor.eip))"
        case .unsupported(let what): "not implemented: \(what)"
        }
    }

    // MARK: Running

    /// Runs at most `instructions` more, within the scenario's limit.
    func run(_ instructions: UInt64) throws -> StopReason {
        try mayMove("run")
        let start = machine.instructionCount
        let (wanted, overflow) = start.addingReportingOverflow(instructions)
        let end = min(overflow ? .max : wanted, limit)
        guard end > start else {
            stop = .budget
            return .budget
        }
        let reason = try rehearse(from: start, to: end) ?? machine.run(until: end)
        stop = reason
        if let fault { throw fault }
        return reason
    }

    /// Runs a part, goes on, goes back, so that what follows is resumed from a snapshot. Nil: go on to the end.
    private func rehearse(from start: UInt64, to end: UInt64) throws -> StopReason? {
        guard let part = resumeAfter, start + part < end else { return nil }
        resumeAfter = nil
        let reason = machine.run(until: start + part)
        guard reason == .budget, fault == nil else { return reason }
        let snapshot = try machine.snapshot()
        isMuted = true
        machine.run(until: min(end, machine.instructionCount + part))
        isMuted = false
        try machine.restore(snapshot)
        return nil
    }

    /// Keeps the present state; the number brings it back.
    func snapshot() throws -> Int {
        try mayMove("snapshot")
        snapshots.append((try machine.snapshot(), recorded.count))
        return snapshots.count
    }

    func restore(_ number: Int) throws {
        try mayMove("restore")
        guard snapshots.indices.contains(number - 1) else { throw LuaRaise("this snapshot is not one of this machine") }
        let kept = snapshots[number - 1]
        try machine.restore(kept.machine)
        recorded.removeSubrange(min(kept.recorded, recorded.count)...)
    }

    private func mayMove(_ name: String) throws(LuaRaise) {
        guard !machine.isRunning else {
            throw LuaRaise(
                "\(name) cannot be called inside a hook: the machine is in the middle of an instruction; "
                    + "return from the hook (or e:stop(\"reason\")) and call it after m:run")
        }
        guard allowsRun else {
            throw LuaRaise("\(name) cannot be called here: traplab runs this machine itself; install hooks")
        }
    }

    /// Adds a line to the result.
    func note(_ line: String) {
        guard notes.count < GuestMachine.noteCapacity, !isMuted else { return }
        let short = line.utf8.count > 2000 ? String(line.prefix(500)) + " ..." : line
        notes.append(short)
        onNote?(short)
    }
}
