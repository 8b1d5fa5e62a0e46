import Assembly
import Confinement
import Testing

@Suite(.enabled(if: HostConfinement.current.programMechanism != nil)) struct TeachingKernelTests {
    private func request() throws -> AssemblyRequest {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        let folder = parts.joined(separator: "/") + "/lessons/kernel"
        func files(_ suffix: String) throws -> [SourceFile] {
            try (HostFile.names(in: folder) ?? []).filter { $0.hasSuffix(suffix) }.map {
                SourceFile(name: $0, contents: try #require(HostFile.read("\(folder)/\($0)")))
            }
        }
        let script = try #require(HostFile.read("\(folder)/kernel.ld"))
        return AssemblyRequest(
            units: try files(".asm"), includes: try files(".inc"), linkerScript: String(decoding: script, as: UTF8.self)
        )
    }

    @Test func assemblesLinksAndIsCached() throws {
        let folder = try PrivateFolder()
        let assembler = Assembler(cache: AssemblyCache(folder: folder.path))
        let clock = ContinuousClock()
        var image: AssembledImage?
        let first = try clock.measure { image = try assembler.assemble(request()) }
        let second = try clock.measure { _ = try assembler.assemble(request()) }
        let start = try #require(image?.symbols["KiLessonStart"])
        #expect(image?.symbols.nearest(to: start)?.offset == 0)
        #expect(image?.lines.location(of: start) != nil)
        #expect(second < first)
    }
}
