import LuaHost
import Testing

@Suite struct SandboxTests {
    @Test(arguments: [
        "io", "os", "debug", "package", "collectgarbage", "dofile", "loadfile", "string.dump", "math.randomseed",
    ])
    func removedNamesSayWhy(_ name: String) {
        let error = failure("\nreturn \(name)")
        #expect(error?.message.hasPrefix("test.lua:2: \(name) is not available: ") == true)
    }

    @Test func otherUnknownGlobalsAreNil() throws {
        #expect(try run("return undefined_name")[0].isNone)
    }

    @Test(arguments: [
        "load('\\27Lua')", "load('return 1', 'x', 'b')", "load(function() end)",
        "setmetatable({}, { __mode = 'k' })", "setmetatable(_G, {})", "string.format('%p', {})",
        "getmetatable('').__index = nil",
    ])
    func isRefused(_ text: String) {
        #expect(failure(text)?.message.hasPrefix("test.lua:1: ") == true)
    }

    @Test(arguments: [
        ("return load('return 1 + 1')()", "2"),
        ("return load('x = 5; return x', 'c', 't', {})()", "5"),
        ("return (load('= ='))", "nil"),
        ("return tostring({})", "table"),
        ("return tostring(print)", "function"),
        ("return tostring(coroutine.create(print))", "thread"),
        ("return string.format('%s %5.1f %d %q %%', {}, 1.25, 7, 'x')", "table   1.2 7 \"x\" %"),
        ("return ('%s'):format(setmetatable({}, { __tostring = function() return 'mine' end }))", "mine"),
        ("return #('ab'):rep(3, ',')", "8"),
        ("return table.unpack({ 1, 2, 3 }, 2, 2)", "2"),
        ("return select('#', table.unpack({}, 1, 3))", "3"),
        ("return string.pack('<I4', 1):byte(1)", "1"),
        ("return utf8.char(20013)", "中"),
        ("return math.tointeger(3.0)", "3"),
    ])
    func allowedNamesWork(_ text: String, _ expected: String) throws {
        let value = try run("return tostring((function() \(text) end)())")[0]
        #expect(value.string == expected)
    }

    @Test func argumentErrorsNameTheFunctionAndTheLine() {
        #expect(
            failure("\nstring.rep()")?.message
                == "test.lua:2: bad argument #1 to 'rep' (string expected, got no value)"
                || failure("\nstring.rep()")?.message.contains("bad argument #1 to 'rep'") == true)
        #expect(
            failure("\nstring.format('%d', 'x')")?.message.hasPrefix("test.lua:2: bad argument #2 to 'format'") == true)
    }

    @Test func noAddressIsEverPrinted() throws {
        let text = """
            local t = setmetatable({}, { __name = "thing" })
            local out = { tostring(t), tostring({}), tostring(print), string.format("%s", function() end) }
            local ok, message = pcall(error, {})
            out[#out + 1] = tostring(message)
            out[#out + 1] = select(2, pcall(function() return t .. {} end))
            return table.concat(out, " ")
            """
        let text2 = try #require(try run(text)[0].string)
        #expect(!text2.contains("0x"))
    }

    @Test func randomNumbersComeFromTheSeed() throws {
        let text = "local t = {} for i = 1, 20 do t[i] = math.random(1000) end return table.concat(t, ' ')"
        let first = try run(text, seed: 1)[0].string
        #expect(try run(text, seed: 1)[0].string == first)
        #expect(try run(text, seed: 2)[0].string != first)
    }
}
