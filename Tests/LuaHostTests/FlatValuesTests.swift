import LuaHost
import Testing

@Suite struct FlatValuesTests {
    private func echo(_ values: [LuaValue]) throws -> [LuaValue] {
        let state = try LuaState()
        return try state.call(try state.load(Array("return ...".utf8), chunk: "t.lua"), values)
    }

    @Test func scalarsCross() throws {
        let out = try echo([.none, .boolean(true), .integer(-5), .number(1.5), .string("中\0x"), .bytes([0xFF, 0])])
        #expect(out[0].isNone)
        #expect(out[1].boolean == true)
        #expect(out[2].integer == -5)
        #expect(out[3].number == 1.5)
        #expect(out[4].string == "中\0x")
        #expect(out[5].bytes == [0xFF, 0])
    }

    @Test func tablesCross() throws {
        let inner = LuaTable(list: [.integer(1), .string("two")], fields: ["name": .string("n")])
        let out = try echo([.table(LuaTable(fields: ["inner": .table(inner), "flag": .boolean(false)]))])
        let table = try #require(out[0].table)
        #expect(table["inner"].table?.list.count == 2)
        #expect(table["inner"].table?["name"].string == "n")
        #expect(table["flag"].boolean == false)
        #expect(table["missing"].isNone)
    }

    @Test func functionsCrossAndOutliveTheCall() throws {
        let state = try LuaState()
        let made = try state.call(
            try state.load(Array("local n = 0 return function() n = n + 1 return n end".utf8), chunk: "t"))
        let function = try #require(made.first?.function)
        _ = try state.call(function)
        #expect(try state.call(function).first?.integer == 2)
        #expect(try echo([.opaque])[0].isNone)
    }

    @Test func otherKeysAreTold() throws {
        #expect(try run("return { [10] = 1 }")[0].table?.hasOtherKeys == true)
        #expect(try run("return { 1, 2, x = 1 }")[0].table?.hasOtherKeys == false)
    }

    @Test func tablesThatContainThemselvesAreAnError() throws {
        #expect(failure("local t = {} t.t = t return t")?.message.contains("contains itself") == true)
    }

    @Test func integersAreExact() {
        #expect(LuaValue.number(1e6).integer == 1_000_000)
        #expect(LuaValue.integer(3).integer == 3)
        #expect(LuaValue.number(1.5).integer == nil)
        #expect(LuaValue.number(.infinity).integer == nil)
        #expect(LuaValue.string("1").integer == nil)
    }
}
