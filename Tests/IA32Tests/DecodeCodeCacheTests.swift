import IA32
import Testing

/// Decoded code follows the bytes in memory, however they change.
@Suite struct DecodeCodeCacheTests {
    private func run(_ machine: TestMachine, _ count: UInt64 = 200) {
        machine.processor.deadline = machine.processor.instructionCount + count
        _ = machine.processor.run()
    }

    @Test func storeIntoTheNextInstruction() {
        let machine = TestMachine()
        // mov byte [code + 8], 2; mov al, 1 (becomes mov al, 2); hlt
        machine.write([0xC6, 0x05, 0x08, 0x00, 0x01, 0x00, 0x02, 0xB0, 0x01, 0xF4], Place.code)
        run(machine)
        #expect(machine.processor[.eax] & 0xFF == 2)
    }

    @Test func loopThatRewritesItself() {
        let machine = TestMachine()
        // mov ecx, 5; L: add eax, 1; inc byte [code + 7]; loop L; hlt
        machine.write(
            [0xB9, 5, 0, 0, 0, 0x83, 0xC0, 0x01, 0xFE, 0x05, 7, 0, 1, 0, 0xE2, 0xF5, 0xF4], Place.code)
        run(machine)
        #expect(machine.processor[.eax] == 1 + 2 + 3 + 4 + 5)
    }

    @Test func writeFromOutside() {
        let machine = TestMachine()
        machine.write([0xB0, 0x01, 0xF4], Place.code)
        run(machine)
        machine.write([0xB0, 0x07], Place.code)
        machine.enter(ring: 0)
        machine.processor.isHalted = false
        run(machine)
        #expect(machine.processor[.eax] & 0xFF == 7)
    }

    @Test func aliasOfTheSamePage() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.setPage(0x50000, Place.code | 7)
        // call code+0x20; mov byte [0x50021], 9; call code+0x20; hlt ... code+0x20: mov al, 1; ret
        machine.write(
            [0xE8, 0x1B, 0, 0, 0, 0xC6, 0x05, 0x21, 0, 5, 0, 9, 0xE8, 0x0F, 0, 0, 0, 0xF4], Place.code)
        machine.write([0xB0, 1, 0xC3], Place.code + 0x20)
        run(machine)
        #expect(machine.processor[.eax] & 0xFF == 9)
    }

    @Test func instructionInTwoPages() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.setHandlers()
        // mov eax, 0x11223344 with its last two bytes in the next page; hlt
        machine.write([0xB8, 0x44, 0x33, 0x22, 0x11, 0xF4], 0x10FFD)
        machine.processor.eip = 0x10FFD
        run(machine)
        #expect(machine.processor[.eax] == 0x1122_3344)
        machine.write([0x55], 0x11000)
        machine.enter(ring: 0)
        machine.processor.isHalted = false
        machine.processor.eip = 0x10FFD
        run(machine)
        #expect(machine.processor[.eax] == 0x1155_3344)
    }

    @Test func fetchFaultOfTheSecondPage() {
        let machine = TestMachine()
        machine.setHandlers()
        machine.enablePaging()
        machine.setPage(0x11000, 0)
        machine.write([0xB8, 0x44, 0x33], 0x10FFD)
        machine.processor.eip = 0x10FFD
        machine.processor.hooks = [.pageFault]
        run(machine)
        #expect(machine.host.pageFaults.first?.linear == LinearAddress(0x11000))
        #expect(machine.host.pageFaults.first?.eip == 0x10FFD)
    }

    @Test func remappedPageRunsTheNewCode() {
        let machine = TestMachine()
        machine.enablePaging()
        machine.write([0xB0, 1, 0xC3], 0x50000)
        machine.write([0xB0, 2, 0xC3], 0x51000)
        // call 0x50000; mov bl, al; mov dword [table entry], 0x51007; invlpg [0x50000]; call 0x50000; hlt
        let entry = Place.pageDirectory + 0x1000 + 0x50 * 4
        machine.write(
            [0xE8, 0xFB, 0xFF, 0x03, 0x00, 0x88, 0xC3, 0xC7, 0x05] + Self.little(entry) + Self.little(0x51007)
                + [0x0F, 0x01, 0x3D] + Self.little(0x50000) + [0xE8, 0xE3, 0xFF, 0x03, 0x00, 0xF4], Place.code)
        run(machine)
        #expect(machine.processor[.ebx] & 0xFF == 1)
        #expect(machine.processor[.eax] & 0xFF == 2)
    }

    @Test func sixteenBytesAreTooLong() {
        let machine = TestMachine()
        machine.setHandlers()
        machine.write([UInt8](repeating: 0x66, count: 15) + [0x90, 0xF4], Place.code)
        machine.processor.hooks = [.willDeliver]
        run(machine)
        #expect(machine.host.willDeliver.first?.vector == 13)
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
