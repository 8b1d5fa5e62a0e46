extension LibrarySource {
    /// Registers and descriptor tables.
    static let processor = #"""
        local host <const> = ...
        local lib <const> = host.lib
        local register <const> = host.register

        local slots <const> = {}
        local names, writable = host.register_slots()
        for i, name in ipairs(names) do slots[name] = i - 1 end
        local flags <const> = { nmi_blocked = true, nmi_pending = true, halted = true }

        local methods = lib.define("Processor", {
          reader = function(self, name)
            local slot = slots[name]
            if not slot then lib.unknown("the processor", name) end
            local key <const> = self.base | slot
            return function() return register(key) end
          end,
          segment = function(self, name)
            local view = host.segment(self.handle, name)
            if not view then lib.raise("there is no segment register '%s'", name) end
            return view
          end,
        })

        local Processor <const> = {
          __name = "processor",
          __metatable = false,
          __index = function(self, key)
            local slot = slots[key]
            if slot then
              local value = register(self.base | slot)
              if flags[key] then return value ~= 0 end
              return value
            end
            local method = methods[key]
            if method then return method end
            lib.unknown("the processor", key, "it has eax ... edi, eip, eflags, cr0, cr2, cr3, cr4, cpl, cs ... gs, tr, ldtr")
          end,
          __newindex = function(self, key, value)
            local slot = slots[key]
            if not slot then lib.unknown("the processor", key) end
            if slot >= writable then lib.raise("the register %s cannot be written", key) end
            local number = math.tointeger(value)
            if not number then lib.raise("%s: expected a 32-bit value, got %s", key, lib.show(value)) end
            register(self.base | slot, number)
          end,
        }

        function lib.processor(handle)
          return setmetatable({ handle = handle, base = handle << 8 }, Processor)
        end

        local function view(read)
          return setmetatable({}, {
            __metatable = false,
            __index = function(_, key) return read(key) end,
            __newindex = function() lib.raise("descriptors cannot be assigned; write the table's memory with m:write") end,
          })
        end

        function lib.gates(handle)
          return view(function(vector)
            if math.tointeger(vector) == nil then lib.raise("m.idt takes a vector, 0 ... 255") end
            return host.gate(handle, math.tointeger(vector))
          end)
        end

        function lib.descriptors(handle)
          return view(function(selector)
            if math.tointeger(selector) == nil then lib.raise("m.gdt takes a selector such as 0x28") end
            return host.descriptor(handle, math.tointeger(selector))
          end)
        end

        function lib.symbols(handle)
          return view(function(name) return host.symbol(handle, tostring(name)) end)
        end
        """#
}
