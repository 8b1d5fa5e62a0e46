import PC
import Testing

/// Configurations that are refused, with a sentence.
struct MachineConfigurationTests {
    @Test(arguments: [0, -1, 65_535, (1 << 30) + 1, .max] as [Int])
    func memorySize(bytes: Int) {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = bytes
        #expect(throws: ConfigurationError.memorySize(bytes)) { try Machine(configuration) }
        #expect(ConfigurationError.memorySize(bytes).description.contains("1 GiB"))
    }

    @Test(arguments: [0, 1_000_000_000_001, .max] as [UInt64])
    func clock(rate: UInt64) {
        var configuration = MachineConfiguration()
        configuration.clockHz = rate
        #expect(throws: ConfigurationError.clock(rate)) { try Machine(configuration) }
    }

    @Test func eventCapacity() {
        var configuration = MachineConfiguration()
        configuration.eventCapacity = 0
        #expect(throws: ConfigurationError.eventCapacity(0)) { try Machine(configuration) }
    }

    @Test(arguments: [65_536, 65_537, 1 << 20] as [Int])
    func memoryIsRoundedUpToPages(bytes: Int) throws {
        var configuration = MachineConfiguration()
        configuration.memoryBytes = bytes
        #expect(try Machine(configuration).memory.byteCount == (bytes + 4095) / 4096 * 4096)
    }
}
