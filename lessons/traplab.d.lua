---@meta traplab
-- The Lua API of lessons and plugins, version 1. Generated from the program's own table: do not edit.

---@class traplab.error
---@field value integer The code as pushed.
---@field words string In words.
---@field present boolean?
---@field write boolean?
---@field user boolean?
---@field reserved boolean?
---@field fetch boolean?
---@field external boolean?
---@field idt boolean?
---@field ti boolean?
---@field index integer?
---@field selector integer?

---@class traplab.walk
---@field present boolean
---@field writable boolean
---@field user boolean
---@field accessed boolean
---@field dirty boolean
---@field large boolean
---@field physical integer?
---@field pde integer?
---@field pde_address integer?
---@field pte integer?
---@field pte_address integer?

--- The module: local lab <const> = require "traplab".
---@class traplab
---@field api integer Version of this API: 1.
local traplab = {}

--- Declares a lesson; return it from lesson.lua.
---@param fields table
---@return table
function traplab.lesson(fields) end

--- Declares a plugin; return it from plugin.lua.
---@param fields table
---@return table
function traplab.plugin(fields) end

--- Ring-3 assembly for the guest, NASM syntax; it is assembled before the run, in a confined process.
---@param text string
---@return table
function traplab.asm(text) end

--- The machine of one scenario.
---@class traplab.machine
---@field cpu traplab.processor The first processor.
---@field cpus traplab.processor[] Each processor.
---@field idt table<integer, table> Gates by vector: type, selector, offset, dpl, present, raw.
---@field gdt table<integer, table> Descriptors by selector: type, base, limit, dpl, present, busy, access, raw.
---@field tss table The fields of the current TSS.
---@field symbols table<string, integer> Addresses by name; an unknown name is an error.
---@field saved table Free for the scenario; checks see it as run.saved.
---@field count integer Guest instructions run so far: the virtual time.
---@field target string The kernel.
---@field scenario string? The scenario's id; nil outside a lesson.
---@field seed integer The run's seed.
---@field stop string? The name of the last stop reason.
---@field stop_text string? The last stop reason in words.
---@field stop_address integer? For a hang or a breakpoint: where.
---@field stop_code integer? For an exit: the code.
---@field digest string The digest of the event log, lower-case hex.
---@field notes string[] What m:note kept.
local machine = {}

--- Reads a byte of linear memory; an unmapped address is an error.
---@param address integer|string
---@return integer
function machine:read8(address) end

--- Reads a little-endian word of linear memory; an unmapped address is an error.
---@param address integer|string
---@return integer
function machine:read16(address) end

--- Reads a little-endian dword of linear memory; an unmapped address is an error.
---@param address integer|string
---@return integer
function machine:read32(address) end

--- Reads a byte of physical memory; all ones where there is no RAM.
---@param address integer|string
---@return integer
function machine:read8_physical(address) end

--- Reads a word of physical memory; all ones where there is no RAM.
---@param address integer|string
---@return integer
function machine:read16_physical(address) end

--- Reads a dword of physical memory; all ones where there is no RAM.
---@param address integer|string
---@return integer
function machine:read32_physical(address) end

--- Reads bytes of linear memory as a string, at most 16 MiB; an unmapped address is an error.
---@param address integer|string
---@param count integer
---@return string
function machine:read(address, count) end

--- Reads bytes of physical memory as a string, at most 16 MiB.
---@param address integer|string
---@param count integer
---@return string
function machine:read_physical(address, count) end

--- What the page tables say about a linear address: no fault, no accessed bit set.
---@param address integer|string
---@return traplab.walk
function machine:walk(address) end

--- The fields of a 32-bit TSS at a linear address; an unmapped address is an error.
---@param address integer|string
---@return table
function machine:tss_at(address) end

--- The nearest symbol at or below an address, such as "KiTrap0E+12".
---@param address integer|string
---@return string?
function machine:symbol_at(address) end

--- A list of { address, length, text }, one instruction by default.
---@param address integer|string
---@param count? integer
---@return table[]
function machine:disassemble(address, count) end

--- Calls fn(e) at each event that passes the filter (a table of e's fields).
---@param event string
---@param filter? any
---@param fn? any
---@return traplab.token
function machine:on(event, filter, fn) end

--- Records an "execute" event each time one of these addresses is reached.
---@param ... any
function machine:watch(...) end

--- Writes a byte of linear memory, read-only or not; an unmapped address is an error.
---@param address integer|string
---@param value integer
function machine:write8(address, value) end

--- Writes a word of linear memory, read-only or not; an unmapped address is an error.
---@param address integer|string
---@param value integer
function machine:write16(address, value) end

--- Writes a dword of linear memory, read-only or not; an unmapped address is an error.
---@param address integer|string
---@param value integer
function machine:write32(address, value) end

--- Writes a byte of physical memory.
---@param address integer|string
---@param value integer
function machine:write8_physical(address, value) end

--- Writes a word of physical memory.
---@param address integer|string
---@param value integer
function machine:write16_physical(address, value) end

--- Writes a dword of physical memory.
---@param address integer|string
---@param value integer
function machine:write32_physical(address, value) end

--- Writes bytes of linear memory; an unmapped address is an error.
---@param address integer|string
---@param bytes string
function machine:write(address, bytes) end

--- Writes bytes of physical memory.
---@param address integer|string
---@param bytes string
function machine:write_physical(address, bytes) end

--- Raises an edge on the NMI pin.
function machine:nmi() end

--- Raises an edge on an interrupt line, 0 ... 15.
---@param line integer
function machine:irq(line) end

--- Runs { instructions = n } guest instructions, 10,000,000 by default; returns the name of the stop reason. Not inside a hook.
---@param options? table
---@return string
function machine:run(options) end

--- Runs count instructions, one by default; returns the name of the stop reason. Not inside a hook.
---@param count? integer
---@return string
function machine:step(count) end

--- Keeps the state of the machine for m:restore. Not inside a hook.
---@return table
function machine:snapshot() end

--- Goes back to a snapshot, recorded events too. Not inside a hook.
---@param snapshot table
function machine:restore(snapshot) end

--- Keeps a line in the result; further arguments are put in with string.format.
---@param text string
---@param ... any
function machine:note(text, ...) end

--- The registers of a processor.
---@class traplab.processor
---@field eax integer Can be written.
---@field ecx integer Can be written.
---@field edx integer Can be written.
---@field ebx integer Can be written.
---@field esp integer Can be written.
---@field ebp integer Can be written.
---@field esi integer Can be written.
---@field edi integer Can be written.
---@field eip integer Can be written.
---@field eflags integer Can be written.
---@field cr0 integer Can be written.
---@field cr2 integer Can be written.
---@field cr3 integer Can be written.
---@field cr4 integer Can be written.
---@field cpl integer Read only.
---@field es integer Read only.
---@field cs integer Read only.
---@field ss integer Read only.
---@field ds integer Read only.
---@field fs integer Read only.
---@field gs integer Read only.
---@field ldtr integer Read only.
---@field tr integer Read only.
---@field nmi_blocked boolean An NMI handler has not returned yet.
---@field nmi_pending boolean An NMI waits.
---@field halted boolean HLT waits for an interrupt.
---@field depth integer Deliveries not yet returned from.
local processor = {}

--- A fast function that reads one register.
---@param name string
---@return fun(): integer
function processor:reader(name) end

--- The cached part of a segment register: selector, base, limit, type, dpl, present, big, null.
---@param name string
---@return table
function processor:segment(name) end

--- One event; fields that do not apply are nil.
---@class traplab.event
---@field kind string "deliver", "delivered", "page_fault", "returned", "task_switch", "execute", "port", "halt", "shutdown", "stop", "bugcheck" or "status".
---@field count integer Guest instructions run before it.
---@field cpu integer The processor, from 1.
---@field vector integer? The vector.
---@field name string? The vector's name, such as "#PF".
---@field source string? "fault", "trap", "abort", "interrupt", "nmi", "int", "int3", "into"; of a task switch "jump", "call", "iret", "gate".
---@field error traplab.error? The error code, decoded.
---@field cr2 integer? The faulting linear address of a #PF.
---@field eip integer? Where it happened; of a delivery, the EIP that is pushed.
---@field symbol string? The nearest symbol of eip; of "execute", the name that was given.
---@field cs integer? The interrupted code's selector.
---@field cpl integer? The privilege level, 0 ... 3.
---@field eflags integer? The interrupted code's flags.
---@field ss integer? The interrupted code's stack selector.
---@field esp integer? The interrupted code's stack pointer.
---@field instruction integer? The address of the instruction executed or interrupted.
---@field gate table? The IDT's gate: type, selector, offset, dpl, present.
---@field depth integer? Deliveries not yet returned from.
---@field frame table? The words that will be pushed: ss, esp, eflags, cs, eip, error.
---@field code integer? The bugcheck's code or the status.
---@field parameters integer[]? The parameters of a bugcheck or a status.
---@field address integer? Of a page fault CR2; of "execute" the address; of a status the exception's address.
---@field user boolean? Of a status: it happened in user mode.
---@field first_chance boolean? Of a status.
---@field old integer? Of a task switch: the TSS selector left.
---@field new integer? Of a task switch: the TSS selector entered.
---@field from integer? Of a return: the EIP left.
---@field to integer? Of a return: the EIP returned to.
---@field task boolean? Of a return: it was a task return.
---@field registers table? Of a recorded "execute": eax ... edi, eip, eflags.
---@field port integer? The port.
---@field value integer? The value read or written.
---@field bytes integer? 1, 2 or 4.
---@field write boolean? True for OUT.
---@field chain integer[]? Of a shutdown: the vectors that led to it.
---@field interrupts_enabled boolean? Of a halt: EFLAGS.IF.
---@field reason string? Of a stop: why the run ended.
local event = {}

--- In a "deliver" hook: nothing is delivered, execution goes on at EIP.
function event:suppress() end

--- Ends the run with stop reason "hook"; m:run may be called again.
---@param reason? string
function event:stop(reason) end

--- In a "deliver" hook: alters { vector =, error =, cr2 = } of the delivery.
---@param values table
function event:set(values) end

--- A listener that m:on installed.
---@class traplab.token
local token = {}

--- Removes the listener; a second call does nothing.
function token:remove() end

--- A finished scenario, as a check sees it.
---@class traplab.run
---@field cpu traplab.processor The first processor.
---@field cpus traplab.processor[] Each processor.
---@field idt table<integer, table> Gates by vector: type, selector, offset, dpl, present, raw.
---@field gdt table<integer, table> Descriptors by selector: type, base, limit, dpl, present, busy, access, raw.
---@field tss table The fields of the current TSS.
---@field symbols table<string, integer> Addresses by name; an unknown name is an error.
---@field saved table Free for the scenario; checks see it as run.saved.
---@field target string The kernel.
---@field seed integer The run's seed.
---@field stop string? The name of the last stop reason.
---@field stop_text string? The last stop reason in words.
---@field stop_address integer? For a hang or a breakpoint: where.
---@field stop_code integer? For an exit: the code.
---@field digest string The digest of the event log, lower-case hex.
---@field notes string[] What m:note kept.
---@field instructions integer Guest instructions run: the virtual time.
---@field bugcheck traplab.event? The last bugcheck.
---@field status traplab.event? The last dispatched exception.
local run = {}

--- Reads a byte of linear memory; an unmapped address is an error.
---@param address integer|string
---@return integer
function run:read8(address) end

--- Reads a little-endian word of linear memory; an unmapped address is an error.
---@param address integer|string
---@return integer
function run:read16(address) end

--- Reads a little-endian dword of linear memory; an unmapped address is an error.
---@param address integer|string
---@return integer
function run:read32(address) end

--- Reads a byte of physical memory; all ones where there is no RAM.
---@param address integer|string
---@return integer
function run:read8_physical(address) end

--- Reads a word of physical memory; all ones where there is no RAM.
---@param address integer|string
---@return integer
function run:read16_physical(address) end

--- Reads a dword of physical memory; all ones where there is no RAM.
---@param address integer|string
---@return integer
function run:read32_physical(address) end

--- Reads bytes of linear memory as a string, at most 16 MiB; an unmapped address is an error.
---@param address integer|string
---@param count integer
---@return string
function run:read(address, count) end

--- Reads bytes of physical memory as a string, at most 16 MiB.
---@param address integer|string
---@param count integer
---@return string
function run:read_physical(address, count) end

--- What the page tables say about a linear address: no fault, no accessed bit set.
---@param address integer|string
---@return traplab.walk
function run:walk(address) end

--- The fields of a 32-bit TSS at a linear address; an unmapped address is an error.
---@param address integer|string
---@return table
function run:tss_at(address) end

--- The nearest symbol at or below an address, such as "KiTrap0E+12".
---@param address integer|string
---@return string?
function run:symbol_at(address) end

--- A list of { address, length, text }, one instruction by default.
---@param address integer|string
---@param count? integer
---@return table[]
function run:disassemble(address, count) end

--- The first recorded event of a kind that passes the filter.
---@param kind string
---@param filter? table
---@return traplab.event?
function run:first(kind, filter) end

--- The last recorded event of a kind that passes the filter.
---@param kind string
---@param filter? table
---@return traplab.event?
function run:last(kind, filter) end

--- All recorded events of a kind that pass the filter, in order.
---@param kind string
---@param filter? table
---@return traplab.event[]
function run:all(kind, filter) end

--- How many recorded events of a kind pass the filter.
---@param kind string
---@param filter? table
---@return integer
function run:count(kind, filter) end

--- The run of another scenario of this attempt.
---@param id string
---@return traplab.run
function run:scenario(id) end

--- Expectations of a check; a failure names what was expected, what was found and the events that led there.
---@class traplab.expect
local expect = {}

--- Both values are the same.
---@param actual? any
---@param expected? any
---@param what? string
function expect.equal(actual, expected, what) end

--- Both tables have the same fields.
---@param actual? any
---@param expected? any
---@param what? string
function expect.same(actual, expected, what) end

--- The value is neither nil nor false.
---@param value? any
---@param what? string
function expect.truthy(value, what) end

--- The number is not above the bound.
---@param actual number
---@param bound number
---@param what? string
function expect.at_most(actual, bound, what) end

--- The number is not below the bound.
---@param actual number
---@param bound number
---@param what? string
function expect.at_least(actual, bound, what) end

--- The last dispatched exception has this status and begins with these parameters.
---@param run traplab.run|traplab.machine
---@param code integer
---@param parameters? table
---@return traplab.event
function expect.status(run, code, parameters) end

--- The last bugcheck has this code and begins with these parameters.
---@param run traplab.run|traplab.machine
---@param code integer
---@param parameters? table
---@return traplab.event
function expect.bugcheck(run, code, parameters) end

--- No exception was dispatched.
---@param run traplab.run|traplab.machine
function expect.no_status(run) end

--- There was no bugcheck.
---@param run traplab.run|traplab.machine
function expect.no_bugcheck(run) end

--- The run ended with this stop reason.
---@param run traplab.run|traplab.machine
---@param name string
function expect.stop(run, name) end

--- There was such an event; returns the first.
---@param run traplab.run|traplab.machine
---@param kind string
---@param filter? table
---@return traplab.event
function expect.event(run, kind, filter) end

--- The event has this error code; a failure says both in words.
---@param event traplab.event
---@param value integer
function expect.error_code(event, value) end

--- The registers of a run, or of a table, have these values.
---@param source table
---@param values table
---@param what? string
function expect.registers(source, values, what) end

--- Linear memory holds these bytes (a string) or dwords (a list).
---@param run traplab.run|traplab.machine
---@param address integer|string
---@param wanted any
---@param what? string
function expect.memory(run, address, wanted, what) end

--- Fails the check.
---@param message string
function expect.fail(message) end

return traplab
