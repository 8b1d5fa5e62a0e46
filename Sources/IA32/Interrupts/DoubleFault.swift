/// Classes of events for the double-fault rule (SDM Vol. 3A 6.15, Table 6-4 "Interrupt and Exception Classes").
enum EventClass: Int {
    case benign, contributory, pageFault, doubleFault

    init(_ event: InterruptEvent) {
        switch event.source {
        case .fault, .abort: self.init(vector: event.vector)
        // INT n, external interrupts, NMI and debug traps are benign whatever their vector.
        default: self = .benign
        }
    }

    init(vector: UInt8) {
        switch vector {
        case Vector.divideError, Vector.invalidTSS, Vector.segmentNotPresent, Vector.stackFault,
            Vector.generalProtection:
            self = .contributory
        // 20 is the virtualization exception of newer processors.
        case Vector.pageFault, 20: self = .pageFault
        case Vector.doubleFault: self = .doubleFault
        default: self = .benign
        }
    }
}

/// What becomes of an exception that is raised during the delivery of an earlier event.
enum SecondEvent {
    /// The two are handled one after the other: the second is delivered now.
    case serial
    case doubleFault
    case shutdown

    /// SDM Vol. 3A 6.15, Table 6-5 "Conditions for Generating a Double Fault", with its last row for #DF itself.
    static func outcome(first: EventClass, second: EventClass) -> SecondEvent {
        // A second event is an exception other than #DF: three columns.
        table[first.rawValue * 3 + min(second.rawValue, 2)]
    }

    // Columns: benign, contributory, page fault.
    private static let table: InlineArray<12, SecondEvent> = [
        .serial, .serial, .serial,  // first: benign
        .serial, .doubleFault, .serial,  // contributory
        .serial, .doubleFault, .doubleFault,  // page fault
        .serial, .shutdown, .shutdown,  // double fault
    ]
}

extension Core {
    /// Delivers an event, and then what its delivery raises, until a handler is entered or the processor shuts down.
    func deliverWithNested(_ first: InterruptEvent) {
        var event = first
        var links = 0
        while true {
            // SDM Vol. 3A 6.13 "Error Code": faults from here on were caused by an event external to the program.
            s.pointee.externalEvent = 1
            do throws(Fault) {
                try attempt(&event)
                s.pointee.externalEvent = 0
                return
            } catch {
                s.pointee.externalEvent = 0
                guard let next = successor(of: event, after: error, link: links) else { return }
                event = next
                links += 1
            }
        }
    }

    /// The event that a fault during a delivery turns into; nil after a shutdown or a host condition.
    private func successor(of event: InterruptEvent, after fault: Fault, link: Int) -> InterruptEvent? {
        guard fault.kind == .exception else {
            raise(.stopRequest)
            return nil
        }
        let second = InterruptEvent(fault, faultAddress: s.pointee.faultAddress)
        if second.isPageFault { reportNestedPageFault(second) }
        noteLink(link, event.vector)
        switch SecondEvent.outcome(first: EventClass(event), second: EventClass(second)) {
        case .serial: return second
        case .doubleFault: return .doubleFault
        case .shutdown:
            noteLink(link + 1, fault.vector)
            shutDown(links: link + 2)
            return nil
        }
    }

    /// CR2 takes the address of a page fault during a delivery also if it ends as #DF (SDM Vol. 3A 6.15 "Interrupt 14").
    private func reportNestedPageFault(_ event: InterruptEvent) {
        s.pointee.cr2 = event.faultAddress
        reportPageFault(event)
    }

    private func noteLink(_ link: Int, _ vector: UInt8) {
        if link < 8 { s.pointee.shutdownVectors[link] = vector }
    }

    /// SDM Vol. 3A 6.15 "Interrupt 8": a fault while #DF is being delivered puts the processor into shutdown.
    private func shutDown(links: Int) {
        s.pointee.shutdownCount = UInt8(min(links, 8))
        appendEvent(
            EventRecord(
                kind: .shutdown, instruction: instructionCount, vector: s.pointee.shutdownVectors[links - 1],
                detail: UInt32(links), eip: s.pointee.eip, cs: segment(.cs).pointee.selector,
                newCS: segment(.cs).pointee.selector, address: s.pointee.cr2))
        raise(.shutdown)
    }
}
