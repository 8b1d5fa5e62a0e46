import FoundationEssentials
import Lessons
import Testing

@Suite struct LessonBundleTests {
    @Test func onlyLuaFilesOfTheFolderAreRead() throws {
        let folder = try TemporaryFolder([
            "x/lesson.lua": "return 1", "x/helper.lua": "2", "x/README.md": "no", "x/solution/a.lua": "no",
            "x/.h.lua": "no",
        ])
        let bundle = try LessonBundle.read(folder: folder.path + "/x/")
        #expect(bundle.name == "x")
        #expect(bundle.files.keys.sorted() == ["helper.lua", "lesson.lua"])
        #expect(bundle.module("helper")?.chunk == "helper.lua")
        #expect(bundle.module("lessen") == nil)
    }

    @Test func largeFilesAndFoldersAreRefused() throws {
        let folder = try TemporaryFolder([
            "x/lesson.lua": String(repeating: "-", count: (1 << 20) + 1), "y/a.lua/b": "",
        ])
        #expect(throws: LessonError.self) { try LessonBundle.read(folder: folder.path + "/x") }
        #expect(throws: LessonError.self) { try LessonBundle.read(folder: folder.path + "/y") }
        #expect(throws: LessonError.self) { try LessonBundle.read(folder: folder.path + "/none") }
    }

    @Test func aBundleSurvivesJSON() throws {
        let bundle = LessonBundle(name: "n", files: ["a.lua": [0, 255]])
        let data = try JSONEncoder().encode(bundle)
        #expect(try JSONDecoder().decode(LessonBundle.self, from: data) == bundle)
    }
}
