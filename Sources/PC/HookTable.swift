import IA32

/// Keeps a hook installed; dropping the token, or `cancel`, removes it.
public final class HookToken {
    private var remove: (() -> Void)?

    init(_ remove: @escaping () -> Void) {
        self.remove = remove
    }

    /// Removes the hook; a second time does nothing.
    public func cancel() {
        remove?()
        remove = nil
    }

    deinit { cancel() }
}

/// The hooks of one point, in the order of installation.
struct HookList<Body> {
    struct Entry {
        let identifier: Int
        let body: Body
    }

    private(set) var entries: [Entry] = []

    mutating func add(_ body: Body, _ identifier: Int) {
        entries.append(Entry(identifier: identifier, body: body))
    }

    mutating func remove(_ identifier: Int) {
        entries.removeAll { $0.identifier == identifier }
    }
}

/// All hooks of a machine.
final class HookTable {
    typealias Observer<Event> = (Event) -> HookAction
    typealias Alterer<Event> = (inout Event) -> HookAction

    /// The owner, which clears this when it goes. A weak reference would slow down every use of the machine.
    unowned(unsafe) var machine: Machine?
    var willDeliver = HookList<Alterer<Delivery>>()
    var didDeliver = HookList<Observer<Delivery>>()
    var didReturn = HookList<Observer<ReturnEvent>>()
    var willFaultPage = HookList<Observer<PageFaultEvent>>()
    var willSwitchTask = HookList<Observer<TaskSwitchEvent>>()
    var didSwitchTask = HookList<Observer<TaskSwitchEvent>>()
    var willReadPort = HookList<Alterer<PortAccess>>()
    var didReadPort = HookList<Alterer<PortAccess>>()
    var willWritePort = HookList<Alterer<PortAccess>>()
    var didRaiseIRQ = HookList<Observer<InterruptEvent>>()
    var didAcknowledgeInterrupt = HookList<Observer<InterruptEvent>>()
    var didRaiseNMI = HookList<Observer<NMIEvent>>()
    var didHalt = HookList<Observer<HaltEvent>>()
    var didShutDown = HookList<Observer<ShutdownEvent>>()
    var didStop = HookList<(StopReason) -> Void>()
    var willExecute: [LinearAddress: HookList<Observer<CodeEvent>>] = [:]
    private var nextIdentifier = 0

    /// Adds a hook to one list and returns the token that removes it.
    func install<Body>(
        _ list: ReferenceWritableKeyPath<HookTable, HookList<Body>>, _ body: Body
    ) -> HookToken {
        let identifier = takeIdentifier()
        self[keyPath: list].add(body, identifier)
        machine?.updateProcessorHooks()
        return HookToken {
            self[keyPath: list].remove(identifier)
            self.machine?.updateProcessorHooks()
        }
    }

    /// Adds a hook of a code address.
    func install(at address: LinearAddress, _ body: @escaping Observer<CodeEvent>) -> HookToken {
        let identifier = takeIdentifier()
        willExecute[address, default: HookList()].add(body, identifier)
        machine?.updateProcessorHooks()
        return HookToken {
            self.willExecute[address]?.remove(identifier)
            if self.willExecute[address]?.entries.isEmpty == true { self.willExecute[address] = nil }
            self.machine?.updateProcessorHooks()
        }
    }

    /// The processor's hook points that have listeners.
    var mask: HookMask {
        var mask = HookMask()
        if !willDeliver.entries.isEmpty { mask.insert(.willDeliver) }
        if !didDeliver.entries.isEmpty { mask.insert(.didDeliver) }
        if !didReturn.entries.isEmpty { mask.insert(.didReturn) }
        if !willFaultPage.entries.isEmpty { mask.insert(.pageFault) }
        if !willSwitchTask.entries.isEmpty || !didSwitchTask.entries.isEmpty { mask.insert(.taskSwitch) }
        return mask
    }

    private func takeIdentifier() -> Int {
        nextIdentifier += 1
        return nextIdentifier
    }
}
