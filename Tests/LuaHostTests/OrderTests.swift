import LuaHost
import Testing

@Suite struct OrderTests {
    @Test func pairsHasAFixedOrder() throws {
        let text = """
            local t = { [true] = 1, b = 1, a = 1, [2.5] = 1, [3] = 1, [1] = 1, [-1] = 1, [false] = 1, ["a\\0"] = 1 }
            local out = {}
            for k in pairs(t) do out[#out + 1] = tostring(k) end
            local k = next(t)
            local again = {}
            while k ~= nil do again[#again + 1] = tostring(k); k = next(t, k) end
            assert(table.concat(out, " ") == table.concat(again, " "))
            return table.concat(out, " ")
            """
        #expect(try run(text)[0].string == "-1 1 3 2.5 a a\0 b false true")
    }

    @Test func pairsOverManyKeysIsSorted() throws {
        let text = """
            local t = {}
            for i = 1, 5000 do t["k" .. (i * 7919) % 5003] = i end
            local last = ""
            for k in pairs(t) do assert(last < k); last = k end
            return true
            """
        #expect(try run(text)[0].boolean == true)
    }

    @Test func entriesMayBeRemovedMeanwhile() throws {
        let text =
            "local t = { a = 1, b = 2, c = 3 } local n = 0 for k in pairs(t) do t.b = nil t[k] = nil n = n + 1 end return n, next(t)"
        let values = try run(text)
        #expect(values[0].integer == 2)
        #expect(values.count < 2 || values[1].isNone)
    }

    @Test(arguments: ["pairs({ [{}] = 1 })", "next({ [print] = 1, 2 })"])
    func unorderableKeysAreAnError(_ text: String) {
        #expect(failure(text)?.message.contains("has no fixed order") == true)
    }

    @Test func pairsHonoursItsMetamethod() throws {
        let text =
            "for k, v in pairs(setmetatable({}, { __pairs = function() return function(_, k) if not k then return 1, 9 end end end })) do return v end"
        #expect(try run(text)[0].integer == 9)
    }

    @Test func sortIsStable() throws {
        let text = """
            local t = {}
            for i = 1, 1000 do t[i] = { key = (i * 7) % 10, at = i } end
            table.sort(t, function(a, b) return a.key < b.key end)
            for i = 2, #t do
              assert(t[i - 1].key < t[i].key or t[i - 1].key == t[i].key and t[i - 1].at < t[i].at)
            end
            local n = { 3, 1, 2 }
            table.sort(n)
            return table.concat(n, " ")
            """
        #expect(try run(text)[0].string == "1 2 3")
    }
}
