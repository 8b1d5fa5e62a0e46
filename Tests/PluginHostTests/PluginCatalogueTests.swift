import FoundationEssentials
import LessonScripting
import Lessons
import PluginHost
import Testing

@Suite struct PluginCatalogueTests {
    private let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    private func folder(_ plugins: [String: String]) throws -> String {
        let root = FileManager.default.temporaryDirectory.path + "/plugins-\(UInt64.random(in: 0 ... .max))"
        for (name, text) in plugins {
            try FileManager.default.createDirectory(
                atPath: "\(root)/Plugins/\(name)", withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: "\(root)/Plugins/\(name)/plugin.lua"))
        }
        return root
    }

    @Test func pluginsAreFoundFirstRootFirst() throws {
        let first = try folder(["b": "1", "a": "2"])
        let second = try folder(["a": "3", "c": "4"])
        defer { for root in [first, second] { try? FileManager.default.removeItem(atPath: root) } }
        let catalogue = PluginCatalogue(roots: [first, second, "/nonexistent"])
        #expect(catalogue.entries().map(\.name) == ["a", "b", "c"])
        #expect(try catalogue.bundle("a").files["plugin.lua"] == Array("2".utf8))
        let error = #expect(throws: PluginError.self) { try catalogue.bundle("d") }
        #expect(error?.description == "there is no plugin 'd'; there are a, b, c")
    }

    @Test(arguments: [
        ("x = = 1", "plugin.lua:1:"), ("return 1", "must return lab.plugin"), ("while true do end", "is used up"),
        (
            "return require('traplab').plugin { api = 1, name = 'other', version = '1', setup = function() end }",
            "its folder is 'bad'"
        ),
    ])
    func aBrokenPluginIsReported(_ text: String, _ part: String) {
        let report = PluginCatalogue(roots: []).check(
            LessonBundle(name: "bad", files: ["plugin.lua": Array(text.utf8)]))
        #expect(report.fault?.message.contains(part) == true, "\(report.fault?.message ?? "")")
    }

    @Test func thePluginsOfTheRepositoryAreSound() throws {
        let catalogue = PluginCatalogue(roots: [root])
        #expect(catalogue.entries().contains { $0.name == "trap-trace" })
        for entry in catalogue.entries() {
            let report = catalogue.check(try catalogue.bundle(entry.name))
            #expect(report.fault == nil, "\(report.fault?.message ?? "")")
            #expect(report.name == entry.name)
            #expect(!report.summary.isEmpty)
            #expect(FileManager.default.fileExists(atPath: entry.folder + "/README.md"))
        }
    }
}
