-- trap-trace: tells each delivery as a short story: what ran, why it was interrupted, through which gate, on which stack,
-- and where the handler is. It only looks: the digest of the run stays the same.
local lab <const> = require "traplab"

local causes <const> = {
  [0] = "the divisor is zero or the quotient does not fit", [1] = "a debug condition", [2] = "the NMI pin",
  [3] = "a breakpoint instruction", [4] = "INTO with OF set", [5] = "BOUND: the index is out of range",
  [6] = "no such instruction here", [7] = "the coprocessor is not available (CR0.EM or CR0.TS)",
  [8] = "a second fault while the first was being delivered", [10] = "the TSS cannot be used",
  [11] = "a segment or gate is not present", [12] = "a stack segment's limit or presence", [13] = "a protection rule is broken",
  [14] = "the page tables do not allow this access", [16] = "an x87 error is pending", [17] = "an unaligned access at CPL 3",
}

local function place(m, address)
  local symbol = m:symbol_at(address)
  return symbol and ("%s (0x%08X)"):format(symbol, address) or ("0x%08X"):format(address)
end

local function instruction(m, address)
  local ok, lines = pcall(m.disassemble, m, address)
  return ok and lines[1] and lines[1].text or "(not readable)"
end

local function why(e)
  if e.source == "interrupt" then return "a device asked for vector " .. e.vector end
  if e.source == "int" then return "the program asked for it" end
  return causes[e.vector] or "exception " .. e.vector
end

-- "page 0x00410000 USER_RO_PAGE".
local function page(m, e)
  local symbol = m:symbol_at(e.cr2)
  return ("linear address 0x%08X%s"):format(e.cr2, symbol and " (" .. symbol .. ")" or "")
end

local function gate(m, e)
  local g = e.gate
  if not g then return "no gate: the vector lies outside the IDT" end
  if not g.present then return "gate: not present" end
  if g.type == "task" then return ("gate: task gate to TSS selector 0x%02X"):format(g.selector) end
  local effect = g.type:find("interrupt") and ", clears IF" or ""
  return ("gate: %s, DPL %d%s; handler %s"):format(g.type, g.dpl, effect, place(m, g.offset))
end

local function stack(e)
  local words = e.frame
  if e.gate and e.gate.type == "task" then
    return words.error and "stack: the new task's; the error code is pushed there" or "stack: the new task's; nothing is pushed"
  end
  local names = {}
  for _, name in ipairs { "ss", "esp", "eflags", "cs", "eip", "error" } do
    if words[name] then names[#names + 1] = ("%s=%X"):format(name, words[name]) end
  end
  local from = words.ss and "stack: from the TSS (privilege changes); pushes " or "stack: the same; pushes "
  return from .. table.concat(names, " ")
end

local function tell(m, e, print)
  local head = ("@%d %s, %s, depth %d"):format(e.count, e.name, e.source, e.depth)
  local lines = { head, ("  at %s, CPL %d: %s"):format(place(m, e.instruction), e.cpl, instruction(m, e.instruction)) }
  lines[#lines + 1] = "  why: " .. why(e)
  if e.error then lines[#lines + 1] = "  error code: " .. tostring(e.error) end
  if e.cr2 then lines[#lines + 1] = "  " .. page(m, e) end
  lines[#lines + 1] = "  " .. gate(m, e)
  lines[#lines + 1] = "  " .. stack(e)
  print(table.concat(lines, "\n"))
end

return lab.plugin {
  api = 1,
  name = "trap-trace",
  version = "1.0",
  summary = "Tells each interrupt and exception as a short annotated story.",
  setup = function(m, print)
    if m.scenario then print("scenario " .. m.scenario) end
    m:on("deliver", function(e) tell(m, e, print) end)
    m:on("returned", function(e)
      print(("@%d %s to %s, CPL %d"):format(e.count, e.task and "task return" or "IRET", place(m, e.to), e.cpl))
    end)
    m:on("shutdown", function(e)
      print(("@%d shutdown: vectors %s; nothing but RESET, NMI or INIT ends it"):format(e.count, table.concat(e.chain, ", ")))
    end)
  end,
}
