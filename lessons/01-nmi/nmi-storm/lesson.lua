-- nmi-storm: every NMI that nobody claims lets the next one in. The exercise is the check that ends this.
local lab <const> = require "traplab"

local NMI <const> = 2
local LIMIT <const> = 8 -- KI_NMI_RECURSION_LIMIT
local NMI_TSS <const> = 0x58
local TSS <const> = 0x28
local FRAME <const> = 0x8004C000 - 4 - 0x8C -- trap frame of the NMI task: top of its stack, saved PCR.TSS, frame

-- The interrupted code: ring 3 with a known value in every register, in a loop of one instruction.
local interrupted <const> = lab.asm [[
UserMain:
        mov     eax, 23h
        mov     gs, eax
        push    0CD7h           ; overflow, direction, sign, zero, adjust, parity, carry; IF stays on (IOPL 0)
        popfd
        mov     eax, 0A1A1A1A1h
        mov     ecx, 0C2C2C2C2h
        mov     edx, 0D3D3D3D3h
        mov     ebx, 0B4B4B4B4h
        mov     ebp, 0E5E5E5E5h
        mov     esi, 05678ABCDh
        mov     edi, 0DEADBEEFh
UserSpin:
        jmp     UserSpin
]]

local REGISTERS <const> = {
  "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags", "cs", "ss", "ds", "es", "fs", "gs",
}

local function registers(m)
  local values = {}
  for _, name in ipairs(REGISTERS) do values[name] = m.cpu[name] end
  return values
end

-- Raises one NMI in the ring-3 loop and `nested` more, each while the HAL shows its screen for the one before.
local function raise(m, nested)
  m:watch("HalHandleNMI", "KeEnterKernelDebugger")
  local raised = 0
  m:on("execute", { symbol = "UserSpin" }, function()
    if raised == 0 then
      raised = 1
      m.saved.before = registers(m)
      m:nmi()
    end
  end)
  m:on("execute", { symbol = "HalpBorrowedScreen" }, function()
    if raised <= nested then
      raised = raised + 1
      m:nmi()
    end
  end)
  m:run { instructions = 100000 }
end

-- More NMIs than the limit: the ninth must be the last one that does anything.
local function storm(m) raise(m, 12) end

local function storm_with(not_present, enabled)
  return function(m)
    m:write8("KdDebuggerNotPresent", not_present)
    m:write8("KdDebuggerEnabled", enabled)
    storm(m)
  end
end

local function claimed(m)
  m:write32("KiLessonClaimNmi", 1)
  m:on("returned", { task = true }, function() m.saved.after = registers(m) end)
  raise(m, 0)
end

local function nested_return(m)
  m:write32("HalNmiReturns", 1)
  raise(m, 1)
end

local function hal_calls(run) return run:count("execute", { symbol = "HalHandleNMI" }) end

local function debugger_calls(run) return run:count("execute", { symbol = "KeEnterKernelDebugger" }) end

local function no_debugger(run, expect)
  expect.equal(hal_calls(run), LIMIT, "times the HAL was entered")
  expect.equal(debugger_calls(run), 0, "times the debugger was tried")
end

return lab.lesson {
  api = 1,
  id = "nmi-storm",
  title = { en = "A storm of NMIs", zh = "NMI 风暴" },
  summary = {
    en = "Write the check that stops NMIs from nesting for ever while the HAL shows its error screen.",
    zh = "编写递归检查，避免 HAL 显示错误画面时 NMI 无限嵌套。",
  },
  targets = { "wrk-up" },
  machine = { memory = "16M", instructions = 2e6 },
  exercise = { files = { "recursion_check.asm" } },
  guest = interrupted,

  scenarios = {
    { id = "storm", run = storm },
    { id = "debugger", run = storm_with(0, 1) },
    { id = "not-enabled", run = storm_with(0, 0) },
    { id = "not-present", run = storm_with(1, 1) },
    { id = "claimed", run = claimed },
    { id = "nested-return", run = nested_return },
  },

  checks = {
    {
      id = "hal-eight",
      title = { en = "The HAL is entered exactly eight times", zh = "HAL 恰好进入八次" },
      points = 25,
      scenario = "storm",
      hints = {
        "Which variable tells how many HAL calls have not returned yet? What is it when your code first runs?",
        "Compare KiNMIRecursionCount with KI_NMI_RECURSION_LIMIT. Below the limit, the HAL gets another chance.",
        "cmp dword [KiNMIRecursionCount], KI_NMI_RECURSION_LIMIT / jb KiNmiCallHal. The compare is unsigned.",
      },
      test = function(run, expect)
        expect.equal(hal_calls(run), LIMIT, "times the HAL was entered")
        expect.equal(run:count("delivered", { vector = NMI }), LIMIT + 1, "NMIs that reached KiTrap02")
      end,
    },
    {
      id = "counter-eight",
      title = { en = "The counter stands at eight", zh = "计数器停在 8" },
      points = 10,
      scenario = "storm",
      after = "hal-eight",
      hints = {
        "Who increments the counter? Look for it in lessons/kernel/nmi.asm.",
        "KiTrap02 increments it just before the HAL call. The check itself only reads it.",
      },
      test = function(run, expect) expect.equal(run:read32("KiNMIRecursionCount"), LIMIT, "KiNMIRecursionCount") end,
    },
    {
      id = "hang",
      title = { en = "The ninth NMI ends in an endless loop", zh = "第九个 NMI 进入死循环" },
      points = 20,
      scenario = "storm",
      after = "hal-eight",
      hints = {
        "A bugcheck shows its text through the screen that let the NMIs nest. HLT ends at the next NMI. What is left?",
        "A jump to itself: with IF = 0 and NMI held back nothing can ever change again.",
      },
      test = function(run, expect)
        expect.no_bugcheck(run)
        expect.stop(run, "hang")
        expect.truthy(run.cpu.nmi_blocked, "NMI blocked")
        expect.equal(run.cpu.eflags & 0x200, 0, "EFLAGS.IF")
        expect.equal(run.cpu.tr, NMI_TSS, "TR")
      end,
    },
    {
      id = "debugger-present",
      title = { en = "The debugger is tried once when it is there", zh = "调试器存在时尝试一次" },
      points = 10,
      scenario = "debugger",
      after = "hal-eight",
      hints = {
        "A machine in an endless loop cannot tell anybody why. Who could still look at it?",
        "At the limit: if KdDebuggerNotPresent = 0 and KdDebuggerEnabled is not 0 (both are bytes), "
          .. "call KeEnterKernelDebugger, then loop.",
      },
      test = function(run, expect)
        expect.equal(hal_calls(run), LIMIT, "times the HAL was entered")
        expect.equal(debugger_calls(run), 1, "times the debugger was tried")
        local call = expect.event(run, "execute", { symbol = "KeEnterKernelDebugger" })
        local last = run:last("delivered", { vector = NMI })
        expect.at_least(call.count, last.count, "instruction count of the debugger call (the ninth NMI comes first)")
      end,
    },
    {
      id = "debugger-absent",
      title = { en = "The debugger is not tried when there is none", zh = "没有调试器时不尝试" },
      points = 5,
      scenario = "storm",
      after = "hal-eight",
      hints = { "KdDebuggerNotPresent is 1 and KdDebuggerEnabled is 0 here: do not call KeEnterKernelDebugger." },
      test = no_debugger,
    },
    {
      id = "debugger-not-enabled",
      title = { en = "Present is not enough: the debugger must be enabled", zh = "存在还不够：必须启用" },
      points = 5,
      scenario = "not-enabled",
      after = "debugger-absent",
      hints = { "Two conditions, both needed. Here KdDebuggerNotPresent = 0 but KdDebuggerEnabled = 0." },
      test = no_debugger,
    },
    {
      id = "debugger-not-present",
      title = { en = "Enabled is not enough: the debugger must be present", zh = "启用还不够：必须存在" },
      points = 5,
      scenario = "not-present",
      after = "debugger-absent",
      hints = { "Two conditions, both needed. Here KdDebuggerEnabled = 1 but KdDebuggerNotPresent = 1." },
      test = no_debugger,
    },
    {
      id = "claimed",
      title = { en = "A claimed NMI resumes the interrupted code unharmed", zh = "被认领的 NMI 恢复被中断的代码" },
      points = 5,
      scenario = "claimed",
      hints = { "Your routine is not entered here: nothing nests. Did you change a symbol that KiTrap02 uses?" },
      test = function(run, expect)
        expect.equal(hal_calls(run), 0, "times the HAL was entered")
        expect.truthy(run.saved.after, "a task return from the NMI task")
        expect.same(run.saved.after, run.saved.before, "the registers after the return")
        expect.equal(run.cpu.tr, TSS, "TR")
        expect.equal(run.gdt[NMI_TSS].access, 0x89, "access byte of descriptor 58h (not busy)")
        expect.equal(run.gdt[TSS].access, 0x8B, "access byte of descriptor 28h (busy)")
      end,
    },
    {
      id = "nested-return",
      title = { en = "A nested NMI whose HAL call returns ends in 0x7F(2)", zh = "嵌套 NMI 的 HAL 返回后以 0x7F(2) 结束" },
      points = 15,
      scenario = "nested-return",
      after = "hal-eight",
      hints = {
        "One NMI is nested in the HAL's screen, then the HAL returns. KiTrap02 finds the counter at 1: "
          .. "the first interrupted context is lost.",
        "Leave the counter, ESP and EBP (the trap frame) as you found them and jump to KiNmiCallHal.",
      },
      test = function(run, expect)
        expect.equal(hal_calls(run), 2, "times the HAL was entered")
        expect.bugcheck(run, 0x7F, { 2, 0, 0, 0 })
        expect.equal(run:read32("KiBugCheckTrapFrame"), FRAME, "trap frame passed to KeBugCheck2")
      end,
    },
  },
}
