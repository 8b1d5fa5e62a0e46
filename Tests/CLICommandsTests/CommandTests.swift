import Confinement
import Testing

@Suite struct CommandTests {
    static let lessons = ["nmi-storm", "pf-read-only"]

    @Test func list() throws {
        let result = try Program.run(["list"])
        #expect(result.status == 0)
        for lesson in CommandTests.lessons { #expect(result.output.contains(lesson)) }
        #expect(!result.output.contains("broken"))
    }

    @Test(arguments: lessons) func showStartGradeHint(lesson: String) throws {
        let folder = try PrivateFolder()
        let target = folder.path + "/files"
        let show = try Program.run(["show", lesson])
        #expect(show.status == 0)
        #expect(show.output.contains("Checks:"))
        #expect(try Program.run(["start", lesson, target]).status == 0)
        #expect(try Program.run(["start", lesson, target]).status == 2, "an existing file is left alone")
        let grade = try Program.run(["grade", lesson, "--submission", target])
        #expect(grade.status == 1)
        #expect(grade.output.contains("FAILED"))
        let hints = try Program.run(["hint", lesson])
        let line = try #require(hints.output.split(separator: "\n").first)
        let words = line.split(separator: " ").map(String.init)
        #expect(try Program.run(Array(words.dropFirst())).output.hasPrefix("1. "))
        #expect(try Program.run(["hint", lesson, "no-such-check"]).status == 2)
    }

    @Test(arguments: lessons) func traceAndFormatsDoNotChangeTheDigest(lesson: String) throws {
        let folder = try PrivateFolder()
        let list = try Program.run(["show", lesson])
        #expect(list.status == 0)
        let groups = ["nmi-storm": "01-nmi", "pf-read-only": "02-page-faults"]
        let solution = "\(Program.root)/lessons/\(groups[lesson] ?? "")/\(lesson)/solution"
        let output = folder.path + "/result.json"
        let grade = ["grade", lesson, "--submission", solution, "--format", "json", "--output", output]
        var digests: Set<String> = []
        for options in [[], ["--trace"], ["--plugin", "trap-trace"], ["--resume-after", "3000"]] {
            let result = try Program.run(grade + options)
            #expect(result.status == 0, "\(result.all)")
            let json = String(decoding: try #require(HostFile.read(output)), as: UTF8.self)
            let digest = json.split(separator: "\n").first { $0.hasPrefix("      \"digest\"") }
            digests.insert(String(try #require(digest)))
        }
        #expect(digests.count == 1, "\(digests)")
    }

    @Test func runShowsTheStoryAndTheScenarios() throws {
        let solution = "\(Program.root)/lessons/01-nmi/nmi-storm/solution"
        let result = try Program.run(["run", "nmi-storm", "--submission", solution, "--trace"])
        #expect(result.status == 0, "\(result.all)")
        #expect(result.output.contains("scenario "))
        #expect(result.output.contains("  | "))
    }

    @Test func aResultIsAlwaysWritten() throws {
        let folder = try PrivateFolder()
        let output = folder.path + "/result.json"
        let result = try Program.run(["grade", "no-such-lesson", "--format", "json", "--output", output])
        #expect(result.status == 2)
        let json = String(decoding: try #require(HostFile.read(output)), as: UTF8.self)
        #expect(json.contains("\"exit_status\" : 2"))
    }

    @Test(arguments: [
        ["nonsense"], ["grade", "--format", "xml"], ["run"], ["hint", "no-such"], ["show", "../../etc"],
    ])
    func usage(arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 2)
        #expect(!result.errors.isEmpty || !result.output.isEmpty)
    }

    @Test func doctorAndPlugins() throws {
        let doctor = try Program.run(["doctor"])
        #expect(doctor.status == 0, "\(doctor.output)")
        #expect(doctor.output.contains("a confined attempt can touch nothing"))
        let plugins = try Program.run(["plugin", "list"])
        #expect(plugins.status == 0, "\(plugins.all)")
        #expect(plugins.output.contains("trap-trace"))
    }

    @Test func aBrokenPluginIsDisabledWithOneLine() throws {
        let solution = "\(Program.root)/lessons/01-nmi/nmi-storm/solution"
        let result = try Program.run(["grade", "nmi-storm", "--submission", solution, "--plugin", "no-such-plugin"])
        #expect(result.status == 0, "\(result.all)")
        #expect(result.output.contains("no-such-plugin"))
    }

    @Test func colourOnlyOnATerminal() throws {
        #expect(!(try Program.run(["list"]).output.contains("\u{1B}")))
    }
}
