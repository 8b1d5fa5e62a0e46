import Assembly
import Lessons
import LuaHost

/// A lesson's Lua, evaluated.
public enum LessonScript {
    /// Runs lesson.lua and reads what it declares; no guest is run. Belongs in a confined child.
    public static func evaluate(
        _ bundle: LessonBundle, limits: ScriptLimits = ScriptLimits()
    ) throws(ScriptFault) -> LessonManifest {
        do {
            let host = try ScriptHost(bundle: bundle, owner: .lesson, limits: limits, seed: 0)
            return try LoadedLesson(host).manifest
        } catch {
            throw ScriptFault(error)
        }
    }
}

/// A lesson in its state: the manifest and its functions.
struct LoadedLesson {
    let manifest: LessonManifest
    /// Scenario functions by id.
    let scenarios: [String: LuaFunction]
    /// Test functions by check id.
    let tests: [String: LuaFunction]

    init(_ host: ScriptHost) throws {
        guard host.bundle.files["lesson.lua"] != nil else {
            throw ScriptFault(.manifest, "\(host.bundle.name): there is no lesson.lua")
        }
        let value = try host.evaluate(file: "lesson.lua")
        guard let table = value.table, table["kind"].string == "lesson" else {
            let got = value.table == nil ? "a \(value.typeName)" : "another table"
            throw ScriptFault(.manifest, "lesson.lua: must return lab.lesson { ... }, returned \(got)")
        }
        manifest = try LessonManifest(table)
        var scenarios: [String: LuaFunction] = [:]
        if let single = table["scenario"].function { scenarios["main"] = single }
        for entry in table["scenarios"].table?.list ?? [] {
            if let id = entry.table?["id"].string { scenarios[id] = entry.table?["run"].function }
        }
        var tests: [String: LuaFunction] = [:]
        for entry in table["checks"].table?.list ?? [] {
            if let id = entry.table?["id"].string { tests[id] = entry.table?["test"].function }
        }
        self.scenarios = scenarios
        self.tests = tests
    }
}

extension GuestBuild {
    /// What to assemble: the kernel's files, of which the submission's replace those of the same name, and the lesson's guest.
    public func assemblyRequest(
        kernel: [String: [UInt8]], submission: [String: [UInt8]], manifest: LessonManifest, target: String
    ) -> AssemblyRequest {
        var files = kernel
        for name in manifest.exerciseFiles {
            if let contents = submission[name] { files[name] = contents }
        }
        if let guest {
            // Messages then name the lesson's own lines: NASM counts from the directive, which stands for the line of `lab.asm [[`.
            let origin = line > 0 ? "%line \(line)+1 lesson.lua\n" : ""
            files["guest.asm"] = Array("%include \"guest.inc\"\n\(origin)\(guest)\n".utf8)
        }
        let sorted = files.sorted { $0.key < $1.key }
        let units = sorted.filter { $0.key.hasSuffix(".asm") }
        let includes = sorted.filter { !$0.key.hasSuffix(".asm") && !$0.key.hasSuffix(".ld") }
        return AssemblyRequest(
            units: units.map { SourceFile(name: $0.key, contents: $0.value) },
            includes: includes.map { SourceFile(name: $0.key, contents: $0.value) },
            defines: defines.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) },
            linkerScript: files["kernel.ld"].map { String(decoding: $0, as: UTF8.self) })
    }
}
