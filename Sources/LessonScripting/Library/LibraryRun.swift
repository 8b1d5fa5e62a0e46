extension LibrarySource {
    /// What a check sees of a finished scenario.
    static let run = #"""
        local host <const> = ...
        local lib <const> = host.lib

        local bodies <const> = {
          first = function(self, kind, filter)
            local found = host.events(self.handle, kind, lib.resolved_filter(self, filter or {}), "first")[1]
            return found and lib.event(found)
          end,
          last = function(self, kind, filter)
            local found = host.events(self.handle, kind, lib.resolved_filter(self, filter or {}), "last")[1]
            return found and lib.event(found)
          end,
          all = function(self, kind, filter)
            local list = host.events(self.handle, kind, lib.resolved_filter(self, filter or {}), "all")
            for _, event in ipairs(list) do lib.event(event) end
            return list
          end,
          count = function(self, kind, filter)
            return host.count_events(self.handle, kind, lib.resolved_filter(self, filter or {}), "all")
          end,
          scenario = function(self, id)
            local handle = self.others[id]
            if not handle then lib.raise("there is no scenario '%s'", id) end
            return lib.run(handle, self.others)
          end,
        }
        for name, body in pairs(lib.looking) do bodies[name] = body end
        local methods <const> = lib.define("Run", bodies)

        local last <const> = { bugcheck = true, status = true }

        local Run <const> = {
          __name = "run", __metatable = false,
          __index = function(self, key)
            local method = methods[key]
            if method then return method end
            if last[key] then return methods.last(self, key) end
            if key == "instructions" then return host.facts(self.handle).count end
            local value = lib.field(self, key)
            if value == nil and not lib.facts[key] and not lib.getters[key] then lib.unknown("a run", key) end
            return value
          end,
          __newindex = function(_, key) lib.raise("a run cannot be changed (field '%s')", tostring(key)) end,
        }

        function lib.run(handle, others)
          local m = lib.machine(handle)
          return setmetatable({
            handle = handle, others = others, saved = m.saved, cpu = m.cpu, idt = m.idt, gdt = m.gdt, symbols = m.symbols,
          }, Run)
        end
        """#
}
