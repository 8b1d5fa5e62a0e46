import Chipset
import Testing

/// Fields of ICR and of the local vector table.
struct APICMessageTests {
    /// ICR low and high, mode, shorthand, logical, destination.
    @Test(
        arguments: [
            (
                UInt32(0x0004_4031), UInt32(0), APICMessage.DeliveryMode.fixed, APICMessage.Shorthand.selfOnly, false,
                UInt8(0)
            ),
            (0x0000_0431, 0x0300_0000, .nmi, .none, false, 3),
            (0x0008_0931, 0, .lowestPriority, .allIncludingSelf, true, 0),
            (0x000C_4500, 0xFF00_0000, .initialize, .allExcludingSelf, false, 255),
            (0x0000_0608, 0, .startUp, .none, false, 0),
            (0x0000_0200, 0, .smi, .none, false, 0), (0x0000_0700, 0, .external, .none, false, 0),
        ] as [(UInt32, UInt32, APICMessage.DeliveryMode, APICMessage.Shorthand, Bool, UInt8)])
    func fields(
        low: UInt32, high: UInt32, mode: APICMessage.DeliveryMode, shorthand: APICMessage.Shorthand, isLogical: Bool,
        destination: UInt8
    ) {
        let message = APICMessage(low: low, high: high)
        #expect(message.mode == mode)
        #expect(message.shorthand == shorthand)
        #expect(message.isLogical == isLogical)
        #expect(message.destination == destination)
        #expect(message.vector == UInt8(low & 0xFF))
        #expect(message.isAssert == (low & 0x4000 != 0))
    }

    @Test func localVector() {
        let entry = LocalVector(value: 0x3_04D1)
        #expect(entry.vector == 0xD1)
        #expect(entry.mode == .nmi)
        #expect(entry.isMasked)
        #expect(entry.isPeriodic)
        #expect(LocalVector.reset.isMasked)
    }
}
