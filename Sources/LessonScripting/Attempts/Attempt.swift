import Assembly
import Lessons
import LuaHost
import PC

/// Runs a lesson's scenarios on the images of one submission, then its checks. Belongs in a confined child.
public struct Attempt {
    private let request: AttemptRequest

    /// An attempt; nothing runs yet.
    public init(_ request: AttemptRequest) { self.request = request }

    /// Runs everything. Errors of the lesson are in the result.
    public func run(output: @escaping (AttemptLine) -> Void) -> AttemptResult {
        var result = AttemptResult(
            lesson: request.bundle.name, target: request.target, seed: request.seed, checks: [], scenarios: [],
            notices: [], fault: nil, digest: "")
        do {
            let course = try AttemptCourse(request, output)
            course.run(&result)
        } catch {
            result.fault = ScriptFault(error)
        }
        return result
    }
}

/// One attempt under way.
private final class AttemptCourse {
    let request: AttemptRequest
    let output: (AttemptLine) -> Void
    let host: ScriptHost
    let lesson: LoadedLesson
    var plugins: [PluginScript] = []
    var boots: [String: KernelBoot] = [:]
    /// Machine numbers by scenario.
    var numbers: [String: Int] = [:]
    var faults: [String: ScriptFault] = [:]
    var notices: [String] = []

    init(_ request: AttemptRequest, _ output: @escaping (AttemptLine) -> Void) throws {
        self.request = request
        self.output = output
        host = try ScriptHost(bundle: request.bundle, owner: .lesson, limits: request.limits, seed: request.seed)
        host.onPrint = { output(.note($0)) }
        lesson = try LoadedLesson(host)
        guard lesson.manifest.targets.contains(request.target) else {
            throw ScriptFault(
                .manifest,
                "the lesson has no target '\(request.target)'; it has \(lesson.manifest.targets.joined(separator: ", "))"
            )
        }
        loadPlugins()
    }

    func run(_ result: inout AttemptResult) {
        result.lesson = lesson.manifest.id
        for scenario in lesson.manifest.scenarios {
            result.scenarios.append(run(scenario))
        }
        result.checks = runChecks()
        result.notices = notices
        result.digest = CombinedDigest.of(result.scenarios.map(\.digest))
    }

    private func loadPlugins() {
        for bundle in request.plugins {
            do {
                plugins.append(
                    try PluginScript(bundle, limits: request.limits, seed: request.seed) { [unowned self] in tell($0) })
            } catch {
                tell(.notice("plugin \(bundle.name) is disabled: \(ScriptFault(error).message)"))
            }
        }
    }

    private func tell(_ line: AttemptLine) {
        if case .notice(let text) = line { notices.append(text) }
        output(line)
    }

    // MARK: Scenarios

    private func run(_ scenario: ScenarioInfo) -> ScenarioResult {
        var result = ScenarioResult(
            id: scenario.id, stop: "none", stopDetail: "not run", instructions: 0, digest: "", notes: [])
        do {
            let guest = try makeGuest(scenario)
            let number = host.add(guest)
            numbers[scenario.id] = number
            for plugin in plugins { plugin.attach(guest) }
            defer { finish(guest, &result) }
            guard let function = lesson.scenarios[scenario.id] else { return result }
            try host.callEntry("scenario", [.function(function), .integer(Int64(number))])
            if let fault = guest.fault { throw fault }
        } catch {
            let fault = ScriptFault(error)
            let known = numbers[scenario.id].flatMap { host.guests[$0 - 1].fault }
            result.fault = known ?? fault
            faults[scenario.id] = result.fault
        }
        return result
    }

    private func makeGuest(_ scenario: ScenarioInfo) throws -> GuestMachine {
        let boot = try boot(scenario.build)
        let guest = GuestMachine(machine: try boot.machine(), symbols: boot.symbols, target: request.target)
        guest.scenario = scenario.id
        guest.limit = guest.machine.instructionCount + lesson.manifest.instructions
        guest.resumeAfter = request.resumeAfter
        guest.onNote = { [unowned self] in output(.note($0)) }
        guest.startRecording()
        return guest
    }

    private func boot(_ build: String) throws -> KernelBoot {
        if let known = boots[build] { return known }
        guard let image = request.images[build] else { throw ScriptFault(.runtime, "the build '\(build)' is missing") }
        let boot = try KernelBoot(image, memoryBytes: lesson.manifest.memoryBytes, seed: request.seed)
        boots[build] = boot
        return boot
    }

    private func finish(_ guest: GuestMachine, _ result: inout ScenarioResult) {
        if let stop = guest.stop {
            result.stop = stop.name
            result.stopDetail = guest.describe(stop)
        }
        result.instructions = guest.machine.instructionCount
        result.digest = guest.machine.digest
        result.notes = guest.notes
    }

    // MARK: Checks

    private func runChecks() -> [CheckResult] {
        var passed: Set<String> = []
        var results: [CheckResult] = []
        for check in lesson.manifest.checks {
            let result = check.after.allSatisfy(passed.contains) ? run(check) : skipped(check, passed)
            if result.outcome == .passed { passed.insert(check.id) }
            results.append(result)
        }
        return results
    }

    private func skipped(_ check: CheckInfo, _ passed: Set<String>) -> CheckResult {
        let missing = check.after.filter { !passed.contains($0) }.joined(separator: ", ")
        return CheckResult(
            id: check.id, outcome: .notRun, points: 0, maximum: check.points, message: "not run: needs \(missing)",
            evidence: [])
    }

    private func run(_ check: CheckInfo) -> CheckResult {
        var result = CheckResult(id: check.id, outcome: .error, points: 0, maximum: check.points, evidence: [])
        if let fault = faults[check.scenario] {
            result.message = "scenario \(check.scenario): \(fault.message)"
            result.fault = fault
            return result
        }
        guard let test = lesson.tests[check.id], let number = numbers[check.scenario] else { return result }
        if case .unsupported(let what)? = host.guests[number - 1].stop {
            result.message = "the processor model does not have \(what)"
            return result
        }
        let others = LuaTable(fields: numbers.mapValues { .integer(Int64($0)) })
        host.tested = number
        defer { host.tested = nil }
        do {
            let values = try host.callEntry("check", [.function(test), .integer(Int64(number)), .table(others)])
            let fraction = values.first?.number ?? 0
            result.points = fraction * Double(check.points)
            result.outcome = fraction >= 1 ? .passed : .failed
            if fraction < 1 { result.message = "part of the points: \(result.points) of \(check.points)" }
        } catch let error as LuaError where error.tag == "expectation" {
            result.outcome = .failed
            result.message = error.message
            result.evidence = error.lines
            result.location = error.location
        } catch {
            let fault = ScriptFault(error)
            result.message = fault.message
            result.fault = fault
        }
        return result
    }
}
