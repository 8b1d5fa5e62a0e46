import IA32
import Testing

/// SDM Vol. 2A "CPUID".
@Suite struct IdentificationTests {
    /// EAX, EBX, ECX, EDX of a leaf.
    func identify(_ leaf: UInt32, _ change: (TestMachine) -> Void = { _ in }) -> [UInt32] {
        let machine = TestMachine()
        change(machine)
        machine.processor[.eax] = leaf
        #expect(machine.fault(of: [0x0F, 0xA2]) == nil)
        return [.eax, .ebx, .ecx, .edx].map { machine.processor[$0] }
    }

    @Test(arguments: [("GenuineIntel", "GenuineIntel"), ("Lab", "Lab         "), ("LongerThanTwelve", "LongerThanTw")])
    func vendor(_ name: String, _ expected: String) {
        let answer = identify(0) { $0.processor.model.vendor = name }
        #expect(answer[0] == 2)
        #expect(String(decoding: [1, 3, 2].flatMap { little(answer[$0]) }, as: UTF8.self) == expected)
    }

    @Test func signature() {
        #expect(identify(1)[0] == 0x633)
        let answer = identify(1) {
            $0.processor.model.family = 5
            $0.processor.model.model = 4
            $0.processor.model.stepping = 12
        }
        #expect(answer[0] == 0x54C)
    }

    static let offers: [(ProcessorFeatures, UInt32)] = [
        (.implemented, 0xFBFD), ([.timeStampCounter, .conditionalMove], 0x8010),
        (ProcessorFeatures(rawValue: .max), 0xFBFD), ([], 0),
    ]

    @Test(arguments: offers) func features(_ offered: ProcessorFeatures, _ expected: UInt32) {
        #expect(identify(1) { $0.processor.model.features = offered }[3] == expected)
        // They outlive a reset.
        let after = identify(1) {
            $0.processor.model.features = offered
            $0.processor.reset()
            $0.enterRealMode()
        }
        #expect(after[3] == expected)
    }

    @Test func localAPICBitFollowsItsBase() {
        let answer = identify(1) { #expect($0.writeModelSpecific(0x1B, 0xFEE0_0000) == nil) }
        #expect(answer[3] & 0x200 == 0)
    }

    @Test(arguments: [2, 3, 0x4000_0000, 0x8000_0002] as [UInt32]) func cacheDescriptors(_ leaf: UInt32) {
        #expect(identify(leaf) == [0x0302_0101, 0, 0, 0x0604_0A42])
        #expect(identify(leaf) { $0.processor.model.cacheDescriptors = [0x41, 0x42] } == [0x0042_4101, 0, 0, 0])
    }

    @Test func noExecute() {
        #expect(identify(0x8000_0000) == [0x8000_0001, 0, 0, 0])
        #expect(identify(0x8000_0001) == [0, 0, 0, 0x10_0000])
        let without: (TestMachine) -> Void = { $0.processor.model.features.remove(.noExecute) }
        #expect(identify(0x8000_0000, without) == identify(2))
        #expect(identify(0x8000_0001, without) == identify(2))
    }

    /// Bits of CR4 whose feature is not offered are reserved.
    @Test(
        arguments: [
            (.timeStampCounter, 4), (.debuggingExtensions, 8), (.pageSizeExtensions, 0x10),
            (.physicalAddressExtension, 0x20), (.machineCheck, 0x40), (.pageGlobalEnable, 0x80),
        ] as [(ProcessorFeatures, UInt32)])
    func controlBits(_ feature: ProcessorFeatures, _ bit: UInt32) {
        for isOffered in [true, false] {
            let machine = TestMachine()
            if !isOffered { machine.processor.model.features.remove(feature) }
            machine.processor[.eax] = bit
            #expect(machine.fault(of: [0x0F, 0x22, 0xE0]) == (isOffered ? nil : .gp(0)))
        }
    }
}
