-- vector-histogram: counts the deliveries by vector and the page faults by cause, and tells them when the run stops.
-- It only looks: the digest of the run stays the same.
local lab <const> = require "traplab"

local function cause(error)
  local who = error.user and "user" or "kernel"
  local what = error.fetch and "fetch" or error.write and "write" or "read"
  local why = error.reserved and "reserved bit" or error.present and "no right" or "not present"
  return ("%s %s, %s"):format(who, what, why)
end

-- Lines "count  name", the most frequent first; equal counts by name.
local function ranking(counts)
  local names = {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  local lines = {}
  for i, name in ipairs(names) do lines[i] = ("  %8d  %s"):format(counts[name], name) end
  return lines
end

return lab.plugin {
  api = 1,
  name = "vector-histogram",
  version = "1.0",
  summary = "Counts deliveries by vector, and page faults by cause.",
  setup = function(m, print)
    local vectors, faults = {}, {}
    m:on("delivered", function(e)
      local name = ("%02Xh %s"):format(e.vector, e.name)
      vectors[name] = (vectors[name] or 0) + 1
      if e.vector ~= 14 or not e.error then return end
      local reason = cause(e.error)
      faults[reason] = (faults[reason] or 0) + 1
    end)
    m:on("stop", function(e)
      print(("@%d %s: deliveries by vector"):format(e.count, e.reason))
      for _, line in ipairs(ranking(vectors)) do print(line) end
      if next(faults) then print("page faults by cause") end
      for _, line in ipairs(ranking(faults)) do print(line) end
    end)
  end,
}
