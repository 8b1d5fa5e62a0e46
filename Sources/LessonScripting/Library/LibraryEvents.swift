extension LibrarySource {
    /// Listeners and the event objects that they get.
    static let events = #"""
        local host <const> = ...
        local lib <const> = host.lib
        local tointeger <const> = math.tointeger

        local ErrorCode <const> = {
          __name = "error code", __metatable = false,
          __tostring = function(self) return string.format("0x%X (%s)", self.value, self.words) end,
        }

        -- The listener that runs now, and what it asked for.
        local current, wish

        local function ask(event, key, value)
          if event ~= current then lib.raise("this event is over: suppress, set and stop work inside its own hook") end
          wish = wish or {}
          wish[key] = value
        end

        local function only_deliver(event, name)
          if event.kind ~= "deliver" and not (name == "suppress" and event.kind == "port") then
            lib.raise("e:%s works in a \"deliver\" hook; this is \"%s\"", name, event.kind)
          end
        end

        local methods <const> = lib.define("Event", {
          suppress = function(self)
            only_deliver(self, "suppress")
            ask(self, "suppress", true)
          end,
          stop = function(self, reason) ask(self, "stop", reason or "a hook's request") end,
          set = function(self, values)
            only_deliver(self, "set")
            for key, value in pairs(values) do
              if key ~= "vector" and key ~= "error" and key ~= "cr2" then
                lib.raise("e:set can set vector, error and cr2, not '%s'", tostring(key))
              end
              if tointeger(value) == nil then lib.raise("e:set: %s must be an integer", key) end
              ask(self, key, tointeger(value))
              if key ~= "error" then self[key] = value end
            end
          end,
        })

        local fields <const> = {}
        for _, name in ipairs {
          "kind", "vector", "name", "source", "error", "cr2", "eip", "cs", "cpl", "eflags", "ss", "esp", "instruction", "gate",
          "depth", "frame", "count", "cpu", "symbol", "code", "parameters", "address", "user", "first_chance", "old", "new",
          "from", "to", "task", "registers", "port", "value", "bytes", "write", "chain", "interrupts_enabled",
        } do fields[name] = true end

        local Event <const> = {
          __name = "event", __metatable = false,
          __index = function(self, key)
            local method = methods[key]
            if method then return method end
            if not fields[key] then lib.unknown("an event", key) end
            return nil
          end,
        }

        function lib.event(event)
          if event.error then setmetatable(event.error, ErrorCode) end
          return setmetatable(event, Event)
        end

        local function run_listener(fn, event)
          local outer_event, outer_wish = current, wish
          current, wish = lib.event(event), nil
          fn(current)
          local answer = wish
          current, wish = outer_event, outer_wish
          return answer
        end

        -- Symbols in a filter become addresses.
        local function resolved(m, filter)
          local out = {}
          for key, value in pairs(filter) do
            if not fields[key] then lib.raise("a filter has no field '%s'", tostring(key)) end
            if type(value) == "string" and (key == "address" or key == "cr2" or key == "eip" or key == "instruction") then
              value = host.symbol(m.handle, value)
            end
            out[key] = value
          end
          return out
        end
        lib.resolved_filter = resolved

        local Token <const> = lib.define("Token", {
          remove = function(self)
            if self.number then host.unlisten(self.handle, self.number) end
            self.number = nil
          end,
        })
        local TokenType <const> = { __name = "token", __index = Token, __metatable = false }

        function lib.listen(m, event, filter, fn)
          if type(filter) == "function" then filter, fn = nil, filter end
          if type(fn) ~= "function" then lib.raise("m:on(event, [filter,] function): the function is missing") end
          filter = filter or {}
          local address, name
          if event == "execute" then
            name = filter.symbol
            local place = filter.address or filter.symbol
            if place == nil then lib.raise("m:on(\"execute\", ...) needs { address = ... } or { symbol = ... }") end
            address = lib.resolve(m, place)
            if type(place) == "string" then name = place end
            local rest = {}
            for key, value in pairs(filter) do
              if key ~= "address" and key ~= "symbol" then rest[key] = value end
            end
            filter = rest
          end
          local number = host.listen(m.handle, event, resolved(m, filter), address, name,
            function(e) return run_listener(fn, e) end)
          return setmetatable({ handle = m.handle, number = number }, TokenType)
        end
        """#
}
