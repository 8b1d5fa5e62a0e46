import Confinement
import Glibc
import Testing

@Suite struct HostFileTests {
    @Test func writeReadReplaceRemove() throws {
        let folder = try PrivateFolder()
        let path = folder.path + "/a/b.txt"
        try folder.write([1, 2, 3], to: "a/b.txt")
        #expect(HostFile.read(path) == [1, 2, 3])
        #expect(HostFile.replace(path, with: [4]))
        #expect(HostFile.read(path) == [4])
        #expect(HostFile.names(in: folder.path + "/a") == ["b.txt"])
        #expect(HostFile.kind(folder.path + "/a") == .folder)
        #expect(HostFile.kind(path) == .file)
        HostFile.removeTree(folder.path + "/a")
        #expect(HostFile.kind(path) == nil)
    }

    @Test(arguments: ["/dev/zero", "/tmp", "/no/such/file"]) func onlyRegularFilesAreRead(path: String) {
        #expect(HostFile.read(path) == nil)
    }

    @Test func links() throws {
        let folder = try PrivateFolder()
        try folder.write([7], to: "target")
        #expect(symlink(folder.path + "/target", folder.path + "/link") == 0)
        #expect(HostFile.isLink(folder.path + "/link"))
        #expect(!HostFile.isLink(folder.path + "/target"))
        #expect(HostFile.read(folder.path + "/link") == [7])
        #expect(HostFile.read(folder.path + "/link", followLink: false) == nil)
    }

    @Test func sizeLimit() throws {
        let folder = try PrivateFolder()
        try folder.write([UInt8](repeating: 1, count: 100), to: "f")
        #expect(HostFile.read(folder.path + "/f", limit: 99) == nil)
        #expect(HostFile.read(folder.path + "/f", limit: 100)?.count == 100)
    }

    @Test func privateFolderIsRemoved() throws {
        var path = ""
        do {
            let folder = try PrivateFolder()
            path = folder.path
            try folder.write([1], to: "x/y/z")
        }
        #expect(HostFile.kind(path) == nil)
    }
}
