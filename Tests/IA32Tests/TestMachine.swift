import IA32

/// A host that answers from tables, records what it was asked, and stops the run at the first delivery if told to.
final class StubHost: ProcessorHost {
    struct PortAccess: Equatable {
        var port: UInt16
        var value: UInt32
        var bytes: Int
    }

    /// What ports read as; others read all ones.
    var ports: [UInt16: UInt32] = [:]
    var portReads: [PortAccess] = []
    var portWrites: [PortAccess] = []
    /// `instructionCount` as read inside each port write.
    var countsAtWrites: [UInt64] = []
    weak var processor: Processor?
    var deviceWrites: [UInt64: UInt32] = [:]
    /// Vectors answered to INTA, in order; 0xFF when empty.
    var interruptVectors: [UInt8] = []
    /// The answer of `willDeliver`.
    var verdict = DeliveryVerdict.deliver
    var willDeliver: [Delivery] = []
    var didDeliver: [Delivery] = []
    var returns: [ReturnEvent] = []
    var pageFaults: [PageFaultEvent] = []
    var switchesBefore: [TaskSwitchEvent] = []
    var switchesAfter: [TaskSwitchEvent] = []
    var reachedAddresses: [UInt32] = []
    var records: [EventRecord] = []
    /// Changes of FERR#.
    var errorLine: [Bool] = []
    var ignoresFloatingPointErrors = false

    func readPort(_ port: UInt16, bytes: Int) -> UInt32 {
        let value = ports[port] ?? .max
        portReads.append(PortAccess(port: port, value: value, bytes: bytes))
        return value
    }
    func writePort(_ port: UInt16, value: UInt32, bytes: Int) {
        portWrites.append(PortAccess(port: port, value: value, bytes: bytes))
        countsAtWrites.append(processor?.instructionCount ?? 0)
    }
    func readDevice(_ address: PhysicalAddress, bytes: Int) -> UInt32 { .max }
    func writeDevice(_ address: PhysicalAddress, value: UInt32, bytes: Int) { deviceWrites[address.value] = value }
    func acknowledgeInterrupt() -> UInt8 { interruptVectors.isEmpty ? 0xFF : interruptVectors.removeFirst() }
    func setFloatingPointErrorLine(_ asserted: Bool) { errorLine.append(asserted) }
    func willDeliver(_ delivery: inout Delivery) -> DeliveryVerdict {
        willDeliver.append(delivery)
        return verdict
    }
    func didDeliver(_ delivery: Delivery) { didDeliver.append(delivery) }
    func didReturn(_ event: ReturnEvent) { returns.append(event) }
    func willFaultPage(_ fault: PageFaultEvent) { pageFaults.append(fault) }
    func willSwitchTask(_ event: TaskSwitchEvent) { switchesBefore.append(event) }
    func didSwitchTask(_ event: TaskSwitchEvent) { switchesAfter.append(event) }
    func reachedCodeAddress(_ eip: UInt32, linear: LinearAddress) { reachedAddresses.append(eip) }
    func consume(_ records: [EventRecord]) { self.records += records }
}

/// Where `TestMachine` keeps things; linear and physical addresses are equal.
enum Place {
    static let gdt: UInt32 = 0x1000
    static let ldt: UInt32 = 0x1800
    static let idt: UInt32 = 0x2000
    static let tss: UInt32 = 0x3000
    static let secondTSS: UInt32 = 0x3800
    /// A HLT for each vector, 16 bytes apart: the targets of `setHandlers()`.
    static let handlers: UInt32 = 0x4000
    static let code: UInt32 = 0x10000
    static let target: UInt32 = 0x14000
    static let data: UInt32 = 0x18000
    static let stack0: UInt32 = 0x20000
    static let stack1: UInt32 = 0x24000
    static let stack2: UInt32 = 0x28000
    static let stack3: UInt32 = 0x30000
    static let pageDirectory: UInt32 = 0x40000
}

/// Selectors of the descriptors that every `TestMachine` has, RPL 0 (3 for the user's).
enum Sel {
    static let code0: UInt16 = 0x08
    static let data0: UInt16 = 0x10
    static let code3: UInt16 = 0x1B
    static let data3: UInt16 = 0x23
    static let tss: UInt16 = 0x28
    static let ldt: UInt16 = 0x30
    /// From here on free for a test.
    static let free: UInt16 = 0x40
}

/// One processor with flat ring 0 and ring 3 segments, 1 MiB of RAM and a stub host, in protected mode without paging.
final class TestMachine {
    let memory = PhysicalMemory(byteCount: 1 << 20)
    let processor: Processor
    let host = StubHost()

    init() {
        processor = Processor(memory: memory)
        processor.host = host
        host.processor = processor
        processor.reset()
        processor.cr0 = 0x11
        processor.gdtr = (base: Place.gdt, limit: 0x3FF)
        processor.idtr = (base: Place.idt, limit: 0x7FF)
        setDescriptor(Sel.code0, Self.segment(access: 0x9B))
        setDescriptor(Sel.data0, Self.segment(access: 0x93))
        setDescriptor(Sel.code3, Self.segment(access: 0xFB))
        setDescriptor(Sel.data3, Self.segment(access: 0xF3))
        setDescriptor(Sel.tss, Self.segment(base: Place.tss, limit: 0x67, access: 0x8B, flags: 0))
        setDescriptor(Sel.ldt, Self.segment(base: Place.ldt, limit: 0xFF, access: 0x82, flags: 0))
        processor.setSegment(.tr, selector: Sel.tss, base: Place.tss, limit: 0x67, attributes: 0x8B)
        processor.setSegment(.ldtr, selector: Sel.ldt, base: Place.ldt, limit: 0xFF, attributes: 0x82)
        write32(Place.tss + 4, Place.stack0)
        write32(Place.tss + 8, UInt32(Sel.data0))
        write32(Place.tss + 0x64, 0x68 << 16)
        enter(ring: 0)
    }

    /// Flat segments of ring 0 or 3, the stack of that ring, EIP at `Place.code`, IF clear.
    func enter(ring: UInt8) {
        let user: UInt16 = ring == 3 ? 0x60 : 0
        let data = ring == 3 ? Sel.data3 : Sel.data0
        processor.setSegment(
            .cs, selector: ring == 3 ? Sel.code3 : Sel.code0, base: 0, limit: .max, attributes: 0xC9B | user)
        for name in [SegmentName.ss, .ds, .es, .fs, .gs] {
            processor.setSegment(name, selector: data, base: 0, limit: .max, attributes: 0xC93 | user)
        }
        processor[.esp] = ring == 3 ? Place.stack3 : Place.stack0
        processor.eip = Place.code
        processor.eflags = 2
    }

    /// Back to real-address mode, CS:EIP = 0:`Place.code` & 0xFFFF, all segments 0.
    func enterRealMode(at ip: UInt32 = 0x8000) {
        processor.cr0 = 0x10
        for name in [SegmentName.cs, .ss, .ds, .es, .fs, .gs] {
            processor.setSegment(name, selector: 0, base: 0, limit: 0xFFFF, attributes: 0x93)
        }
        processor.idtr = (base: 0, limit: 0x3FF)
        processor[.esp] = 0x7000
        processor.eip = ip
        processor.eflags = 2
    }

    // MARK: Descriptors

    /// A code, data, LDT or TSS descriptor; `limit` is the raw 20-bit field, `flags` the nibble G, D/B, L, AVL.
    static func segment(base: UInt32 = 0, limit: UInt32 = 0xF_FFFF, access: UInt8, flags: UInt8 = 0xC) -> UInt64 {
        let low = (limit & 0xFFFF) | (base << 16)
        let high =
            ((base >> 16) & 0xFF) | (UInt32(access) << 8) | (limit & 0xF_0000) | (UInt32(flags) << 20)
            | (base & 0xFF00_0000)
        return UInt64(high) << 32 | UInt64(low)
    }

    /// A call, interrupt, trap or task gate; `access` holds P, DPL and the type.
    static func gate(_ selector: UInt16, _ offset: UInt32, access: UInt8, count: UInt8 = 0) -> UInt64 {
        let low = UInt32(selector) << 16 | (offset & 0xFFFF)
        let high = (offset & 0xFFFF_0000) | UInt32(access) << 8 | UInt32(count)
        return UInt64(high) << 32 | UInt64(low)
    }

    /// Writes an entry of the GDT, or of the LDT if TI is set.
    func setDescriptor(_ selector: UInt16, _ value: UInt64) {
        let table = selector & 4 != 0 ? Place.ldt : Place.gdt
        write64(table + UInt32(selector & 0xFFF8), value)
    }
    func descriptor(_ selector: UInt16) -> UInt64 {
        let address = (selector & 4 != 0 ? Place.ldt : Place.gdt) + UInt32(selector & 0xFFF8)
        return UInt64(read32(address + 4)) << 32 | UInt64(read32(address))
    }
    func setGate(_ vector: UInt8, _ value: UInt64) { write64(Place.idt + UInt32(vector) * 8, value) }

    /// Fills the IDT with 32-bit interrupt gates (DPL 0) to one HLT for each vector.
    func setHandlers() {
        for vector in UInt8.min...UInt8.max {
            let address = Place.handlers + UInt32(vector) * 16
            setGate(vector, Self.gate(Sel.code0, address, access: 0x8E))
            write([0xF4], address)
        }
    }

    // MARK: Memory

    func write(_ bytes: [UInt8], _ address: UInt32) { memory.write(bytes, at: PhysicalAddress(UInt64(address))) }
    func write16(_ address: UInt32, _ value: UInt16) { write(little(value), address) }
    func write32(_ address: UInt32, _ value: UInt32) { write(little(value), address) }
    func write64(_ address: UInt32, _ value: UInt64) { write(little(value), address) }
    func read8(_ address: UInt32) -> UInt8 { memory.readByte(at: PhysicalAddress(UInt64(address))) }
    func read16(_ address: UInt32) -> UInt16 { memory.readWord(at: PhysicalAddress(UInt64(address))) }
    func read32(_ address: UInt32) -> UInt32 { memory.readDouble(at: PhysicalAddress(UInt64(address))) }

    /// Turns paging on: the first 4 MiB are mapped to themselves, for users and writable; one table behind the directory.
    func enablePaging() {
        write32(Place.pageDirectory, (Place.pageDirectory + 0x1000) | 7)
        for page in UInt32(0)..<1024 { setPage(page << 12, page << 12 | 7) }
        processor.cr3 = Place.pageDirectory
        processor.cr0 |= 0x8000_0000
    }

    /// Writes the table entry of a linear address below 4 MiB; the processor is not told.
    func setPage(_ linear: UInt32, _ entry: UInt32) {
        write32(Place.pageDirectory + 0x1000 + (linear >> 12) * 4, entry)
    }

    // MARK: Running

    /// Runs `count` instructions (fewer if something ends the run).
    @discardableResult
    func run(_ count: UInt64 = 1) -> RunExit {
        processor.deadline = processor.instructionCount + count
        return processor.run()
    }

    /// Places code at the current CS:EIP and runs `count` instructions of it.
    @discardableResult
    func execute(_ code: [UInt8], count: UInt64 = 1) -> RunExit {
        write(code, processor.segment(.cs).base &+ processor.eip)
        return run(count)
    }

    /// Executes one instruction that may fault; the fault is recorded, not delivered. Nil if it completed.
    func fault(of code: [UInt8]) -> Raised? {
        processor.hooks = .willDeliver
        host.verdict = .stop
        host.willDeliver = []
        execute(code)
        return host.willDeliver.first.map { Raised($0.vector, $0.errorCode) }
    }

    /// Everything an instruction that faults must leave alone.
    var registers: [UInt32] {
        GeneralRegister.allCases.map { processor[$0] } + [processor.eip, processor.eflags, UInt32(processor.cpl)]
            + [processor.cr0, processor.cr3, processor.cr4]
            + SegmentName.allCases.flatMap { name in
                let view = processor.segment(name)
                return [UInt32(view.selector), view.base, view.limit, UInt32(view.attributes)]
            }
    }
}

/// A vector with its error code, for tables of expected faults.
struct Raised: Equatable, CustomStringConvertible, Sendable {
    var vector: UInt8
    var code: UInt32?

    init(_ vector: UInt8, _ code: UInt32? = nil) {
        self.vector = vector
        self.code = code
    }

    static func gp(_ code: UInt32) -> Raised { Raised(13, code) }
    static func ss(_ code: UInt32) -> Raised { Raised(12, code) }
    static func np(_ code: UInt32) -> Raised { Raised(11, code) }
    static func ts(_ code: UInt32) -> Raised { Raised(10, code) }
    static func pf(_ code: UInt32) -> Raised { Raised(14, code) }
    static let ud = Raised(6)

    var description: String { "vector \(vector)" + (code.map { " code 0x" + String($0, radix: 16) } ?? "") }
}

/// The bytes of a value, least significant first.
func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
