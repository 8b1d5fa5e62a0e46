/// The part of the sandbox that is written in Lua, so that its work counts against the limits by itself.
enum SandboxSource {
    static let text = #"""
        local host <const> = ...
        local load <const>, type <const>, tostring <const>, select <const>, error <const> =
          load, type, tostring, select, error
        local concat <const>, floor <const> = table.concat, math.floor

        function print(...)
          local parts = {}
          for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
          host.print(concat(parts, "\t"))
        end

        -- A stable merge sort: Lua's own takes its pivot from the clock.
        function table.sort(list, before)
          if type(list) ~= "table" then error("bad argument #1 to 'sort' (table expected, got " .. type(list) .. ")", 2) end
          if before ~= nil and type(before) ~= "function" then
            error("bad argument #2 to 'sort' (function expected, got " .. type(before) .. ")", 2)
          end
          before = before or function(a, b) return a < b end
          local from, into, count = {}, {}, #list
          for i = 1, count do from[i] = list[i] end
          local width = 1
          while width < count do
            for low = 1, count, 2 * width do
              local middle, high = low + width, low + 2 * width
              if middle > count + 1 then middle = count + 1 end
              if high > count + 1 then high = count + 1 end
              local left, right = low, middle
              for out = low, high - 1 do
                if left < middle and (right >= high or not before(from[right], from[left])) then
                  into[out] = from[left]
                  left = left + 1
                else
                  into[out] = from[right]
                  right = right + 1
                end
              end
            end
            from, into = into, from
            width = 2 * width
          end
          for i = 1, count do list[i] = from[i] end
        end

        local create <const>, resume <const>, close <const> = coroutine.create, coroutine.resume, coroutine.close

        local function relay(thread, ok, ...)
          if ok then return ... end
          close(thread)
          error((...), 0)
        end

        function coroutine.wrap(body)
          local thread = create(body)
          return function(...) return relay(thread, resume(thread, ...)) end
        end

        local loaded, loading = {}, {}
        function require(name)
          if type(name) ~= "string" then error("require takes a module's name (got a " .. type(name) .. ")", 2) end
          if loaded[name] ~= nil then return loaded[name] end
          if loading[name] then error("module '" .. name .. "' requires itself", 2) end
          local source, chunk = host.find_module(name)
          if source == nil then
            error("module '" .. name .. "' not found: a script sees traplab and the .lua files of its own folder", 2)
          end
          local body, message = load(source, chunk, "t")
          if body == nil then error(message, 0) end
          loading[name] = true
          local result = body(name)
          loading[name] = nil
          if result == nil then result = true end
          loaded[name] = result
          return result
        end

        -- Modules that the host defines itself.
        function host.preload(name, value) loaded[name] = value end
        """#
}
