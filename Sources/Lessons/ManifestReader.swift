import LuaHost

extension LessonManifest {
    /// Reads the table that `lab.lesson` was given. Functions in it are left where they are.
    public init(_ table: LuaTable) throws(LessonError) {
        let fields = FieldReader(table: table, path: "")
        api = Int(try fields.integer("api", 1...(.max)))
        guard api <= LessonManifest.currentAPI else {
            throw .field(
                "api", "this lesson needs version \(api) of the Lua API; this program has \(LessonManifest.currentAPI)")
        }
        try fields.allow([
            "api", "id", "title", "summary", "targets", "machine", "exercise", "guest", "defines", "plugins",
            "scenario",
            "scenarios", "checks", "kind",
        ])
        id = try fields.identifier("id")
        title = try fields.text("title")
        summary = try fields.optionalText("summary")
        targets = try fields.strings("targets")
        guard !targets.isEmpty else { throw fields.wrong("targets", "a list of at least one kernel") }
        (memoryBytes, instructions) = try readMachine(fields)
        exerciseFiles = try readExercise(fields)
        plugins = try fields.strings("plugins")
        (scenarios, builds) = try readScenarios(fields)
        checks = try readChecks(fields, scenarios.map(\.id))
    }
}

private func readMachine(_ fields: FieldReader) throws(LessonError) -> (Int, UInt64) {
    guard let machine = try fields.section("machine") else { return (16 << 20, 100_000_000) }
    try machine.allow(["memory", "instructions"])
    let limit = try machine.integer("instructions", 1...10_000_000_000, default: 100_000_000)
    if machine.table["memory"].isNone { return (16 << 20, UInt64(limit)) }
    guard let bytes = byteCount(machine.table["memory"]), bytes >= 64 << 10 else {
        throw machine.wrong("memory", "a size of at least 64 KiB such as \"16M\"")
    }
    guard bytes <= LessonManifest.maximumMemory else { throw machine.wrong("memory", "at most 1 GiB") }
    return (bytes, UInt64(limit))
}

/// Bytes: an integer, or digits followed by K, M or G.
private func byteCount(_ value: LuaValue) -> Int? {
    if let integer = value.integer { return Int(exactly: integer) }
    guard var text = value.string, let last = text.last else { return nil }
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
    let shift = units[last] ?? 0
    if shift > 0 { text.removeLast() }
    guard let number = Int(text), number >= 0, number <= 1 << 40 else { return nil }
    return number << shift
}

private func readExercise(_ fields: FieldReader) throws(LessonError) -> [String] {
    guard let exercise = try fields.section("exercise") else { return [] }
    try exercise.allow(["files"])
    let files = try exercise.strings("files")
    for file in files {
        let isPlain = file.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
                || $0 == 0x2D || $0 == 0x2E
        }
        guard isPlain, !file.hasPrefix("."), file.hasSuffix(".asm") || file.hasSuffix(".inc") else {
            throw exercise.wrong("files", "plain names that end in .asm or .inc")
        }
    }
    return files
}

private func readScenarios(_ fields: FieldReader) throws(LessonError) -> ([ScenarioInfo], [GuestBuild]) {
    var builds: [GuestBuild] = []
    let common = try readBuild(fields, id: "main", base: nil)
    if !fields.table["scenario"].isNone {
        guard fields.table["scenarios"].isNone else {
            throw .field("scenarios", "give scenario or scenarios, not both")
        }
        guard fields.table["scenario"].function != nil else { throw fields.wrong("scenario", "a function") }
        return ([ScenarioInfo(id: "main", build: "main")], [common])
    }
    var infos: [ScenarioInfo] = []
    for section in try fields.sections("scenarios") {
        try section.allow(["id", "run", "guest", "defines"])
        let id = try section.identifier("id")
        guard !infos.contains(where: { $0.id == id }) else { throw section.wrong("id", "an id that no other has") }
        guard section.table["run"].function != nil else { throw section.wrong("run", "a function") }
        let wanted = try readBuild(section, id: id, base: common)
        if let same = builds.first(where: { $0.guest == wanted.guest && $0.defines == wanted.defines }) {
            infos.append(ScenarioInfo(id: id, build: same.id))
        } else {
            builds.append(wanted)
            infos.append(ScenarioInfo(id: id, build: wanted.id))
        }
    }
    guard !infos.isEmpty else { throw .field("scenarios", "expected at least one") }
    return (infos, builds)
}

private func readBuild(_ fields: FieldReader, id: String, base: GuestBuild?) throws(LessonError) -> GuestBuild {
    var build = base ?? GuestBuild(id: id, guest: nil, defines: [:], line: 0)
    build.id = id
    if !fields.table["guest"].isNone {
        guard let guest = fields.table["guest"].table, guest["kind"].string == "asm", let text = guest["text"].string
        else { throw fields.wrong("guest", "lab.asm [[ ... ]]") }
        build.guest = text
        build.line = Int(guest["line"].integer ?? 0)
    }
    guard let defines = try fields.section("defines") else { return build }
    for (name, value) in defines.table.fields {
        guard let text = value.integer.map(String.init) ?? value.string, !text.contains("\n") else {
            throw defines.wrong(name, "a number or a string")
        }
        build.defines[name] = text
    }
    return build
}

private func readChecks(_ fields: FieldReader, _ scenarios: [String]) throws(LessonError) -> [CheckInfo] {
    var checks: [CheckInfo] = []
    for section in try fields.sections("checks") {
        let check = try readCheck(section, scenarios)
        guard !checks.contains(where: { $0.id == check.id }) else {
            throw section.wrong("id", "an id that no other has")
        }
        for name in check.after where !checks.contains(where: { $0.id == name }) {
            throw .field(section.name("after"), "there is no check '\(name)' before this one")
        }
        checks.append(check)
    }
    guard !checks.isEmpty else { throw .field("checks", "expected at least one") }
    return checks
}

private func readCheck(_ section: FieldReader, _ scenarios: [String]) throws(LessonError) -> CheckInfo {
    try section.allow(["id", "title", "points", "scenario", "after", "group", "hidden", "hint", "hints", "test"])
    let id = try section.identifier("id")
    guard section.table["test"].function != nil else { throw section.wrong("test", "a function") }
    let scenario = try section.optionalString("scenario") ?? scenarios[0]
    guard scenarios.contains(scenario) else {
        throw section.wrong("scenario", "one of " + scenarios.joined(separator: ", "))
    }
    let hint = try section.optionalText("hint")
    let hints = hint == nil ? try section.texts("hints") : [hint].compactMap(\.self)
    return CheckInfo(
        id: id, title: try section.optionalText("title"),
        points: Int(try section.integer("points", 0...1_000_000)), scenario: scenario,
        after: try section.strings("after"), group: try section.optionalString("group"),
        hidden: try section.flag("hidden"), hints: hints)
}
