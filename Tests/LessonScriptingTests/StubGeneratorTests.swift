import FoundationEssentials
import LessonScripting
import Testing

@Suite struct StubGeneratorTests {
    @Test func checkedInStubsAreThoseOfTheTable() throws {
        let path = "\(Repository.root)/lessons/traplab.d.lua"
        let kept = try #require(FileManager.default.contents(atPath: path))
        #expect(
            String(decoding: kept, as: UTF8.self) == APIStubs.text,
            "lessons/traplab.d.lua is out of date: write APIStubs.text to it")
    }

    @Test func everyFunctionIsDescribed() {
        #expect(APIStubs.text.contains("function machine:read32(address) end"))
        #expect(APIStubs.text.contains("---@param address integer|string"))
        #expect(APIStubs.text.contains("function expect.error_code(event, value) end"))
    }
}
