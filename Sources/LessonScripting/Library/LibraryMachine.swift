extension LibrarySource {
    /// The machine object.
    static let machine = #"""
        local host <const> = ...
        local lib <const> = host.lib
        local peek <const>, poke <const> = host.peek, host.poke
        local tointeger <const>, type <const> = math.tointeger, type

        local function resolve(self, address)
          if type(address) == "string" then return host.symbol(self.handle, address) end
          return tointeger(address)
        end
        lib.resolve = resolve

        local function unmapped(address) lib.raise("the address 0x%08X is not mapped", address) end

        local function reader(size, physical)
          local tag <const> = (physical and 1 << 39 or 0) | size << 36
          return function(self, address)
            local place = resolve(self, address)
            local value = peek(self.handle << 40 | tag | place)
            if value < 0 then unmapped(place) end
            return value
          end
        end

        local function writer(size, physical)
          local tag <const> = (physical and 1 << 39 or 0) | size << 36
          return function(self, address, value)
            local place = resolve(self, address)
            if poke(self.handle << 40 | tag | place, tointeger(value)) < 0 then unmapped(place) end
          end
        end

        local function read_bytes(physical)
          return function(self, address, count)
            local place = resolve(self, address)
            return host.read(self.handle, place, tointeger(count), physical) or unmapped(place)
          end
        end

        local function write_bytes(physical)
          return function(self, address, bytes)
            local place = resolve(self, address)
            if not host.write(self.handle, place, bytes, physical) then unmapped(place) end
          end
        end

        -- What a machine and the run of a check have in common: looking.
        local looking <const> = {
          read8 = reader(1), read16 = reader(2), read32 = reader(4),
          read8_physical = reader(1, true), read16_physical = reader(2, true), read32_physical = reader(4, true),
          read = read_bytes(false), read_physical = read_bytes(true),
          walk = function(self, address) return host.walk(self.handle, resolve(self, address)) end,
          tss_at = function(self, address)
            local place = resolve(self, address)
            return host.task_state(self.handle, place) or unmapped(place)
          end,
          symbol_at = function(self, address) return host.symbol_at(self.handle, resolve(self, address)) end,
          disassemble = function(self, address, count)
            return host.disassemble(self.handle, resolve(self, address), tointeger(count or 1))
          end,
        }

        local acting <const> = {
          write8 = writer(1), write16 = writer(2), write32 = writer(4),
          write8_physical = writer(1, true), write16_physical = writer(2, true), write32_physical = writer(4, true),
          write = write_bytes(false), write_physical = write_bytes(true),
          nmi = function(self) host.nmi(self.handle) end,
          irq = function(self, line) host.irq(self.handle, tointeger(line)) end,
          run = function(self, options)
            local count = options and options.instructions or 10000000
            if tointeger(count) == nil or count < 0 then lib.raise("m:run: instructions must be a count, got %s", lib.show(count)) end
            for key in pairs(options or {}) do
              if key ~= "instructions" then lib.raise("m:run has no option '%s'; it has instructions", tostring(key)) end
            end
            return host.run(self.handle, tointeger(count))
          end,
          step = function(self, count) return host.run(self.handle, tointeger(count or 1)) end,
          snapshot = function(self) return { number = host.snapshot(self.handle), machine = self.handle } end,
          restore = function(self, snapshot)
            if snapshot.machine ~= self.handle then lib.raise("this snapshot is not one of this machine") end
            host.restore(self.handle, snapshot.number)
          end,
          note = function(self, text, ...)
            host.note(self.handle, select("#", ...) > 0 and string.format(text, ...) or text)
          end,
          watch = function(self, ...)
            for _, place in ipairs { ... } do
              local name = type(place) == "string" and place or host.symbol_at(self.handle, place) or string.format("0x%08X", place)
              host.watch(self.handle, resolve(self, place), name)
            end
          end,
          on = function(self, event, filter, fn) return lib.listen(self, event, filter, fn) end,
        }
        for name, body in pairs(looking) do acting[name] = body end
        lib.looking = looking

        local methods <const> = lib.define("Machine", acting)

        local getters <const> = {
          cpus = function(self) return { self.cpu } end,
          tss = function(self) return host.task_state(self.handle) end,
        }
        local facts <const> = {
          count = true, target = true, seed = true, stop = true, stop_text = true, stop_address = true, stop_code = true,
          digest = true, notes = true, scenario = true,
        }
        lib.getters, lib.facts = getters, facts

        function lib.field(self, key)
          local getter = getters[key]
          if getter then return getter(self) end
          if facts[key] then return host.facts(self.handle)[key] end
          return nil
        end

        local Machine <const> = {
          __name = "machine",
          __metatable = false,
          __index = function(self, key)
            local method = methods[key]
            if method then return method end
            local value = lib.field(self, key)
            if value == nil and not facts[key] and not getters[key] then lib.unknown("the machine", key) end
            return value
          end,
          __newindex = function(_, key) lib.raise("the machine has no field '%s' to set; keep your own values in m.saved", tostring(key)) end,
        }

        local machines <const> = {}
        function lib.machine(handle)
          if not machines[handle] then
            machines[handle] = setmetatable({
              handle = handle, saved = {}, cpu = lib.processor(handle), idt = lib.gates(handle),
              gdt = lib.descriptors(handle), symbols = lib.symbols(handle),
            }, Machine)
          end
          return machines[handle]
        end
        """#
}
