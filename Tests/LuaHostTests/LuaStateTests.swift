import LuaHost
import Testing

/// Runs a script that may use print; returns what it returned.
func run(_ text: String, limits: LuaLimits = LuaLimits(), seed: UInt64 = 0) throws -> [LuaValue] {
    let state = try LuaState(limits: limits, seed: seed)
    return try state.call(try state.load(Array(text.utf8), chunk: "test.lua"))
}

/// The error that a script ends with.
func failure(_ text: String, limits: LuaLimits = LuaLimits()) -> LuaError? {
    do {
        _ = try run(text, limits: limits)
        return nil
    } catch {
        return error as? LuaError
    }
}

/// An object whose life is counted.
final class Counted {
    private let count: Counter
    init(_ count: Counter) {
        self.count = count
        count.live += 1
        count.made += 1
    }
    deinit { count.live -= 1 }
}

final class Counter {
    var live = 0
    var made = 0
}

struct Refusal: Error, @unchecked Sendable, CustomStringConvertible {
    let object: Counted
    var description: String { "refused" }
}

@Suite struct LuaStateTests {
    @Test func tenThousandErrorsThroughSwiftLeakNothing() throws {
        let counter = Counter()
        do {
            let state = try LuaState()
            state.define("thrower") { arguments in
                let held = Counted(counter)
                if arguments.first?.integer == 42 { throw Refusal(object: held) }
                return []
            }
            let text = """
                local host = ...
                local caught = 0
                for i = 1, 10000 do
                  local ok, message = pcall(host.thrower, 42, { i }, function() end)
                  if not ok and message == "refused" or message:find("refused") then caught = caught + 1 end
                end
                return caught
                """
            let chunk = try state.load(Array(text.utf8), chunk: "test.lua")
            #expect(try state.call(chunk, withHost: true).first?.integer == 10_000)
            #expect(counter.made == 10_000)
            #expect(counter.live == 0)
            let before = state.memoryUsed
            _ = try state.call(chunk, withHost: true)
            #expect(state.memoryUsed < before + 4_000_000)
        }
        #expect(counter.live == 0)
    }

    @Test func uncaughtErrorThroughSwiftLeaksNothing() throws {
        let counter = Counter()
        let state = try LuaState()
        state.define("thrower") { _ in throw Refusal(object: Counted(counter)) }
        let chunk = try state.load(Array("local host = ... \nhost.thrower()".utf8), chunk: "test.lua")
        for _ in 0..<1000 {
            #expect(throws: LuaError.self) { try state.call(chunk, withHost: true) }
        }
        #expect(counter.made == 1000)
        #expect(counter.live == 0)
    }

    @Test func errorsCarryPositionAndLuaTraceback() throws {
        let error = try #require(
            failure("local function inner() error('broken') end\nlocal function outer() inner() end\nouter()"))
        #expect(error.kind == .runtime)
        #expect(error.message == "test.lua:1: broken")
        #expect(error.traceback.contains { $0.contains("test.lua:2: in") })
        #expect(!error.description.contains("[C]"))
        #expect(!error.description.contains("swift"))
    }

    @Test func syntaxErrorIsTold() throws {
        let error = try #require(failure("local x = = 1"))
        #expect(error.kind == .syntax)
        #expect(error.message.hasPrefix("test.lua:1: unexpected symbol"))
    }

    @Test func bytecodeIsRefused() throws {
        let state = try LuaState()
        let error = #expect(throws: LuaError.self) { try state.load([0x1B, 0x4C, 0x75, 0x61], chunk: "x.lua") }
        #expect(error?.kind == .syntax)
    }

    @Test func taggedErrorsAreRecognised() throws {
        let state = try LuaState()
        state.define("fail") { _ in throw LuaRaise.tagged("expectation", "expected 1, got 2", lines: ["a", "b"]) }
        let chunk = try state.load(Array("local host = ...\n\nhost.fail()".utf8), chunk: "test.lua")
        let error = #expect(throws: LuaError.self) { try state.call(chunk, withHost: true) }
        #expect(error?.tag == "expectation")
        #expect(error?.message == "expected 1, got 2")
        #expect(error?.lines == ["a", "b"])
        #expect(error?.location == "test.lua:3")
    }

    @Test func hooksNestThroughSwiftAndLua() throws {
        let state = try LuaState()
        state.define("apply") { [unowned state] arguments in
            guard let function = arguments.first?.function else { throw LuaRaise("no function") }
            return try state.call(function, [arguments[1]])
        }
        let text = """
            local host = ...
            local function down(n) if n == 0 then error("bottom") end return host.apply(down, n - 1) end
            local ok, message = pcall(down, 20)
            local up = host.apply(function(n) return n * 2 end, 21)
            return ok, message, up
            """
        let values = try state.call(try state.load(Array(text.utf8), chunk: "test.lua"), withHost: true)
        #expect(values[0].boolean == false)
        #expect(values[1].string?.contains("bottom") == true)
        #expect(values[2].integer == 42)
    }

    @Test func callbacksInsideCoroutinesWork() throws {
        let state = try LuaState()
        state.define("double") { arguments in [.integer((arguments.first?.integer ?? 0) * 2)] }
        let text =
            "local host = ... local c = coroutine.wrap(function() coroutine.yield(host.double(4)) end) return c()"
        #expect(try state.call(try state.load(Array(text.utf8), chunk: "t"), withHost: true).first?.integer == 8)
    }

    @Test func fastFunctionsMoveIntegers() throws {
        let state = try LuaState()
        state.defineFast("add") { count, first, second in
            count == 2 ? .value(first &+ second) : .error("add takes two integers")
        }
        let text = "local host = ... return host.add(2, 3), select(2, pcall(host.add))"
        let values = try state.call(try state.load(Array(text.utf8), chunk: "t.lua"), withHost: true)
        #expect(values[0].integer == 5)
        #expect(values[1].string == "add takes two integers" || values[1].string == "t.lua:1: add takes two integers")
    }

    @Test func requireUsesTheLoaderOnce() throws {
        let state = try LuaState()
        var asked: [String] = []
        state.onRequire = { name in
            asked.append(name)
            return name == "helper" ? (Array("return { answer = 42 }".utf8), "helper.lua") : nil
        }
        let text = "assert(require 'helper' == require 'helper') return require('helper').answer, pcall(require, 'io')"
        let values = try state.call(try state.load(Array(text.utf8), chunk: "t.lua"))
        #expect(values[0].integer == 42)
        #expect(values[1].boolean == false)
        #expect(asked == ["helper", "io"])
    }

    @Test func printGoesToTheHost() throws {
        let state = try LuaState()
        var lines: [String] = []
        state.onPrint = { lines.append($0) }
        try state.call(try state.load(Array("print(1, nil, {}, 'x', 2.5)".utf8), chunk: "t.lua"))
        #expect(lines == ["1\tnil\ttable\tx\t2.5"])
    }
}
