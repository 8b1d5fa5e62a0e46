import IA32
import Testing

/// A delivery that fails: what is delivered, what is broken, and the fault that comes of it.
struct ErrorCodeCase: Sendable, CustomTestStringConvertible {
    enum Event: Sendable { case hardware(UInt8), nmi, software(UInt8), invalidOpcode }
    enum Breakage: Sendable {
        case none
        case idtLimit(UInt16)
        case gate(UInt8, selector: UInt16, offset: UInt32, access: UInt8)
        /// A descriptor at `Sel.free`, and a gate that uses it.
        case code(UInt8, access: UInt8)
        case taskAccess(UInt8)
        case taskLimit(UInt32)
        /// SS0 of the TSS.
        case stackSelector(UInt16)
        /// SS0 = `Sel.free` with this descriptor.
        case stackDescriptor(access: UInt8, limit: UInt32)
        case currentTaskLimit(UInt32)
    }

    var testDescription: String
    var ring: UInt8
    var event: Event
    var breakage: Breakage
    var expected: Raised

    init(_ name: String, ring: UInt8 = 0, _ event: Event, _ breakage: Breakage = .none, _ expected: Raised) {
        testDescription = name
        self.ring = ring
        self.event = event
        self.breakage = breakage
        self.expected = expected
    }

    static let gates: [ErrorCodeCase] = [
        ErrorCodeCase("INT 0Eh, DPL 0", ring: 3, .software(0x0E), .none, .gp(0x72)),
        ErrorCodeCase("INT 2, DPL 0", ring: 3, .software(2), .none, .gp(0x12)),
        ErrorCodeCase("INT 8, DPL 0", ring: 3, .software(8), .none, .gp(0x42)),
        ErrorCodeCase("INT 30h, DPL 0", ring: 3, .software(0x30), .none, .gp(0x182)),
        ErrorCodeCase("IRQ, gate not present", .hardware(0x31), gate(0x31, access: 0x0E), .np(0x18B)),
        ErrorCodeCase("INT, gate not present", .software(0x31), gate(0x31, access: 0x0E), .np(0x18A)),
        ErrorCodeCase("DPL before presence", ring: 3, .software(0x31), gate(0x31, access: 0x0E), .gp(0x18A)),
        ErrorCodeCase("IRQ beyond the limit", .hardware(0x3F), .idtLimit(0x1FE), .gp(0x1FB)),
        ErrorCodeCase("INT beyond the limit", .software(0x3F), .idtLimit(0x1FE), .gp(0x1FA)),
        ErrorCodeCase("exception, call gate type", .invalidOpcode, gate(6, access: 0x8C), .gp(0x33)),
        ErrorCodeCase("exception, data descriptor", .invalidOpcode, gate(6, access: 0x9E), .gp(0x33)),
        ErrorCodeCase("exception, null selector", .invalidOpcode, gate(6, selector: 3), .gp(1)),
        ErrorCodeCase("INT, null selector", .software(0x40), gate(0x40, selector: 0), .gp(0)),
        ErrorCodeCase("exception, outside the GDT", .invalidOpcode, gate(6, selector: 0x400), .gp(0x401)),
        ErrorCodeCase("INT, outside the GDT", .software(0x40), gate(0x40, selector: 0x402), .gp(0x400)),
        ErrorCodeCase("exception, outside the LDT", .invalidOpcode, gate(6, selector: 0x104), .gp(0x105)),
        ErrorCodeCase("code not present", .invalidOpcode, .code(6, access: 0x1B), .np(0x41)),
        ErrorCodeCase("data segment", .invalidOpcode, .code(6, access: 0x93), .gp(0x41)),
        ErrorCodeCase("outer code", .invalidOpcode, .code(6, access: 0xFB), .gp(0x41)),
        ErrorCodeCase("INT, outer code", .software(0x40), .code(0x40, access: 0xFB), .gp(0x40)),
        ErrorCodeCase("EIP beyond the limit", .invalidOpcode, gate(6, selector: 0x48, offset: 0x10), .gp(1)),
        ErrorCodeCase("INT, EIP beyond the limit", .software(6), gate(6, selector: 0x48, offset: 0x10), .gp(0)),
    ]
    static let tasks: [ErrorCodeCase] = [
        ErrorCodeCase("NMI, busy TSS", .nmi, .taskAccess(0x8B), .gp(0x59)),
        ErrorCodeCase("NMI, small TSS", .nmi, .taskLimit(0x66), .ts(0x59)),
        ErrorCodeCase("NMI, TSS not present", .nmi, .taskAccess(0x09), .np(0x59)),
        ErrorCodeCase("NMI, no TSS", .nmi, .taskAccess(0x93), .gp(0x59)),
        ErrorCodeCase("INT 2, busy TSS", .software(2), .taskAccess(0x8B), .gp(0x58)),
        ErrorCodeCase("NMI, local selector", .nmi, gate(2, selector: 0x5C, access: 0x85), .gp(0x5D)),
        ErrorCodeCase("NMI, outside the GDT", .nmi, gate(2, selector: 0x400, access: 0x85), .gp(0x401)),
        ErrorCodeCase("NMI, null selector", .nmi, gate(2, selector: 0, access: 0x85), .gp(1)),
    ]
    static let stacks: [ErrorCodeCase] = [
        ErrorCodeCase("SS0 null", ring: 3, .invalidOpcode, .stackSelector(0), .ts(1)),
        ErrorCodeCase("SS0 outside the GDT", ring: 3, .invalidOpcode, .stackSelector(0x400), .ts(0x401)),
        ErrorCodeCase("SS0 with RPL 3", ring: 3, .invalidOpcode, .stackSelector(0x13), .ts(0x11)),
        ErrorCodeCase("SS0 of DPL 3", ring: 3, .invalidOpcode, .stackSelector(0x20), .ts(0x21)),
        ErrorCodeCase("SS0 code", ring: 3, .invalidOpcode, .stackSelector(0x08), .ts(0x09)),
        ErrorCodeCase("SS0 read-only", ring: 3, .invalidOpcode, stack(0x91), .ts(0x41)),
        ErrorCodeCase("SS0 not present", ring: 3, .invalidOpcode, stack(0x13), .ss(0x41)),
        ErrorCodeCase("SS0 too small", ring: 3, .invalidOpcode, stack(0x93, limit: 0x1000), .ss(0x41)),
        ErrorCodeCase("TSS without SS0", ring: 3, .invalidOpcode, .currentTaskLimit(8), .ts(0x29)),
    ]

    private static func gate(
        _ vector: UInt8, selector: UInt16 = Sel.code0, offset: UInt32 = Place.handlers, access: UInt8 = 0x8E
    ) -> Breakage { .gate(vector, selector: selector, offset: offset, access: access) }
    private static func stack(_ access: UInt8, limit: UInt32 = 0xF_FFFF) -> Breakage {
        .stackDescriptor(access: access, limit: limit)
    }

    func breakMachine(_ machine: TestMachine) {
        switch breakage {
        case .none: break
        case .idtLimit(let limit): machine.processor.idtr = (base: Place.idt, limit: limit)
        case .gate(let vector, let selector, let offset, let access):
            machine.setDescriptor(0x48, TestMachine.segment(limit: 0xF, access: 0x9B, flags: 4))
            machine.setGate(vector, TestMachine.gate(selector, offset, access: access))
        case .code(let vector, let access):
            machine.setDescriptor(Sel.free, TestMachine.segment(access: access))
            machine.setGate(vector, TestMachine.gate(Sel.free, Place.target, access: 0x8E))
        case .taskAccess(let access): machine.setAccess(Interrupts.taskNMI, access)
        case .taskLimit(let limit):
            machine.setDescriptor(
                Interrupts.taskNMI,
                TestMachine.segment(base: Interrupts.tssNMI, limit: limit, access: 0x89, flags: 0))
        case .stackSelector(let selector): machine.write16(Place.tss + 8, selector)
        case .stackDescriptor(let access, let limit):
            machine.setDescriptor(Sel.free, TestMachine.segment(limit: limit, access: access, flags: 4))
            machine.write16(Place.tss + 8, Sel.free)
        case .currentTaskLimit(let limit):
            machine.processor.setSegment(
                .tr, selector: Sel.tss, base: Place.tss, limit: limit, attributes: 0x8B)
        }
    }

    func provoke(_ machine: TestMachine) -> [Delivery] {
        switch event {
        case .hardware(let vector): machine.interrupt(vector)
        case .nmi: machine.processor.raiseNMI()
        case .software(let vector): return machine.offered(Code.int(vector))
        case .invalidOpcode: return machine.offered(Code.ud2)
        }
        return machine.offered(Code.nop)
    }
}

@Suite("Error codes of failed deliveries") struct InterruptsErrorCodeTests {
    @Test(arguments: ErrorCodeCase.gates + ErrorCodeCase.tasks + ErrorCodeCase.stacks)
    func errorCode(_ row: ErrorCodeCase) throws {
        let machine = TestMachine()
        machine.setHandlers()
        machine.setSystemTasks()
        machine.enter(ring: row.ring)
        machine.processor[.ebp] = 0x5555
        row.breakMachine(machine)
        let offered = row.provoke(machine)
        try #require(offered.count >= 2)
        #expect(Raised(offered[1].vector, offered[1].errorCode) == row.expected)
        #expect(offered[1].source == .fault)
        // Nothing of the failed delivery shows.
        #expect(offered[1].esp == offered[0].esp && offered[1].ss == offered[0].ss)
        #expect(offered[1].cpl == row.ring && offered[1].eip == Place.code)
    }

    @Test("no room at the same level is #SS(EXT)") func sameLevelStack() throws {
        let machine = TestMachine()
        machine.setHandlers()
        machine.processor.setSegment(.ss, selector: Sel.data0, base: 0, limit: 0x1_FFFF, attributes: 0x493)
        machine.processor[.esp] = 0x2_0010
        let offered = machine.offered(Code.ud2)
        try #require(offered.count >= 2)
        #expect(Raised(offered[1].vector, offered[1].errorCode) == .ss(1))
        // #UD is benign, #SS contributory, and its own #SS makes a double fault, which fails too.
        #expect(machine.run() == .shutdown)
        #expect(machine.processor.shutdownChain == [6, 12, 8, 12])
    }
}
