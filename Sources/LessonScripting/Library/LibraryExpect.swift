extension LibrarySource {
    /// Expectations: a failure says what was expected and what was found, by name.
    static let expect = #"""
        local host <const> = ...
        local lib <const> = host.lib
        local format <const>, show <const> = string.format, lib.show

        local statuses <const> = {
          [0xC0000005] = "ACCESS_VIOLATION", [0xC0000006] = "IN_PAGE_ERROR", [0x80000001] = "GUARD_PAGE_VIOLATION",
          [0x80000002] = "DATATYPE_MISALIGNMENT", [0x80000003] = "BREAKPOINT", [0x80000004] = "SINGLE_STEP",
          [0xC000001D] = "ILLEGAL_INSTRUCTION", [0xC000001E] = "INVALID_LOCK_SEQUENCE", [0xC000008C] = "ARRAY_BOUNDS_EXCEEDED",
          [0xC0000094] = "INTEGER_DIVIDE_BY_ZERO", [0xC0000095] = "INTEGER_OVERFLOW", [0xC0000096] = "PRIVILEGED_INSTRUCTION",
          [0xC00000FD] = "STACK_OVERFLOW",
        }
        local bugchecks <const> = {
          [0x0A] = "IRQL_NOT_LESS_OR_EQUAL", [0x12] = "TRAP_CAUSE_UNKNOWN", [0x1E] = "KMODE_EXCEPTION_NOT_HANDLED",
          [0x50] = "PAGE_FAULT_IN_NONPAGED_AREA", [0x7F] = "UNEXPECTED_KERNEL_MODE_TRAP", [0x80] = "NMI_HARDWARE_FAILURE",
          [0x8E] = "KERNEL_MODE_EXCEPTION_NOT_HANDLED", [0xBE] = "ATTEMPTED_WRITE_TO_READONLY_MEMORY",
        }

        local function fail(text, ...) host.fail(select("#", ...) > 0 and format(text, ...) or text) end

        local function differ(what, expected, actual) fail("%s: expected %s, got %s", what or "value", expected, actual) end

        local function same(a, b)
          if type(a) ~= "table" or type(b) ~= "table" then return a == b end
          for key, value in pairs(a) do
            if not same(value, b[key]) then return false end
          end
          for key in pairs(b) do
            if a[key] == nil then return false end
          end
          return true
        end

        -- "eax: expected 0x1, got 0x2" for each field that differs.
        local function differences(expected, actual)
          local keys, lines = {}, {}
          for key in pairs(expected) do keys[key] = true end
          for key in pairs(actual) do keys[key] = true end
          for key in pairs(keys) do
            if not same(expected[key], actual[key]) then
              lines[#lines + 1] = format("%s: expected %s, got %s", tostring(key), show(expected[key]), show(actual[key]))
            end
          end
          return table.concat(lines, "; ")
        end

        local function parameters(list)
          local parts = {}
          for i, value in ipairs(list or {}) do parts[i] = format("0x%X", value) end
          return "(" .. table.concat(parts, ", ") .. ")"
        end

        local function named(code, names, digits)
          local name = names[code]
          return format("0x%0" .. digits .. "X", code) .. (name and " " .. name or "")
        end

        -- Bugchecks and statuses: the code, then the given parameters.
        local function compare(run, kind, names, digits, code, wanted)
          for i, value in ipairs(wanted or {}) do
            if type(value) == "string" then wanted[i] = host.symbol(run.handle, value) end
          end
          local event = run:last(kind)
          local expected = named(code, names, digits) .. (wanted and " " .. parameters(wanted) or "")
          if not event then differ(kind, expected, "none") end
          local got = named(event.code, names, digits) .. " " .. parameters(event.parameters)
          if event.code ~= code then differ(kind, expected, got) end
          for i, value in ipairs(wanted or {}) do
            if event.parameters[i] ~= value then differ(kind, expected, got) end
          end
          return event
        end

        local function none(run, kind, names, digits)
          local event = run:first(kind)
          if event then differ(kind, "none", named(event.code, names, digits) .. " " .. parameters(event.parameters)) end
        end

        local function describe(filter)
          local parts = {}
          for key, value in pairs(filter or {}) do parts[#parts + 1] = key .. " = " .. show(value) end
          return #parts > 0 and " with " .. table.concat(parts, ", ") or ""
        end

        lib.expect = lib.define("Expect", {
          equal = function(actual, expected, what)
            if actual ~= expected then differ(what, show(expected), show(actual)) end
          end,
          same = function(actual, expected, what)
            if same(actual, expected) then return end
            if type(actual) ~= "table" or type(expected) ~= "table" then differ(what, show(expected), show(actual)) end
            fail("%s: %s", what or "value", differences(expected, actual))
          end,
          truthy = function(value, what) if not value then differ(what, "true", show(value)) end end,
          at_most = function(actual, bound, what)
            if not (actual <= bound) then differ(what, "at most " .. show(bound), show(actual)) end
          end,
          at_least = function(actual, bound, what)
            if not (actual >= bound) then differ(what, "at least " .. show(bound), show(actual)) end
          end,
          status = function(run, code, wanted) return compare(run, "status", statuses, 8, code, wanted) end,
          bugcheck = function(run, code, wanted) return compare(run, "bugcheck", bugchecks, 1, code, wanted) end,
          no_status = function(run) none(run, "status", statuses, 8) end,
          no_bugcheck = function(run) none(run, "bugcheck", bugchecks, 1) end,
          stop = function(run, name)
            if run.stop ~= name then differ("end of the run", name, run.stop_text or run.stop or "not run") end
          end,
          event = function(run, kind, filter)
            local event = run:first(kind, filter)
            if not event then
              fail("expected an event %s%s, got %s", kind, describe(filter),
                run:count(kind) == 0 and "none of that kind" or run:count(kind) .. " others")
            end
            return event
          end,
          error_code = function(event, value)
            local name, vector = event.name or "", event.vector or 14
            local expected = host.error_words(value, vector)
            if not event.error then differ(name .. " error code", expected, "none") end
            if event.error.value ~= value then
              differ(name .. " error code", expected, host.error_words(event.error.value, vector))
            end
          end,
          registers = function(source, wanted, what)
            local values = source
            if rawget(source, "handle") then
              values = {}
              for name in pairs(wanted) do values[name] = source.cpu[name] end
            end
            local lines = {}
            for name, value in pairs(wanted) do
              if values[name] ~= value then
                lines[#lines + 1] = format("%s: expected %s, got %s", name, show(value), show(values[name]))
              end
            end
            if #lines > 0 then fail("%s: %s", what or "registers", table.concat(lines, "; ")) end
          end,
          memory = function(run, address, wanted, what)
            local place = lib.resolve(run, address)
            what = what or format("memory at 0x%08X", place)
            if type(wanted) == "string" then
              local actual = run:read(place, #wanted)
              for i = 1, #wanted do
                if actual:byte(i) ~= wanted:byte(i) then
                  differ(format("%s, byte %d", what, i - 1), format("0x%02X", wanted:byte(i)), format("0x%02X", actual:byte(i)))
                end
              end
              return
            end
            for i, value in ipairs(wanted) do
              local actual = run:read32(place + 4 * (i - 1))
              if actual ~= value then differ(format("%s, dword %d", what, i - 1), format("0x%08X", value), format("0x%08X", actual)) end
            end
          end,
          fail = function(message) fail(message) end,
        })
        """#
}
