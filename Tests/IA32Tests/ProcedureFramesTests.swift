import IA32
import Testing

struct ProcedureFramesTests {
    @Test(arguments: [0, 1, 2, 3, 31, 32, 33] as [UInt8], [true, false]) func enter(_ level: UInt8, _ is32: Bool) {
        let machine = TestMachine()
        let width: UInt32 = is32 ? 4 : 2
        let nesting = UInt32(level & 31)
        let outer = Place.stack1
        machine.processor[.ebp] = outer
        for index in (1...UInt32(32)).reversed() { machine.write32(outer - index * width, 0x1000 + index) }
        let prefix: [UInt8] = is32 ? [] : [0x66]
        #expect(machine.fault(of: prefix + [0xC8, 0x10, 0x00, level]) == nil)
        let frame = Place.stack0 - width
        let pushes = nesting == 0 ? 1 : nesting + 1
        #expect(machine.processor[.esp] == Place.stack0 - pushes * width - 0x10)
        #expect(machine.processor[.ebp] == (is32 ? frame : outer & 0xFFFF_0000 | frame & 0xFFFF))
        let mask: UInt32 = is32 ? .max : 0xFFFF
        #expect(machine.read32(frame) & mask == outer & mask)
        for index in 1..<max(nesting, 1) {
            #expect(machine.read32(frame - index * width) & mask == 0x1000 + index)
        }
        if nesting > 0 { #expect(machine.read32(frame - nesting * width) & mask == frame & mask) }
    }

    /// ENTER that cannot complete: where the stack ends, and the fault.
    @Test(
        arguments: [
            (0x18, 0x10, 0, Raised?.none), (0x18, 0x14, 0, .none), (0x18, 0x18, 0, .ss(0)), (0x18, 0, 5, .none),
            (0x18, 0, 6, .ss(0)), (0x2, 0, 0, .ss(0)), (0x18, 0xFFFF, 0, .ss(0)),
        ] as [(UInt32, UInt16, UInt8, Raised?)])
    func enterAtTheEndOfTheStack(_ esp: UInt32, _ size: UInt16, _ level: UInt8, _ expected: Raised?) {
        let machine = TestMachine()
        machine.processor.setSegment(.ss, selector: 0x10, base: Place.stack2, limit: 0xFFF, attributes: 0x493)
        machine.processor[.esp] = esp
        machine.processor[.ebp] = 0x800
        let before = machine.registers
        #expect(machine.fault(of: [0xC8] + little(size) + [level]) == expected)
        if expected != nil {
            #expect(machine.registers == before)
            #expect(machine.memory.bytes(at: PhysicalAddress(UInt64(Place.stack2)), count: 0x20).allSatisfy { $0 == 0 })
        }
    }

    @Test func enterProbesTheFinalPage() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.setPage(Place.stack0 - 0x2000, 0)
        let before = machine.registers
        #expect(machine.fault(of: [0xC8, 0x00, 0x10, 0]) == .pf(2))
        #expect(machine.registers == before)
        #expect(machine.fault(of: [0xC8, 0xF0, 0x0F, 0]) == nil)
    }

    @Test func leave() {
        let machine = TestMachine()
        machine.processor[.ebp] = Place.stack0 - 0x40
        machine.write32(Place.stack0 - 0x40, 0x1234_5678)
        #expect(machine.fault(of: [0xC9]) == nil)
        #expect(machine.processor[.ebp] == 0x1234_5678)
        #expect(machine.processor[.esp] == Place.stack0 - 0x3C)
    }

    @Test func leaveOutsideTheStack() {
        let machine = TestMachine()
        machine.processor.setSegment(.ss, selector: 0x10, base: 0, limit: 0xFFF, attributes: 0x493)
        machine.processor[.esp] = 0x800
        machine.processor[.ebp] = 0xFFE
        let before = machine.registers
        #expect(machine.fault(of: [0xC9]) == .ss(0))
        #expect(machine.registers == before)
    }

    @Test func sixteenBitStackUsesSPAndBP() {
        let machine = TestMachine()
        machine.processor.setSegment(.ss, selector: 0x10, base: Place.stack2, limit: 0xFFFF, attributes: 0x93)
        machine.processor[.esp] = 0x5555_0100
        machine.processor[.ebp] = 0x6666_0800
        #expect(machine.fault(of: [0xC8, 0x10, 0x00, 0]) == nil)
        #expect(machine.processor[.esp] == 0x5555_00EC)
        #expect(machine.processor[.ebp] == 0x5555_00FC)
        #expect(machine.read32(Place.stack2 + 0xFC) == 0x6666_0800)
        #expect(machine.fault(of: [0xC9]) == nil)
        #expect(machine.processor[.esp] == 0x5555_0100)
        #expect(machine.processor[.ebp] == 0x6666_0800)
    }

    @Test(arguments: [true, false]) func pushAllAndPopAll(_ is32: Bool) {
        let machine = TestMachine()
        for register in GeneralRegister.allCases where register != .esp {
            machine.processor[register] = 0x1111_2222 * (UInt32(register.rawValue) + 1)
        }
        let prefix: [UInt8] = is32 ? [] : [0x66]
        let width: UInt32 = is32 ? 4 : 2
        let mask: UInt32 = is32 ? .max : 0xFFFF
        #expect(machine.fault(of: prefix + [0x60]) == nil)
        #expect(machine.processor[.esp] == Place.stack0 - 8 * width)
        for register in GeneralRegister.allCases {
            let pushed = machine.read32(Place.stack0 - (UInt32(register.rawValue) + 1) * width) & mask
            #expect(pushed == (register == .esp ? Place.stack0 : machine.processor[register]) & mask)
        }
        let saved = GeneralRegister.allCases.map { machine.processor[$0] }
        for register in GeneralRegister.allCases where register != .esp { machine.processor[register] = 0xEEEE_EEEE }
        #expect(machine.fault(of: prefix + [0x61]) == nil)
        #expect(machine.processor[.esp] == Place.stack0)
        for register in GeneralRegister.allCases where register != .esp {
            let value = saved[Int(register.rawValue)]
            #expect(machine.processor[register] == (is32 ? value : 0xEEEE_0000 | value & 0xFFFF))
        }
    }

    @Test func pushAllIsAtomic() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.processor[.esp] = Place.stack0 + 0x10
        machine.processor[.eax] = 0x1234
        machine.setPage(Place.stack0 - 0x1000, 0)
        let before = machine.registers
        #expect(machine.fault(of: [0x60]) == .pf(2))
        #expect(machine.registers == before)
        #expect(machine.read32(Place.stack0 + 0xC) == 0)
    }

    @Test func popAllIsAtomic() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.processor[.esp] = Place.stack0 - 0x10
        machine.setPage(Place.stack0, 0)
        let before = machine.registers
        #expect(machine.fault(of: [0x61]) == .pf(0))
        #expect(machine.registers == before)
    }

    @Test(
        arguments: [
            (0, -1, 1, true), (-1, -1, 1, true), (1, -1, 1, true), (2, -1, 1, false), (-2, -1, 1, false),
            (5, 10, 0, false), (0x7FFF, -0x8000, 0x7FFF, true),
        ] as [(Int16, Int16, Int16, Bool)])
    func bound(_ index: Int16, _ lower: Int16, _ upper: Int16, _ isInside: Bool) {
        let machine = TestMachine()
        machine.write(little(Int32(lower)) + little(Int32(upper)) + little(lower) + little(upper), Place.data)
        machine.processor[.eax] = UInt32(bitPattern: Int32(index))
        let expected = isInside ? nil : Raised(5)
        #expect(machine.fault(of: [0x62, 0x05] + little(Place.data)) == expected)
        machine.processor[.eax] = 0x1234_0000 | UInt32(UInt16(bitPattern: index))
        #expect(machine.fault(of: [0x66, 0x62, 0x05] + little(Place.data + 8)) == expected)
    }

    @Test func boundNeedsMemory() {
        let machine = TestMachine()
        #expect(machine.fault(of: [0x62, 0xC0]) == .ud)
    }
}
