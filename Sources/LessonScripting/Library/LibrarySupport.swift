extension LibrarySource {
    /// Argument checks, made from the one table that declares the API.
    static let support = #"""
        local host <const> = ...
        local lib <const> = {}
        host.lib = lib

        local type <const>, tointeger <const>, math_type <const> = type, math.tointeger, math.type
        local format <const> = string.format

        -- Raises with the position of the script, not of the library.
        function lib.raise(text, ...) host.raise(select("#", ...) > 0 and format(text, ...) or text) end
        local raise <const> = lib.raise

        function lib.show(value)
          if type(value) == "string" then return format("%q", value) end
          if math_type(value) == "integer" then
            if value >= 0x10000 then return format("0x%08X", value) end
            if value >= 10 then return format("%d (0x%X)", value, value) end
          end
          if type(value) ~= "table" then return tostring(value) end
          local parts = {}
          for k, v in pairs(value) do
            parts[#parts + 1] = (math_type(k) == "integer" and "" or tostring(k) .. " = ") .. lib.show(v)
          end
          return "{ " .. table.concat(parts, ", ") .. " }"
        end

        local function within(low, high)
          return function(value)
            local n = tointeger(value)
            return n ~= nil and n >= low and n <= high
          end
        end
        local function of(name) return function(value) return type(value) == name end end

        -- What a declared parameter type accepts, and its words.
        local kinds <const> = {
          address = { function(v) return type(v) == "string" or within(0, 0xFFFFFFFF)(v) end, "an address or a symbol's name" },
          integer = { function(v) return tointeger(v) ~= nil end, "an integer" },
          count = { within(0, 1 << 53), "a count" },
          byte = { within(-0x80, 0xFF), "an 8-bit value" },
          word = { within(-0x8000, 0xFFFF), "a 16-bit value" },
          dword = { within(-0x80000000, 0xFFFFFFFF), "a 32-bit value" },
          line = { within(0, 15), "an IRQ line, 0 ... 15" },
          string = { of "string", "a string" },
          table = { of "table", "a table" },
          ["function"] = { of "function", "a function" },
          number = { of "number", "a number" },
          boolean = { of "boolean", "true or false" },
          any = { function() return true end, "a value" },
          run = { function(v) return type(v) == "table" and rawget(v, "handle") ~= nil end, "a run or a machine" },
          event = { function(v) return type(v) == "table" end, "an event" },
        }

        local function expected(owner, declared, index, value)
          local parameter = declared.params[index]
          local got = type(value)
          if value == nil then got = "nothing" end
          if got == "number" or got == "string" or got == "boolean" then got = got .. " " .. lib.show(value) end
          raise("%s: %s must be %s, got %s", owner .. declared.separator .. declared.name, parameter.name,
            kinds[parameter.type][2], got)
        end

        -- A function that checks its arguments before it calls `body`.
        local function checked(owner, declared, body)
          local params, tests = declared.params, {}
          for i, parameter in ipairs(params) do
            local accepts, optional = kinds[parameter.type][1], parameter.optional
            tests[i] = function(value)
              if value == nil and optional then return end
              if value == nil or not accepts(value) then expected(owner, declared, i, value) end
            end
          end
          local t1, t2, t3, t4 = tests[1], tests[2], tests[3], tests[4]
          local function check(a, b, c, d)
            if t1 then t1(a) end
            if t2 then t2(b) end
            if t3 then t3(c) end
            if t4 then t4(d) end
          end
          if declared.separator == "." then
            return function(...)
              check(...)
              return body(...)
            end
          end
          local function colon(self)
            if type(self) ~= "table" then raise("call it with a colon: %s:%s(...)", owner, declared.name) end
          end
          if declared.vararg then
            return function(self, ...)
              colon(self)
              check(...)
              return body(self, ...)
            end
          end
          return function(self, a, b, c, d)
            colon(self)
            check(a, b, c, d)
            return body(self, a, b, c, d)
          end
        end

        -- Turns the bodies of a class into checked functions: exactly those that the table declares.
        function lib.define(class, bodies)
          local declared = host.api()[class]
          local owner, made = declared.owner, {}
          for _, entry in ipairs(declared.functions) do
            local body = bodies[entry.name]
            if body == nil then error(owner .. " lacks " .. entry.name) end
            made[entry.name] = checked(owner, entry, body)
          end
          for name in pairs(bodies) do
            if made[name] == nil then error(owner .. " has an undeclared " .. name) end
          end
          return made
        end

        -- A read-only view whose unknown fields are errors.
        function lib.unknown(what, key, near)
          raise("%s has no field '%s'%s", what, tostring(key), near and "; " .. near or "")
        end
        """#
}
