// The task switch (SDM Vol. 3A 7.3 "Task Switching"). What each source does to the links (Table 7-2):
//
//                     JMP            CALL, gate       IRET
//   new busy bit      0 -> 1         0 -> 1           stays 1
//   old busy bit      1 -> 0         stays 1          1 -> 0
//   NT of the new     from its TSS   1                from its TSS
//   NT of the old     as it is       as it is         saved as 0
//   link of the new   as it is       old selector     as it is
//
// The old task is saved before the new one is loaded. If both are the same TSS, execution goes on where it was: only
// the link, the busy bit, NT, CR0.TS and DR7 show that something happened.

/// A task switch whose checks have passed: where everything lies.
private struct TaskSwitchPlan {
    var source: TaskSwitchSource
    var oldSelector: UInt16
    var newSelector: UInt16
    var entry: Descriptor
    var newEntryAddress: UInt32
    /// 0 if the old descriptor's busy bit stays.
    var oldEntryAddress: UInt32
    var old: TaskStateWindow
    var new: TaskStateWindow
    /// EFLAGS as saved in the old TSS.
    var savedFlags: UInt32

    /// CALL, interrupts and exceptions nest the new task in the old one.
    var isNesting: Bool { source == .call || source == .gate }
}

extension Core {
    /// The TSS descriptor that a task gate, JMP or CALL names: in the GDT, available, present.
    ///
    /// Throws #GP or #NP with the selector and EXT, or #PF. SDM Vol. 3A 7.3, Table 7-1.
    func taskDescriptor(_ selector: Selector) throws(Fault) -> (entry: Descriptor, address: UInt32) {
        let code = selector.errorCode | s.pointee.externalEvent
        // SDM Vol. 3A 7.2.5 "Task-Gate Descriptor": the selector must be global; index 0 is no descriptor.
        guard !selector.isLocal, !selector.isNull, let address = descriptorAddress(selector) else {
            throw Fault.protection(code)
        }
        let entry = try readDescriptor(at: address)
        let isAvailable = entry.type == SystemType.availableTSS32 || entry.type == SystemType.availableTSS16
        // SDM Vol. 3A 7.2.2 "TSS Descriptor": a busy task is not entered again.
        guard !entry.isCodeOrData, isAvailable else { throw Fault.protection(code) }
        // SDM Vol. 3A 6.15 "Interrupt 11".
        guard entry.isPresent else { throw Fault.notPresent(code) }
        return (entry, address)
    }

    /// Switches to the task of a TSS descriptor whose type, privilege and presence the caller has checked.
    ///
    /// `eip` is what the old task resumes at, `savedFlags` its EFLAGS image (EFLAGS if nil); an error code is pushed on
    /// the new task's stack. Throws #TS or #PF with nothing changed, or, past the point of no return, #TS, #NP, #SS,
    /// #GP or #PF that belong to the new task: `eip` and `instructionEIP` are then the new task's.
    func switchTask(
        to selector: Selector, entry: Descriptor, at address: UInt32, source: TaskSwitchSource, errorCode: UInt32?,
        savedFlags: UInt32? = nil
    ) throws(Fault) {
        let oldCS = segment(.cs).pointee.selector
        let oldEIP = s.pointee.eip
        reportTaskSwitch(segment(.tr).pointee.selector, selector.value, source, isDone: false)
        let plan = try planTaskSwitch(to: selector, entry: entry, at: address, source: source, flags: savedFlags)
        try leaveOldTask(plan)
        let image = try readTask(from: plan.new)
        // Point of no return: faults belong to the new task (SDM Vol. 3A 7.3, step 12 and the text after it).
        enterNewTask(plan, image)
        recordTaskSwitch(plan, oldCS: oldCS, oldEIP: oldEIP)
        try loadTaskPagePointers()
        try loadTaskSegments(image)
        try finishTaskSwitch(image, errorCode: errorCode)
        reportTaskSwitch(plan.oldSelector, plan.newSelector, source, isDone: true)
    }

    // MARK: Checks

    /// Limits and pages of both TSSs and their descriptors, before anything is written.
    private func planTaskSwitch(
        to selector: Selector, entry: Descriptor, at address: UInt32, source: TaskSwitchSource, flags: UInt32?
    ) throws(Fault) -> TaskSwitchPlan {
        let tr = segment(.tr).pointee
        try checkTaskLimits(old: tr, new: selector, entry)
        let isNesting = source == .call || source == .gate
        try probeSystem(address, count: 8, isWrite: source != .interruptReturn)
        var oldEntryAddress: UInt32 = 0
        if !isNesting, tr.selector & 0xFFFC != 0, let oldAddress = descriptorAddress(Selector(tr.selector)) {
            try probeSystem(oldAddress, count: 8, isWrite: true)
            oldEntryAddress = oldAddress
        }
        if isNesting { try probeSystem(entry.base, count: 2, isWrite: true) }
        let is32Bit = entry.type & 8 != 0
        let count = (is32Bit ? TaskStateSegment.leastLimit : TaskStateSegment16.leastLimit) + 1
        var new = try openTaskState(entry.base, count: count, isWrite: false)
        new.is32Bit = is32Bit
        let old = try openSavedTask(tr)
        var savedFlags = flags ?? eflags
        if source == .interruptReturn { savedFlags &= ~EFLAGS.nestedTask }
        return TaskSwitchPlan(
            source: source, oldSelector: tr.selector, newSelector: selector.value, entry: entry,
            newEntryAddress: address, oldEntryAddress: oldEntryAddress, old: old, new: new, savedFlags: savedFlags)
    }

    private func checkTaskLimits(old: SegmentRegister, new: Selector, _ entry: Descriptor) throws(Fault) {
        let is32Bit = entry.type & 8 != 0
        let least = is32Bit ? TaskStateSegment.leastLimit : TaskStateSegment16.leastLimit
        // SDM Vol. 3A 6.15 "Interrupt 10", Table 6-6: the new TSS is too small.
        guard entry.limit >= least else { throw Fault.invalidTSS(new.errorCode | s.pointee.externalEvent) }
        // The old one must hold what is saved.
        let savedEnd = old.type & 8 != 0 ? TaskStateSegment.savedEnd : TaskStateSegment16.savedEnd
        guard old.limit >= savedEnd - 1 else {
            throw Fault.invalidTSS(UInt32(old.selector & 0xFFFC) | s.pointee.externalEvent)
        }
    }

    /// The old TSS: its host address only if the saved fields lie in one page of plain RAM.
    private func openSavedTask(_ old: SegmentRegister) throws(Fault) -> TaskStateWindow {
        let is32Bit = old.type & 8 != 0
        let first = is32Bit ? TaskStateSegment.eip : TaskStateSegment16.ip
        let end = is32Bit ? TaskStateSegment.savedEnd : TaskStateSegment16.savedEnd
        var window = try openTaskState(old.base &+ first, count: end - first, isWrite: true)
        window.linear = old.base
        if window.host != 0 { window.host &-= UInt(first) }
        window.is32Bit = is32Bit
        return window
    }

    // MARK: Switch

    /// Busy bit and state of the old task, link and busy bit of the new one. Cannot fault: all of it was probed.
    private func leaveOldTask(_ plan: TaskSwitchPlan) throws(Fault) {
        if plan.oldEntryAddress != 0 {
            let access = try readSystem(plan.oldEntryAddress &+ 5, UInt8.self)
            try writeSystem(plan.oldEntryAddress &+ 5, access & ~2)
        }
        try saveTask(in: plan.old, eflags: plan.savedFlags)
        if plan.isNesting { try writeSystem(plan.new.linear &+ TaskStateSegment.backlink, plan.oldSelector) }
        if plan.source != .interruptReturn {
            let access = UInt8(truncatingIfNeeded: plan.entry.high >> 8)
            try writeSystem(plan.newEntryAddress &+ 5, access | 2)
        }
    }

    /// TR, CR0.TS, CR3, EFLAGS, EIP, the general registers and the selectors without their hidden parts.
    private func enterNewTask(_ plan: TaskSwitchPlan, _ image: TaskImage) {
        var entry = plan.entry
        entry.high |= 0x200
        setSegment(.tr, SegmentRegister(selector: plan.newSelector, descriptor: entry))
        s.pointee.cr0 |= CR0.taskSwitched
        if s.pointee.cr0 & CR0.paging != 0, image.is32Bit {
            s.pointee.cr3 = image.cr3
            flushTLB()
        }
        setEFLAGS(image.eflags | (plan.isNesting ? EFLAGS.nestedTask : 0), mask: EFLAGS.defined)
        s.pointee.general = image.general
        s.pointee.eip = image.eip
        s.pointee.instructionEIP = image.eip
        for index: UInt8 in 0..<6 { segment(index).pointee = .null(image.selectors[Int(index)]) }
        segment(.ldtr).pointee = .null(image.ldt)
        // SDM Vol. 3A 17.2.4 "Debug Control Register (DR7)": L0 to L3 and LE are per task.
        clearLocalBreakpoints()
    }

    /// The error code, EIP against the limit, the T bit.
    private func finishTaskSwitch(_ image: TaskImage, errorCode: UInt32?) throws(Fault) {
        if let errorCode {
            // SDM Vol. 3A 6.13 "Error Code": the size of the push follows the new TSS.
            let width: UInt32 = image.is32Bit ? 4 : 2
            var stack = currentStack()
            try requireRoom(stack, bytes: width, itemBytes: width)
            try push(errorCode, on: &stack, is32: image.is32Bit)
            s.pointee.general[4] = stack.pointer
        }
        // SDM Vol. 3A 6.15 "Interrupt 13": the new EIP is beyond the code segment's limit.
        guard image.eip <= segment(.cs).pointee.limit else { throw Fault.protection(s.pointee.externalEvent) }
        if image.hasTrap {
            // SDM Vol. 3A 17.3.1.5 "Task-Switch Exception Condition": a trap before the first instruction, DR6.BT.
            raiseDebugTrap(DR6.taskSwitch)
        }
    }

    // MARK: Reports

    private func recordTaskSwitch(_ plan: TaskSwitchPlan, oldCS: UInt16, oldEIP: UInt32) {
        appendEvent(
            EventRecord(
                kind: .taskSwitch, instruction: instructionCount, vector: plan.source.rawValue,
                detail: UInt32(plan.oldSelector) | UInt32(plan.newSelector) << 16, eip: oldEIP, cs: oldCS,
                newCS: segment(.cs).pointee.selector, value: s.pointee.eip))
    }

    private func reportTaskSwitch(_ old: UInt16, _ new: UInt16, _ source: TaskSwitchSource, isDone: Bool) {
        guard s.pointee.hooks.contains(.taskSwitch) else { return }
        let event = TaskSwitchEvent(
            oldSelector: old, newSelector: new, source: source, eip: s.pointee.eip,
            instructionCount: instructionCount)
        if isDone { host?.didSwitchTask(event) } else { host?.willSwitchTask(event) }
    }
}
