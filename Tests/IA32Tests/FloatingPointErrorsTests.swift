import IA32
import Testing

/// When x87 instructions may run, and how their exceptions are reported.
struct FloatingPointErrorsTests {
    static let emulation: UInt32 = 4
    static let taskSwitched: UInt32 = 8
    static let monitor: UInt32 = 2

    struct Availability: Sendable {
        let cr0: UInt32
        let escape: Bool
        let wait: Bool
    }

    /// SDM Vol. 3A 2.5, Table 2-3 "Action Taken By x87 FPU Instructions for Different Combinations of EM, MP, and TS".
    static let availability: [Availability] = [
        Availability(cr0: 0, escape: false, wait: false), Availability(cr0: taskSwitched, escape: true, wait: false),
        Availability(cr0: monitor, escape: false, wait: false),
        Availability(cr0: monitor | taskSwitched, escape: true, wait: true),
        Availability(cr0: emulation, escape: true, wait: false),
        Availability(cr0: emulation | taskSwitched, escape: true, wait: false),
        Availability(cr0: emulation | monitor, escape: true, wait: false),
        Availability(cr0: emulation | monitor | taskSwitched, escape: true, wait: true),
    ]

    @Test(arguments: availability) func deviceNotAvailable(_ row: Availability) {
        let machine = TestMachine()
        machine.processor.cr0 = 0x11 | row.cr0
        #expect(machine.fault(of: [0x9B]) == (row.wait ? Raised(7) : nil))
        // fninit, fld1, fnstsw ax, fld dword [unmapped]
        for code in [[0xDB, 0xE3], [0xD9, 0xE8], [0xDF, 0xE0], [0xD9, 0x05, 0, 0x80, 1, 0]] as [[UInt8]] {
            machine.processor.eip = Place.code
            #expect(machine.fault(of: code) == (row.escape ? Raised(7) : nil))
        }
    }

    static let reserved: [[UInt8]] = [
        [0xD9, 0xD1], [0xD9, 0xE2], [0xD9, 0xE6], [0xD9, 0xEF], [0xD9, 0x0B], [0xDA, 0xE0], [0xDA, 0xE8], [0xDA, 0xEA],
        [0xDA, 0xF0], [0xDB, 0xE5], [0xDB, 0xF8], [0xDB, 0x0B], [0xDB, 0x23], [0xDB, 0x33], [0xDD, 0xF0], [0xDD, 0xF8],
        [0xDD, 0x0B], [0xDD, 0x2B], [0xDE, 0xD8], [0xDE, 0xDA], [0xDF, 0xE1], [0xDF, 0xF8], [0xDF, 0x0B],
    ]

    @Test(arguments: reserved) func reservedEncodings(_ code: [UInt8]) {
        let machine = TestMachine()
        machine.processor[.ebx] = Place.data
        #expect(machine.fault(of: code) == .ud)
    }

    /// FNINIT, FLDCW with #Z unmasked, FLD1, FLDZ, FDIVP: five instructions, 14 bytes.
    static let division: [UInt8] =
        [0xDB, 0xE3, 0xD9, 0x2D] + little(Place.data) + [0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9]

    private func machine(numericError: Bool) -> TestMachine {
        let machine = TestMachine()
        machine.write16(Place.data, 0x37B)
        machine.processor.cr0 = 0x11 | (numericError ? 0x20 : 0)
        return machine
    }

    struct Reporter: Sendable {
        let code: [UInt8]
        let waits: Bool
    }

    static let reporters: [Reporter] = [
        Reporter(code: [0x9B], waits: true), Reporter(code: [0xD9, 0xE8], waits: true),
        Reporter(code: [0xD9, 0xD0], waits: true), Reporter(code: [0xD9, 0x2D] + little(Place.data), waits: true),
        Reporter(code: [0xD9, 0x25] + little(Place.data), waits: true), Reporter(code: [0xDB, 0xE2], waits: false),
        Reporter(code: [0xDB, 0xE3], waits: false), Reporter(code: [0xDF, 0xE0], waits: false),
        Reporter(code: [0xD9, 0x3D] + little(Place.data), waits: false),
        Reporter(code: [0xDD, 0x3D] + little(Place.data), waits: false),
        Reporter(code: [0xD9, 0x35] + little(Place.data), waits: false),
        Reporter(code: [0xDD, 0x35] + little(Place.data), waits: false), Reporter(code: [0x90], waits: false),
    ]

    @Test(arguments: reporters) func errorWithTheNextThatWaits(_ row: Reporter) {
        let machine = machine(numericError: true)
        machine.processor.hooks = .willDeliver
        machine.host.verdict = .stop
        machine.execute(Self.division + [0x90] + row.code, count: 7)
        #expect(machine.host.willDeliver.map(\.vector) == (row.waits ? [16] : []))
        guard let delivery = machine.host.willDeliver.first else { return }
        #expect(delivery.eip == Place.code + 15)
        #expect(delivery.errorCode == nil)
        #expect(delivery.source == .fault)
        #expect(machine.host.errorLine == [])
    }

    @Test func frozenUntilTheInterrupt() {
        let machine = machine(numericError: false)
        machine.setHandlers()
        // The handler: fnclex; iret. After the division: fldpi; hlt.
        machine.write([0xDB, 0xE2, 0xCF], Place.handlers + 0x75 * 16)
        #expect(machine.execute(Self.division + [0xD9, 0xEB, 0xF4], count: 100) == .halted)
        #expect(machine.processor.eip == Place.code + 14)
        #expect(machine.processor.instructionCount == 5)
        #expect(machine.host.errorLine == [true])
        machine.interrupt(0x75)
        machine.run(1)
        machine.processor.setInterruptLine(false)
        #expect(machine.run(100) == .halted)
        #expect(machine.processor.eip == Place.code + 17)
        #expect(machine.host.errorLine == [true, false])
    }

    @Test func errorsAreIgnoredOnDemand() {
        let machine = machine(numericError: false)
        machine.host.ignoresFloatingPointErrors = true
        #expect(machine.execute(Self.division + [0xD9, 0xEB, 0x90], count: 7) == .deadline)
        #expect(machine.processor.eip == Place.code + 17)
        #expect(machine.host.errorLine == [true])
    }

    @Test func unmaskingReportsOldErrors() {
        let machine = machine(numericError: true)
        machine.write16(Place.data, 0x37F)
        machine.write16(Place.data + 2, 0x37B)
        machine.processor.hooks = .willDeliver
        machine.host.verdict = .stop
        // A masked division, then fldcw that unmasks, then fwait.
        machine.execute(Self.division + [0xD9, 0x2D] + little(Place.data + 2) + [0x9B], count: 7)
        #expect(machine.host.willDeliver.map(\.vector) == [16])
        #expect(machine.host.willDeliver.first?.eip == Place.code + 20)
    }
}
