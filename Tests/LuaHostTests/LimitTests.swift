import LuaHost
import Testing

private let small = LuaLimits(instructions: 2_000_000, instructionsPerCall: 2_000_000, memory: 8 << 20)

@Suite struct LimitTests {
    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "for i = 1, 1e9 do pcall(pcall, error) end",
        "coroutine.wrap(function() while true do end end)()",
        "while true do local c = coroutine.create(function() while true do end end) coroutine.resume(c) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "local t = setmetatable({}, { __index = function(t, k) return t[k] end }) while true do pcall(function() return t.x end) end",
        "local function f() return f() end f()",
        """
        local forever = setmetatable({}, { __close = function() while true do end end })
        local function body() local x <close> = forever while true do end end
        while true do
          pcall(coroutine.wrap(function() coroutine.wrap(body)() end))
          local thread = coroutine.create(body)
          coroutine.resume(thread)
          coroutine.close(thread)
        end
        """,
        "repeat local x <close> = setmetatable({}, { __close = function() while true do end end }) until false",
        "error(setmetatable({}, { __tostring = function() while true do end end }), 0) while true do end",
        "string.find(('a'):rep(40), ('a?'):rep(40) .. ('a'):rep(40))",
        "string.find(('a'):rep(30000), '.-.-.-.-b')",
        "string.gsub(('a'):rep(30000), '(.*)(.*)(.*)b', '')",
        "for w in string.gmatch(('a'):rep(30000), '.*.*.*b') do end",
        "table.sort({3, 2, 1}, function() while true do end end)",
        "while true do string.rep('x', 1000000) end",
        "goto a ::a:: goto a",
    ])
    func endlessWorkEnds(_ text: String) {
        let error = failure(text, limits: small)
        if text.hasPrefix("error(") {
            #expect(error?.kind == .runtime)
        } else {
            #expect(error?.kind == .instructions, "\(text): \(error?.message ?? "no error")")
        }
    }

    @Test func finalizersAreRefused() {
        let text = "setmetatable({}, { __gc = function() while true do end end })"
        let error = failure(text, limits: small)
        #expect(error?.kind == .runtime)
        #expect(error?.message.contains("__gc is not available") == true)
        let late = "local m = {} setmetatable({}, m) m.__gc = function() while true do end end return 1"
        #expect(failure(late, limits: small) == nil)
    }

    @Test(arguments: [
        "return ('x'):rep(1e9)",
        "local t = {} for i = 1, 1e8 do t[i] = i end",
        "local s = 'x' while true do s = s .. s end",
        "return table.concat({ ('x'):rep(5000000), ('y'):rep(5000000) })",
        "return ('x'):rep(1e6):gsub('x', ('y'):rep(100))",
    ])
    func memoryEnds(_ text: String) {
        #expect(failure(text, limits: LuaLimits(memory: 8 << 20))?.kind == .memory)
    }

    @Test func memoryErrorsCanBeCaughtAndLifeGoesOn() throws {
        #expect(try run("local ok = pcall(string.rep, 'x', 1e9) return ok, 7", limits: small)[1].integer == 7)
    }

    @Test func exhaustionIsSticky() throws {
        let state = try LuaState(limits: small)
        let loop = try state.load(Array("while true do end".utf8), chunk: "t.lua")
        #expect(throws: LuaError.self) { try state.call(loop) }
        let simple = try state.load(Array("local x = 1 return x".utf8), chunk: "t.lua")
        let error = #expect(throws: LuaError.self) { try state.call(simple) }
        #expect(error?.kind == .instructions)
    }

    @Test func aCallHasItsOwnLimit() throws {
        let state = try LuaState(limits: LuaLimits(instructions: 100_000_000, instructionsPerCall: 50_000))
        let error = #expect(throws: LuaError.self) {
            try state.call(try state.load(Array("while true do end".utf8), chunk: "t.lua"))
        }
        #expect(error?.kind == .instructions)
        #expect(error?.message.contains("50000") == true)
        #expect(state.instructionsLeft > 99_000_000)
    }

    @Test(arguments: [
        "table.move({}, 1, 1 << 53, 2)",
        "table.insert(setmetatable({}, { __len = function() return 1 << 50 end }), 1, 1)",
        "table.concat(setmetatable({}, { __len = function() return 1 << 50 end, __index = function() return 'x' end }))",
    ])
    func longListsAreRefused(_ text: String) {
        #expect(failure(text, limits: small) != nil)
    }

    @Test func deepRecursionIsAnError() {
        let limits = LuaLimits(memory: 512 << 20)
        let message = failure("local function f() return 1 + f() end return f()", limits: limits)?.message ?? ""
        #expect(message.contains("stack overflow"), "\(message)")
    }
}
