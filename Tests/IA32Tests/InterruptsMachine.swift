import IA32

/// Places and selectors of the interrupt and task tests, in the parts that `Place` and `Sel` leave free.
enum Interrupts {
    /// A TSS selector as in the NMI and double-fault tasks of real systems.
    static let taskDF: UInt16 = 0x50
    static let taskNMI: UInt16 = 0x58
    static let tssDF: UInt32 = 0x3400
    static let tssNMI: UInt32 = 0x3600
    static let codeDF: UInt32 = 0x15000
    static let codeNMI: UInt32 = 0x16000
    static let stackDF: UInt32 = 0x2A000
    static let stackNMI: UInt32 = 0x2C000
    /// A page that tests unmap.
    static let unmapped: UInt32 = 0x60000
    /// A selector in an LDT that lies in `unmapped`.
    static let pageFaultingSelector: UInt16 = 0x0C
}

extension TestMachine {
    /// A 32-bit ring 0 task that starts at `code`.
    func setTask(
        _ selector: UInt16, tss: UInt32, code: UInt32, stack: UInt32, access: UInt8 = 0x89, limit: UInt32 = 0x67
    ) {
        setDescriptor(selector, Self.segment(base: tss, limit: limit, access: access, flags: 0))
        write32(tss + 0x1C, processor.cr3)
        write32(tss + 0x20, code)
        write32(tss + 0x24, 2)
        for index in UInt32(0)..<8 { write32(tss + 0x28 + index * 4, 0x1111_0000 + index) }
        write32(tss + 0x38, stack)
        for index in UInt32(0)..<6 { write32(tss + 0x48 + index * 4, UInt32(index == 1 ? Sel.code0 : Sel.data0)) }
        write32(tss + 0x60, 0)
        write32(tss + 0x64, 0x68 << 16)
        write([0xF4], code)
    }

    func setTaskGate(_ vector: UInt8, _ selector: UInt16) {
        setGate(vector, Self.gate(selector, 0, access: 0x85))
    }

    /// The NMI task behind IDT[2] and the double-fault task behind IDT[8].
    func setSystemTasks() {
        setTask(
            Interrupts.taskNMI, tss: Interrupts.tssNMI, code: Interrupts.codeNMI, stack: Interrupts.stackNMI)
        setTask(Interrupts.taskDF, tss: Interrupts.tssDF, code: Interrupts.codeDF, stack: Interrupts.stackDF)
        setTaskGate(2, Interrupts.taskNMI)
        setTaskGate(8, Interrupts.taskDF)
    }

    /// The access byte of a descriptor.
    func access(_ selector: UInt16) -> UInt8 { read8(Place.gdt + UInt32(selector & 0xFFF8) + 5) }
    func setAccess(_ selector: UInt16, _ value: UInt8) { write([value], Place.gdt + UInt32(selector & 0xFFF8) + 5) }

    /// The doubleword `index` above ESP, for a flat stack.
    func stackItem(_ index: UInt32) -> UInt32 { read32(processor[.esp] &+ index * 4) }
    func stackItems(_ count: UInt32) -> [UInt32] { (0..<count).map { stackItem($0) } }

    /// Replaces every page of the test's "unmapped" area by a hole.
    func unmap(_ linear: UInt32) { setPage(linear, 0) }

    /// Runs one instruction and everything that its delivery leads to; answers what the host was offered.
    func offered(_ code: [UInt8], count: UInt64 = 1) -> [Delivery] {
        processor.hooks = .willDeliver
        host.willDeliver = []
        execute(code, count: count)
        return host.willDeliver
    }

    /// Requests an external interrupt with this vector and runs the boundary.
    func interrupt(_ vector: UInt8) {
        processor.eflags |= 0x200
        host.interruptVectors = [vector]
        processor.setInterruptLine(true)
    }

    /// Handlers that were entered, from the log.
    var delivered: [UInt8] { host.records.filter { $0.kind == .delivery }.map(\.vector) }
    func records(_ kind: EventKind) -> [EventRecord] { host.records.filter { $0.kind == kind } }
}

/// Bytes of a few instructions.
enum Code {
    static let nop: [UInt8] = [0x90]
    static let ud2: [UInt8] = [0x0F, 0x0B]
    static let hlt: [UInt8] = [0xF4]
    static let iret: [UInt8] = [0xCF]
    static let int3: [UInt8] = [0xCC]
    static func int(_ vector: UInt8) -> [UInt8] { [0xCD, vector] }
    /// DIV ECX with ECX = 0.
    static let divide: [UInt8] = [0xF7, 0xF1]
    /// MOV DS, AX.
    static let loadDS: [UInt8] = [0x8E, 0xD8]
    /// MOV EAX, [address].
    static func load(_ address: UInt32) -> [UInt8] { [0xA1] + little(address) }
    /// MOV EAX, [EBP].
    static let loadFrame: [UInt8] = [0x8B, 0x45, 0x00]
    /// MOV byte [address], value.
    static func storeByte(_ address: UInt32, _ value: UInt8) -> [UInt8] { [0xC6, 0x05] + little(address) + [value] }
    static func farCall(_ selector: UInt16) -> [UInt8] { [0x9A, 0, 0, 0, 0] + little(selector) }
    static func farJump(_ selector: UInt16) -> [UInt8] { [0xEA, 0, 0, 0, 0] + little(selector) }
    /// MOV EAX, DR6.
    static let readDR6: [UInt8] = [0x0F, 0x21, 0xF0]
}
