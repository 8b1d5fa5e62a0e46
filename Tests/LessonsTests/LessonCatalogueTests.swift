import FoundationEssentials
import Lessons
import Testing

/// A folder that is removed with the value.
final class TemporaryFolder {
    let path: String

    init(_ files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.path + "/lessons-\(UInt64.random(in: 0 ... .max))"
        for (name, text) in files {
            let file = URL(filePath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct LessonCatalogueTests {
    @Test func lessonsAreFoundInTopicsAndDirectly() throws {
        let folder = try TemporaryFolder([
            "lessons/01-a/one/lesson.lua": "", "lessons/02-b/two/lesson.lua": "", "lessons/three/lesson.lua": "",
            "lessons/kernel/boot.asm": "", "lessons/01-a/not-one/README.md": "",
        ])
        let catalogue = LessonCatalogue(roots: [folder.path])
        #expect(catalogue.entries().map(\.id) == ["one", "two", "three"])
        #expect(try catalogue.find("two").folder == "\(folder.path)/lessons/02-b/two")
        #expect(try catalogue.find("\(folder.path)/lessons/three/").id == "three")
        #expect(LessonCatalogue(roots: ["\(folder.path)/lessons"]).entries().count == 3)
    }

    @Test func theFirstRootWins() throws {
        let first = try TemporaryFolder(["lessons/x/one/lesson.lua": ""])
        let second = try TemporaryFolder(["lessons/y/one/lesson.lua": ""])
        let catalogue = LessonCatalogue(roots: [first.path, second.path])
        #expect(try catalogue.find("one").folder.hasPrefix(first.path))
    }

    @Test func whatIsNotThereIsSaid() throws {
        let folder = try TemporaryFolder(["lessons/a/nmi-storm/lesson.lua": "", "lessons/a/other/x.txt": ""])
        let catalogue = LessonCatalogue(roots: [folder.path])
        #expect(throws: LessonError.unknown("nmi-strom", near: ["nmi-storm"])) { try catalogue.find("nmi-strom") }
        #expect(throws: LessonError.badName("No/Such")) { try catalogue.find("No/Such") }
        #expect(throws: LessonError.notALesson("\(folder.path)/lessons")) {
            try catalogue.find("\(folder.path)/lessons")
        }
        #expect(LessonError.unknown("a", near: ["b"]).description == "no lesson 'a'; did you mean b?")
    }

    @Test func rootsAreInOrder() throws {
        let folder = try TemporaryFolder([
            "lessons/a/x/lesson.lua": "", "deep/er/file": "", "share/traplab/lessons/x": "",
        ])
        let roots = LessonCatalogue.roots(
            option: "opt", environment: ["TRAPLAB_HOME": "home"], currentFolder: folder.path + "/deep/er",
            executable: folder.path + "/bin/traplab")
        #expect(roots == ["opt", "home", folder.path, folder.path + "/share/traplab"])
        #expect(
            LessonCatalogue.roots(
                option: nil, environment: [:], currentFolder: "/", executable: "/nonexistent/bin/traplab")
                == [])
    }
}
