extension APITable {
    static let machineFields: [(name: String, type: String, summary: String)] = [
        ("cpu", "traplab.processor", "The first processor."),
        ("cpus", "traplab.processor[]", "Each processor."),
        ("idt", "table<integer, table>", "Gates by vector: type, selector, offset, dpl, present, raw."),
        (
            "gdt", "table<integer, table>",
            "Descriptors by selector: type, base, limit, dpl, present, busy, access, raw."
        ),
        ("tss", "table", "The fields of the current TSS."),
        ("symbols", "table<string, integer>", "Addresses by name; an unknown name is an error."),
        ("saved", "table", "Free for the scenario; checks see it as run.saved."),
        ("count", "integer", "Guest instructions run so far: the virtual time."),
        ("target", "string", "The kernel."),
        ("scenario", "string?", "The scenario's id; nil outside a lesson."),
        ("seed", "integer", "The run's seed."),
        ("stop", "string?", "The name of the last stop reason."),
        ("stop_text", "string?", "The last stop reason in words."),
        ("stop_address", "integer?", "For a hang or a breakpoint: where."),
        ("stop_code", "integer?", "For an exit: the code."),
        ("digest", "string", "The digest of the event log, lower-case hex."),
        ("notes", "string[]", "What m:note kept."),
    ]

    static let runFields: [(name: String, type: String, summary: String)] =
        machineFields.filter { $0.name != "count" && $0.name != "scenario" } + [
            ("instructions", "integer", "Guest instructions run: the virtual time."),
            ("bugcheck", "traplab.event?", "The last bugcheck."),
            ("status", "traplab.event?", "The last dispatched exception."),
        ]

    static let processorFields: [(name: String, type: String, summary: String)] =
        ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip", "eflags", "cr0", "cr2", "cr3", "cr4"].map {
            ($0, "integer", "Can be written.")
        } + ["cpl", "es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"].map { ($0, "integer", "Read only.") } + [
            ("nmi_blocked", "boolean", "An NMI handler has not returned yet."),
            ("nmi_pending", "boolean", "An NMI waits."),
            ("halted", "boolean", "HLT waits for an interrupt."),
            ("depth", "integer", "Deliveries not yet returned from."),
        ]

    static let eventFields: [(name: String, type: String, summary: String)] = [
        (
            "kind", "string",
            "\"deliver\", \"delivered\", \"page_fault\", \"returned\", \"task_switch\", \"execute\", \"port\", \"halt\", \"shutdown\", \"stop\", \"bugcheck\" or \"status\"."
        ),
        ("count", "integer", "Guest instructions run before it."),
        ("cpu", "integer", "The processor, from 1."),
        ("vector", "integer?", "The vector."),
        ("name", "string?", "The vector's name, such as \"#PF\"."),
        (
            "source", "string?",
            "\"fault\", \"trap\", \"abort\", \"interrupt\", \"nmi\", \"int\", \"int3\", \"into\"; of a task switch \"jump\", \"call\", \"iret\", \"gate\"."
        ),
        ("error", "traplab.error?", "The error code, decoded."),
        ("cr2", "integer?", "The faulting linear address of a #PF."),
        ("eip", "integer?", "Where it happened; of a delivery, the EIP that is pushed."),
        ("symbol", "string?", "The nearest symbol of eip; of \"execute\", the name that was given."),
        ("cs", "integer?", "The interrupted code's selector."),
        ("cpl", "integer?", "The privilege level, 0 ... 3."),
        ("eflags", "integer?", "The interrupted code's flags."),
        ("ss", "integer?", "The interrupted code's stack selector."),
        ("esp", "integer?", "The interrupted code's stack pointer."),
        ("instruction", "integer?", "The address of the instruction executed or interrupted."),
        ("gate", "table?", "The IDT's gate: type, selector, offset, dpl, present."),
        ("depth", "integer?", "Deliveries not yet returned from."),
        ("frame", "table?", "The words that will be pushed: ss, esp, eflags, cs, eip, error."),
        ("code", "integer?", "The bugcheck's code or the status."),
        ("parameters", "integer[]?", "The parameters of a bugcheck or a status."),
        (
            "address", "integer?",
            "Of a page fault CR2; of \"execute\" the address; of a status the exception's address."
        ),
        ("user", "boolean?", "Of a status: it happened in user mode."),
        ("first_chance", "boolean?", "Of a status."),
        ("old", "integer?", "Of a task switch: the TSS selector left."),
        ("new", "integer?", "Of a task switch: the TSS selector entered."),
        ("from", "integer?", "Of a return: the EIP left."),
        ("to", "integer?", "Of a return: the EIP returned to."),
        ("task", "boolean?", "Of a return: it was a task return."),
        ("registers", "table?", "Of a recorded \"execute\": eax ... edi, eip, eflags."),
        ("port", "integer?", "The port."),
        ("value", "integer?", "The value read or written."),
        ("bytes", "integer?", "1, 2 or 4."),
        ("write", "boolean?", "True for OUT."),
        ("chain", "integer[]?", "Of a shutdown: the vectors that led to it."),
        ("interrupts_enabled", "boolean?", "Of a halt: EFLAGS.IF."),
        ("reason", "string?", "Of a stop: why the run ended."),
    ]
}
