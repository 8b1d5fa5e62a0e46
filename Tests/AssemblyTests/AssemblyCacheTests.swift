import Assembly
import Confinement
import Testing

@Suite(.enabled(if: HostConfinement.current.programMechanism != nil)) struct AssemblyCacheTests {
    private let request = AssemblyRequest(units: [SourceFile(name: "a.asm", text: "bits 32\nstart: nop\n")])

    @Test func storedAndVerified() throws {
        let folder = try PrivateFolder()
        let assembler = Assembler(cache: AssemblyCache(folder: folder.path + "/cache"))
        let first = try assembler.assemble(request)
        let names = try #require(HostFile.names(in: folder.path + "/cache"))
        #expect(names.count == 2, "an object and a program")
        #expect(try assembler.assemble(request).symbols.names == first.symbols.names)
        let paths = names.map { folder.path + "/cache/" + $0 }
        let stored = try paths.map { try #require(HostFile.read($0)) }
        for damage in [{ $0.dropLast() + [$0[$0.count - 1] ^ 1] }, { Array($0.prefix(20)) }] as [([UInt8]) -> [UInt8]] {
            for (path, bytes) in zip(paths, stored) { #expect(HostFile.write(damage(bytes), to: path)) }
            #expect(try assembler.assemble(request).symbols.names == first.symbols.names)
            #expect(zip(paths, stored).allSatisfy { HostFile.read($0)?.count == $1.count }, "written again")
        }
    }

    @Test func anotherRequestIsAnotherEntry() throws {
        let folder = try PrivateFolder()
        let assembler = Assembler(cache: AssemblyCache(folder: folder.path))
        _ = try assembler.assemble(request)
        var other = request
        other.textAddress = 0x20_0000
        #expect(try assembler.assemble(other).symbols["start"] == 0x20_0000)
        #expect(HostFile.names(in: folder.path)?.count == 3, "the object is shared")
    }
}
