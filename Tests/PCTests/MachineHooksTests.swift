import IA32
import PC
import Testing

/// What hooks see and what they may change.
struct MachineHooksTests {
    private static let interrupt: [UInt8] = [0xCD, 0x40]

    private func machine() throws -> Machine {
        let handlers = [0x40: Guest.interruptReturn, 0x41: Guest.exit(9)] as [UInt8: [UInt8]]
        return try Guest.machine(MachineHooksTests.interrupt + Guest.exit(0), handlers: handlers)
    }

    @Test func deliveryIsSeenBeforeAndAfter() throws {
        let machine = try machine()
        var seen: [String] = []
        let tokens = [
            machine.willDeliver { [unowned machine] delivery in
                seen.append("will \(delivery.vector) \(delivery.source) esp \(machine.processor[.esp])")
                return .resume
            },
            machine.didDeliver { [unowned machine] delivery in
                seen.append("did \(delivery.vector) esp \(machine.processor[.esp])")
                return .resume
            },
            machine.didReturn { event in
                seen.append("return to \(event.toEIP)")
                return .resume
            },
        ]
        #expect(machine.run(budget: 20) == .exit(1))
        #expect(
            seen == ["will 64 softwareInterrupt esp 28672", "did 64 esp 28660", "return to \(Guest.origin + 2)"])
        tokens.forEach { $0.cancel() }
    }

    @Test func observersDoNotChangeTheDigest() throws {
        let plain = try machine()
        plain.run(budget: 20)
        let observed = try machine()
        let tokens = [
            observed.willDeliver { _ in .resume }, observed.didDeliver { _ in .resume },
            observed.didReturn { _ in .resume }, observed.willExecute(at: LinearAddress(Guest.origin)) { _ in .resume },
            observed.willWritePort(0...0xFFFF) { _ in .resume }, observed.willFaultPage { _ in .resume },
        ]
        observed.run(budget: 20)
        #expect(observed.digest == plain.digest)
        tokens.forEach { $0.cancel() }
    }

    @Test func aDeliveryCanBeAltered() throws {
        let machine = try machine()
        let token = machine.willDeliver(vectors: 0x40...0x40) { delivery in
            delivery.vector = 0x41
            return .resume
        }
        #expect(machine.run(budget: 20) == .exit(19))
        #expect(machine.vectorCounts[0x41] == 1)
        #expect(machine.events.contains { $0.kind == .alteration })
        token.cancel()
    }

    @Test func aDeliveryCanBeSuppressed() throws {
        let machine = try machine()
        let token = machine.willDeliver { _ in .suppress }
        #expect(machine.run(budget: 20) == .exit(1))
        #expect(machine.vectorCounts[0x40] == 0)
        #expect(machine.events.contains { $0.kind == .alteration })
        token.cancel()
    }

    @Test func aDeliveryHookCanStop() throws {
        let machine = try machine()
        let token = machine.willDeliver { _ in .stop("here") }
        #expect(machine.run(budget: 20) == .hook("here"))
        #expect(machine.processor.depth == 1, "the delivery was made")
        #expect(machine.run(budget: 20) == .exit(1))
        token.cancel()
    }

    @Test func ordinaryFilterLimitsVectors() throws {
        let machine = try machine()
        var count = 0
        let token = machine.willDeliver(vectors: 0...31) { _ in
            count += 1
            return .resume
        }
        machine.run(budget: 20)
        #expect(count == 0)
        token.cancel()
    }

    @Test func droppingTheTokenRemovesTheHook() throws {
        let machine = try Guest.machine([0x90, 0x90, 0x90, 0x90])
        var count = 0
        func install() -> HookToken {
            machine.willExecute(at: LinearAddress(Guest.origin + 1)) { _ in
                count += 1
                return .resume
            }
        }
        _ = install()
        #expect(machine.processor.codeHooks.isEmpty)
        let token = install()
        #expect(machine.processor.codeHooks == [LinearAddress(Guest.origin + 1)])
        machine.run(budget: 3)
        #expect(count == 1)
        token.cancel()
        token.cancel()
        #expect(machine.processor.codeHooks.isEmpty)
    }

    @Test func aTokenMayOutliveItsMachine() throws {
        var token: HookToken?
        weak var machine: Machine?
        try {
            let temporary = try Guest.machine([0x90])
            token = temporary.didHalt { _ in .resume }
            machine = temporary
        }()
        #expect(machine == nil, "the token does not retain the machine")
        token?.cancel()
    }

    @Test func aCodeHookMayChangeRegisters() throws {
        // MOV AL, 1 is jumped over by the hook.
        let machine = try Guest.machine([0x90, 0xB0, 0x01, 0xE6, 0xF4])
        let token = machine.willExecute(at: LinearAddress(Guest.origin)) { [unowned machine] event in
            #expect(event.eip == Guest.origin)
            machine.processor[.eax] = 0x20
            return .stop("first")
        }
        #expect(machine.run(budget: 10) == .hook("first"))
        #expect(machine.processor.eip == Guest.origin)
        #expect(machine.processor[.eax] == 0x20)
        #expect(machine.run(budget: 10) == .exit(3))
        token.cancel()
    }

    @Test func portReadsCanBeAnswered() throws {
        let machine = try Guest.machine(Guest.read(0x60) + [0xE6, 0xF4])
        let tokens = [
            machine.willReadPort(0x60...0x60) { access in
                #expect(!access.isWrite)
                access.value = 0x10
                return .suppress
            },
            machine.didReadPort(0x60...0x60) { access in
                access.value += 1
                return .resume
            },
        ]
        #expect(machine.run(budget: 10) == .exit(0x23))
        #expect(machine.events.count { $0.kind == .alteration } == 2)
        tokens.forEach { $0.cancel() }
    }

    @Test func portWritesCanBeAlteredOrSuppressed() throws {
        let machine = try Guest.machine(Guest.out(0x80, 1) + Guest.out(0x80, 2) + Guest.exit(0))
        let token = machine.willWritePort(0x80...0x80) { access in
            if access.value == 1 { return .suppress }
            access.value = 0x55
            return .resume
        }
        #expect(machine.run(budget: 10) == .exit(1))
        #expect(machine.postCodes == [0x55])
        token.cancel()
    }

    @Test func interruptsAndHaltsAreReported() throws {
        let code = Guest.controllers(mask: 0xFE) + Guest.periodic(100) + Guest.enable + Guest.halt + Guest.exit(0)
        let machine = try Guest.machine(code, handlers: [0x30: Guest.interruptReturn])
        var seen: [String] = []
        let tokens = [
            machine.didRaiseIRQ { event in
                seen.append("raised \(event.line ?? -1)")
                return .resume
            },
            machine.didAcknowledgeInterrupt { event in
                seen.append("acknowledged \(event.line ?? -1) as \(event.vector ?? 0)")
                return .resume
            },
            machine.didHalt { event in
                seen.append("halt \(event.interruptsEnabled)")
                return .resume
            },
        ]
        #expect(machine.run() == .exit(1))
        #expect(seen.suffix(3) == ["halt true", "raised 0", "acknowledged 0 as 48"])
        tokens.forEach { $0.cancel() }
    }

    @Test func aHaltHookMayWakeTheProcessor() throws {
        let machine = try Guest.machine(Guest.disable + Guest.halt, handlers: [2: Guest.exit(4)])
        let token = machine.didHalt { [unowned machine] _ in
            machine.nmi()
            return .resume
        }
        #expect(machine.run() == .exit(9))
        #expect(machine.instructionCount == 4)
        token.cancel()
    }

    @Test func nmisAreReportedAsBlockedAndLost() throws {
        let machine = try Guest.machine([0x90, 0x90], handlers: [2: Guest.selfJump])
        var seen: [[Bool]] = []
        let token = machine.didRaiseNMI { event in
            seen.append([event.isBlocked, event.wasPending])
            return .resume
        }
        machine.nmi()
        machine.run(budget: 3)
        machine.nmi()
        machine.nmi()
        #expect(seen == [[false, false], [true, false], [true, true]])
        token.cancel()
    }

    @Test func stopsAreReported() throws {
        let machine = try machine()
        var stops: [StopReason] = []
        let token = machine.didStop { stops.append($0) }
        machine.step()
        machine.run(budget: 20)
        #expect(stops == [.budget, .exit(1)])
        token.cancel()
    }

    @Test func pageFaultsAreReportedBeforeTheirDelivery() throws {
        // MOV EAX, CR0; OR EAX, 80000000h; MOV CR0, EAX; then MOV EAX, [00500000h]
        let code: [UInt8] = [0x0F, 0x20, 0xC0, 0x0D, 0, 0, 0, 0x80, 0x0F, 0x22, 0xC0, 0xA1, 0, 0, 0x50, 0]
        let machine = try Guest.machine(code, handlers: [14: Guest.exit(2)])
        for page in UInt32(0)..<256 {
            machine.memory.write(double: page << 12 | 3, at: PhysicalAddress(UInt64(0x21000 + page * 4)))
        }
        machine.memory.write(double: 0x21003, at: PhysicalAddress(UInt64(0x20000)))
        machine.processor.cr3 = 0x20000
        var seen: [UInt32] = []
        let tokens = [
            machine.willFaultPage { event in
                seen += [event.linear.value, event.errorCode]
                return .resume
            },
            machine.willFaultPage(in: 0...0xFFF) { _ in
                seen.append(99)
                return .resume
            },
            machine.willDeliver { delivery in
                seen.append(delivery.cr2 ?? 0)
                return .resume
            },
        ]
        #expect(machine.run(budget: 20) == .exit(5))
        #expect(seen == [0x50_0000, 0, 0x50_0000])
        tokens.forEach { $0.cancel() }
    }
}
