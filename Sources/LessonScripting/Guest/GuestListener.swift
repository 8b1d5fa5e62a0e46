import IA32
import LuaHost
import PC

/// What a listener wants done.
struct HookOutcome {
    var suppress = false
    var stop: String?
    var vector: UInt8?
    var error: UInt32?
    var cr2: UInt32?

    var action: HookAction {
        if let stop { return .stop(stop) }
        return suppress ? .suppress : .resume
    }
}

/// One listener: an event point, its filter, and what to call.
struct GuestListener {
    unowned let guest: GuestMachine
    let point: EventPoint
    let filter: EventFilter
    /// For `execute`.
    var address: UInt32?
    var name: String?
    let body: (MachineEvent) -> HookOutcome

    init(
        guest: GuestMachine, point: EventPoint, filter: EventFilter, body: @escaping (MachineEvent) -> HookOutcome
    ) {
        self.guest = guest
        self.point = point
        self.filter = filter
        self.body = body
    }

    /// Installs the machine's hooks; they live as long as the tokens.
    func install() throws(LuaRaise) -> [HookToken] {
        let machine = guest.machine
        switch point {
        case .deliver, .exception, .interrupt, .nmi, .int: return [installDelivery(machine)]
        case .delivered:
            return [
                machine.didDeliver(vectors: vectors) { event in
                    tell("delivered", .delivery(event, frame: PushedFrame(guest.processor, event).words)).action
                }
            ]
        case .pageFault:
            return [machine.willFaultPage { event in tell("page_fault", .pageFault(event)).action }]
        case .returned: return [machine.didReturn { event in tell("returned", .returned(event)).action }]
        case .taskSwitch:
            return [machine.didSwitchTask { event in tell("task_switch", .taskSwitch(event)).action }]
        case .halt: return [machine.didHalt { event in tell("halt", .halt(event)).action }]
        case .shutdown: return [machine.didShutDown { event in tell("shutdown", .shutdown(event)).action }]
        case .stop:
            return [
                machine.didStop { reason in
                    let processor = guest.processor
                    _ = tell("stop", .stop(reason, eip: processor.eip, count: processor.instructionCount))
                }
            ]
        case .port: return installPort(machine)
        case .execute, .bugcheck, .status: return [try installCode(machine)]
        }
    }

    private var vectors: ClosedRange<UInt8> { filter.vector.map { $0...$0 } ?? 0...255 }

    /// Calls the body if the event passes the filter.
    private func tell(_ kind: String, _ payload: MachineEvent.Payload) -> HookOutcome {
        guard !guest.isMuted else { return HookOutcome() }
        let event = MachineEvent(kind: kind, payload: payload)
        if !filter.conditions.isEmpty, !filter.matches(guest.fields.fields(event)) { return HookOutcome() }
        return body(event)
    }

    private func installDelivery(_ machine: Machine) -> HookToken {
        machine.willDeliver(vectors: vectors) { delivery in
            guard accepts(delivery.source) else { return .resume }
            let frame = PushedFrame(guest.processor, delivery).words
            let outcome = tell("deliver", .delivery(delivery, frame: frame))
            if let vector = outcome.vector { delivery.vector = vector }
            if let error = outcome.error { delivery.errorCode = error }
            if let cr2 = outcome.cr2 { delivery.cr2 = cr2 }
            return outcome.action
        }
    }

    private func accepts(_ source: DeliverySource) -> Bool {
        switch point {
        case .interrupt: source == .externalInterrupt
        case .nmi: source == .nmi
        case .int: source == .softwareInterrupt
        case .exception: source != .externalInterrupt && source != .nmi && source != .softwareInterrupt
        default: true
        }
    }

    private func installPort(_ machine: Machine) -> [HookToken] {
        let ports: [ClosedRange<UInt16>] =
            filter.conditions.first { $0.path == ["port"] }?.wanted.compactMap { value in
                value.integer.flatMap { UInt16(exactly: $0) }.map { $0...$0 }
            } ?? [0...0xFFFF]
        return ports.flatMap { range in
            [
                machine.willWritePort(range) { access in tell("port", .port(access)).action },
                machine.didReadPort(range) { access in tell("port", .port(access)).action },
            ]
        }
    }

    private func installCode(_ machine: Machine) throws(LuaRaise) -> HookToken {
        let symbol = point == .bugcheck ? "KeBugCheck2" : point == .status ? "KiDispatchException" : nil
        guard let place = address ?? symbol.flatMap({ guest.symbols?[$0] }) else {
            guard let symbol else { throw LuaRaise("an \"execute\" listener needs an address or a symbol") }
            throw LuaRaise("\(point.rawValue) is known from the symbol \(symbol), which this image has not")
        }
        let shown = name ?? symbol ?? hex(place, 8)
        return machine.willExecute(at: LinearAddress(place)) { event in
            let stack = GuestArguments(guest.processor)
            let payload: MachineEvent.Payload =
                switch point {
                case .bugcheck: .bugcheck(event, code: stack.word(0), parameters: (1...4).map { stack.word($0) })
                case .status: .status(event, stack.statusRecord)
                default: .execute(event, name: shown, nil)
                }
            return tell(point.rawValue, payload).action
        }
    }
}

/// The arguments of a stdcall routine, at its first instruction.
struct GuestArguments {
    let processor: Processor

    init(_ processor: Processor) { self.processor = processor }

    /// Argument `index`, from 0; 0 when the stack is not mapped.
    func word(_ index: Int) -> UInt32 {
        memory(processor.segment(.ss).base &+ processor[.esp] &+ UInt32(4 + 4 * index))
    }

    /// The EXCEPTION_RECORD that argument 0 points to: code, flags, link, address, count, up to 15 parameters.
    var statusRecord: StatusRecord {
        let record = word(0)
        let count = min(memory(record &+ 0x10), 15)
        return StatusRecord(
            code: memory(record), address: memory(record &+ 0x0C),
            parameters: (0..<count).map { memory(record &+ 0x14 &+ 4 * $0) }, isUser: word(3) & 0xFF != 0,
            isFirstChance: word(4) & 0xFF != 0)
    }

    private func memory(_ address: UInt32) -> UInt32 {
        let bytes = processor.readLinear(LinearAddress(address), count: 4) ?? [0, 0, 0, 0]
        return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// The words that a delivery will push (SDM Vol. 3A 6.12.1 "Exception- or Interrupt-Handler Procedures").
struct PushedFrame {
    let words: [PushedWord]

    init(_ processor: Processor, _ delivery: Delivery) {
        let error = delivery.errorCode.map { [PushedWord(name: "error", value: $0)] } ?? []
        let gate = DescriptorFields(raw: delivery.gate ?? 0)
        guard !gate.isTaskGate else {
            words = error
            return
        }
        var list = [
            PushedWord(name: "eflags", value: delivery.eflags), PushedWord(name: "cs", value: UInt32(delivery.cs)),
            PushedWord(name: "eip", value: delivery.eip),
        ]
        let table = DescriptorInspection(processor)
        if let code = table.descriptor(gate.selector), code.type == "code", code.privilege < delivery.cpl {
            list.insert(PushedWord(name: "esp", value: delivery.esp), at: 0)
            list.insert(PushedWord(name: "ss", value: UInt32(delivery.ss)), at: 0)
        }
        words = list + error
    }
}
