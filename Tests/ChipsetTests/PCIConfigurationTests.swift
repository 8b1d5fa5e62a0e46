import Chipset
import Testing

/// CONFIG_ADDRESS.
struct PCIConfigurationTests {
    @Test(
        arguments: [
            (UInt32.max, UInt32(0x80FF_FFFC)), (0x8000_0000, 0x8000_0000), (0x7F00_0003, 0), (0x8000_1234, 0x8000_1234),
        ]
            as [(UInt32, UInt32)])
    func address(written: UInt32, read: UInt32) {
        var configuration = PCIConfiguration()
        configuration.setAddress(written)
        #expect(configuration.address == read)
    }
}
