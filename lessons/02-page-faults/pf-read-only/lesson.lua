-- pf-read-only: ring 3 writes where the PTE does not allow it. Three PTEs, three answers.
local lab <const> = require "traplab"

local PAGE_FAULT <const> = 14
local ACCESS_VIOLATION <const> = 0xC0000005
local COPY_ON_WRITE <const> = 0x112
local DEMAND_ZERO <const> = 0x111
local VALID <const>, WRITE <const>, OWNER <const>, ACCESSED <const>, COPY_BIT <const> = 0x1, 0x2, 0x4, 0x20, 0x200
local FRAME <const> = 0xFFFFF000
local OFFSET <const> = 0x124 -- of the written dword in its page
local VALUE <const> = 0x31415926
local DONE <const> = 0x600D -- exit status of a thread whose write completed

local function pte_address(linear) return 0xC0000000 + (linear >> 12) * 4 end

local guest <const> = lab.asm [[
UserMain:
        mov     ebx, USER_RO_PAGE + 124h
        jmp     UserWrite
UserCopyOnWrite:
        mov     ebx, USER_COW_PAGE + 124h
        jmp     UserWrite
UserDemandZero:
        mov     ebx, USER_DEMAND_ZERO_PAGE + 124h
        jmp     UserWrite
UserWrite:
        mov     eax, 31415926h
UserStore:
        mov     [ebx], eax              ; faults
        mov     ecx, [ebx]              ; what did the write leave there?
        cmp     ecx, eax
        mov     edx, 0BADh
        jne     UserEnd
        mov     edx, 600Dh
UserEnd:
        mov     eax, SERVICE_END_THREAD
        int     2Eh
]]

-- Runs one write of ring 3 and keeps what a check wants to compare: the PTE before, the frame that the processor
-- pushed for the first #PF, the first answers of MmAccessFault.
local function write_to(page, entry, before)
  return function(m)
    local pte = pte_address(m.symbols[page])
    m:write32("KiLessonUserEntry", m.symbols[entry])
    m.saved.pte = m:read32(pte)
    m.saved.answers = {}
    m:on("execute", { symbol = "MmAccessFaultReturn" }, function()
      local answers = m.saved.answers
      if #answers < 4 then answers[#answers + 1] = m.cpu.eax end
    end)
    m:on("delivered", { vector = PAGE_FAULT }, function()
      local esp = m.cpu.esp
      m.saved.frame = m.saved.frame
        or { error = m:read32(esp), eip = m:read32(esp + 4), cs = m:read32(esp + 8), esp = m:read32(esp + 16) }
    end)
    if before then before(m, pte) end
    m:run { instructions = 200000 }
  end
end

-- Somebody else grants the write after the fault was raised and before the kernel looks.
local function grant_first(m, pte)
  local granted = false
  m:on("delivered", { vector = PAGE_FAULT }, function()
    if not granted then
      granted = true
      m:write32(pte, m:read32(pte) | WRITE)
    end
  end)
end

-- The write faulted once, was answered with `status`, and then completed.
local function expect_completed(run, expect, page, error, status)
  expect.no_bugcheck(run)
  expect.no_status(run)
  expect.equal(run:count("delivered", { vector = PAGE_FAULT }), 1, "page faults")
  expect.error_code(expect.event(run, "delivered", { vector = PAGE_FAULT }), error)
  expect.equal(run.saved.answers[1], status, "status of MmAccessFault")
  expect.equal(run:read32("KiThreadExitStatus"), DONE, "exit status of the thread (0x600D: its write is there)")
  expect.stop(run, "halted")
  expect.equal(run:read32(run.symbols[page] + OFFSET), VALUE, "the dword that ring 3 wrote")
end

return lab.lesson {
  api = 1,
  id = "pf-read-only",
  title = { en = "A write to a read-only page", zh = "写入只读页" },
  summary = {
    en = "Complete the page fault decision: refuse the write, copy the page, or bring in a page of zeros.",
    zh = "完成缺页处理的判断：拒绝写入、复制页面，或提供清零页。",
  },
  targets = { "wrk-up" },
  machine = { memory = "16M", instructions = 1e6 },
  exercise = { files = { "page_fault.asm" } },
  guest = guest,

  scenarios = {
    { id = "read-only", run = write_to("USER_RO_PAGE", "UserMain") },
    { id = "copy-on-write", run = write_to("USER_COW_PAGE", "UserCopyOnWrite") },
    { id = "demand-zero", run = write_to("USER_DEMAND_ZERO_PAGE", "UserDemandZero") },
    { id = "already-resolved", run = write_to("USER_RO_PAGE", "UserMain", grant_first) },
  },

  checks = {
    {
      id = "delivered",
      title = { en = "The processor reports the fault: #PF, error code 7, CR2", zh = "处理器报告：#PF、错误码 7、CR2" },
      points = 10,
      scenario = "read-only",
      hints = { "The processor's part. Bit 0: the page is present. Bit 1: a write. Bit 2: from ring 3." },
      test = function(run, expect)
        local e = expect.event(run, "delivered", { vector = PAGE_FAULT })
        expect.error_code(e, 7)
        expect.equal(e.cr2, run.symbols.USER_RO_PAGE + OFFSET, "CR2")
        local frame = run.saved.frame
        expect.equal(frame.error, 7, "error code on the kernel stack")
        expect.equal(frame.eip, run.symbols.UserStore, "EIP on the kernel stack (a fault restarts its instruction)")
        expect.equal(frame.cs, 0x1B, "CS on the kernel stack")
        expect.equal(frame.esp, run.symbols.USER_STACK_BASE, "ESP of ring 3 on the kernel stack")
      end,
    },
    {
      id = "status",
      title = { en = "The thread gets 0xC0000005 (1, CR2)", zh = "线程得到 0xC0000005 (1, CR2)" },
      points = 30,
      scenario = "read-only",
      after = "delivered",
      hints = {
        "If the answer is success, the instruction runs again, and faults again. Which answer ends that?",
        "The PTE is valid (bit 0), the access is a write (error code bit 1), and the PTE allows no write (bit 1): "
          .. "STATUS_ACCESS_VIOLATION.",
        "test eax, PTE_WRITE / jnz resolved / mov eax, STATUS_ACCESS_VIOLATION / ret",
      },
      test = function(run, expect)
        expect.no_bugcheck(run)
        expect.status(run, ACCESS_VIOLATION, { 1, run.symbols.USER_RO_PAGE + OFFSET })
        expect.equal(run.status.address, run.symbols.UserStore, "exception address")
        expect.equal(run:count("status"), 1, "exceptions dispatched")
      end,
    },
    {
      id = "pte-unchanged",
      title = { en = "The PTE and the page are unchanged", zh = "PTE 与页面内容不变" },
      points = 15,
      scenario = "read-only",
      after = "status",
      hints = { "A refused access leaves no trace: do not touch the PTE before you know that the access is allowed." },
      test = function(run, expect)
        local pte = run:read32(pte_address(run.symbols.USER_RO_PAGE))
        -- whether a refused access sets A is up to the processor
        expect.equal(pte & ~ACCESSED, run.saved.pte & ~ACCESSED, "PTE")
        expect.equal(run:read32_physical((pte & FRAME) + OFFSET), 0x52525252, "the dword in the page")
      end,
    },
    {
      id = "copy-on-write",
      title = { en = "A copy-on-write page is copied, and the write completes", zh = "写时复制页被复制，写入完成" },
      points = 20,
      scenario = "copy-on-write",
      hints = {
        "To the processor it is the same fault: valid, read-only, error code 7. Which PTE bit did it ignore?",
        "Test PTE_COPY_ON_WRITE (bit 9, software's) before PTE_WRITE. MiCopyOnWrite does the rest.",
      },
      test = function(run, expect)
        local page = run.symbols.USER_COW_PAGE
        expect_completed(run, expect, "USER_COW_PAGE", 7, COPY_ON_WRITE)
        local old, new = run.saved.pte, run:read32(pte_address(page))
        expect.truthy(new & FRAME ~= old & FRAME, "a new page frame in the PTE")
        local bits = VALID | WRITE | OWNER | COPY_BIT
        expect.equal(new & bits, VALID | WRITE | OWNER, "PTE bits V, Write, Owner, CopyOnWrite")
        expect.equal(run:read32(page), 0x43434343, "a dword of the copy that was not written")
        expect.equal(run:read32_physical((old & FRAME) + OFFSET), 0x43434343, "the dword in the original page")
      end,
    },
    {
      id = "demand-zero",
      title = { en = "A demand-zero page arrives, and the write completes", zh = "请求清零页就位，写入完成" },
      points = 15,
      scenario = "demand-zero",
      hints = {
        "Error code 6: the page is not present. Does your code look at the other bits of a PTE that is not valid?",
        "Test PTE_VALID first. A PTE of exactly 0x80 (PTE_DEMAND_ZERO_RW) goes to MiDemandZero, "
          .. "every other one that is not valid to MiResolveInvalidPte.",
      },
      test = function(run, expect)
        local page = run.symbols.USER_DEMAND_ZERO_PAGE
        expect_completed(run, expect, "USER_DEMAND_ZERO_PAGE", 6, DEMAND_ZERO)
        expect.equal(run:read32(page), 0, "a dword of the new page that was not written")
        local bits = VALID | WRITE | OWNER
        expect.equal(run:read32(pte_address(page)) & bits, bits, "PTE bits V, Write, Owner")
      end,
    },
    {
      id = "already-resolved",
      title = { en = "A fault that somebody else resolved is a success", zh = "已被他人解决的缺页返回成功" },
      points = 10,
      scenario = "already-resolved",
      after = "status",
      hints = {
        "The error code tells what the processor saw. The PTE tells what is true now. They may differ.",
        "A write to a valid PTE that has PTE_WRITE set: return STATUS_SUCCESS and let the instruction run again.",
      },
      test = function(run, expect)
        expect_completed(run, expect, "USER_RO_PAGE", 7, 0)
        local new = run:read32(pte_address(run.symbols.USER_RO_PAGE))
        expect.equal(new & FRAME, run.saved.pte & FRAME, "page frame in the PTE")
      end,
    },
  },
}
