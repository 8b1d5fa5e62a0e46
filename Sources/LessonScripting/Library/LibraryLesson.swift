extension LibrarySource {
    /// lab.lesson, lab.plugin, lab.asm, and what the host calls.
    static let lesson = #"""
        local host <const> = ...
        local lib <const> = host.lib

        -- The line of the script that called us: a raised error knows it.
        local function line()
          local _, message = pcall(host.raise, "")
          return math.tointeger(tonumber(tostring(message):match(":(%d+): $"))) or 0
        end

        local function described(kind)
          return function(fields)
            local out = {}
            for key, value in pairs(fields) do out[key] = value end
            out.kind = kind
            return out
          end
        end

        local lab = lib.define("Lab", {
          lesson = described "lesson",
          plugin = described "plugin",
          asm = function(text) return { kind = "asm", text = text, line = line() } end,
        })
        lab.api = 1
        host.preload("traplab", setmetatable(lab, {
          __metatable = false,
          __index = function(_, key) lib.unknown("traplab", key, "it has lesson, plugin, asm and api") end,
          __newindex = function() lib.raise("traplab cannot be changed") end,
        }))

        host.entry("scenario", function(fn, handle) fn(lib.machine(handle)) end)
        host.entry("setup", function(fn, handle) fn(lib.machine(handle), print) end)
        host.entry("check", function(test, handle, others)
          local result = test(lib.run(handle, others), lib.expect)
          if result == nil or result == true then return 1 end
          if type(result) ~= "number" or result < 0 or result > 1 then
            error("a check's test returns nothing, or the fraction of the points from 0 to 1; this one returned " .. lib.show(result), 0)
          end
          return result
        end)
        """#
}
