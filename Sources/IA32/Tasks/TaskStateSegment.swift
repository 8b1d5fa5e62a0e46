/// Offsets in a 32-bit TSS (SDM Vol. 3A 7.2.1 "Task-State Segment (TSS)", Figure 7-2).
enum TaskStateSegment {
    static let backlink: UInt32 = 0x00
    static let cr3: UInt32 = 0x1C
    static let eip: UInt32 = 0x20
    static let eflags: UInt32 = 0x24
    /// EAX to EDI in encoding order.
    static let general: UInt32 = 0x28
    /// ES, CS, SS, DS, FS, GS, a word every four bytes.
    static let selectors: UInt32 = 0x48
    static let ldt: UInt32 = 0x60
    /// Bit 0 is T (SDM Vol. 3A 17.3.1.5 "Task-Switch Exception Condition").
    static let trap: UInt32 = 0x64
    /// One past the last byte that a task switch writes.
    static let savedEnd: UInt32 = 0x60
    /// The smallest valid limit. Table 7-1 prints 108; 7.2.2 and Table 6-6 say 67H, and systems rely on it.
    static let leastLimit: UInt32 = 0x67
}

/// The registers that a task switch loads, as the new TSS gives them.
struct TaskImage {
    var cr3: UInt32 = 0
    var eip: UInt32 = 0
    var eflags: UInt32 = 0
    var general: InlineArray<8, UInt32> = .init(repeating: 0)
    var selectors: InlineArray<6, UInt16> = .init(repeating: 0)
    var ldt: UInt16 = 0
    var hasTrap = false
    /// From a 32-bit TSS, which alone has a CR3, FS, GS and the T bit.
    var is32Bit = true
}

/// A TSS in memory that was probed: accesses to it do not fault.
struct TaskStateWindow {
    var linear: UInt32
    /// Where it lies in the host, if all of it is in one page of plain RAM; otherwise 0.
    var host: UInt
    /// A 32-bit TSS, or one of the 286's layout (`TaskStateSegment16`).
    var is32Bit = true
}

extension Core {
    /// Raises the page faults that a task switch would meet in a TSS, and finds its bytes (SDM Vol. 3A 7.3, step 6).
    ///
    /// `count` bytes are probed, for writing if `isWrite`. Throws #PF.
    func openTaskState(_ linear: UInt32, count: UInt32, isWrite: Bool) throws(Fault) -> TaskStateWindow {
        try probeSystem(linear, count: count, isWrite: isWrite)
        let entry = tlbEntry(linear)
        let tag = isWrite ? entry.pointee.writeTagSupervisor : entry.pointee.readTagSupervisor
        let isOnePage = (linear &+ (count - 1)) & 0xFFFF_F000 == tag && linear & 0xFFFF_F000 == tag
        return TaskStateWindow(linear: linear, host: isOnePage ? entry.pointee.addend &+ UInt(linear) : 0)
    }

    /// Reads a field of a probed TSS.
    @inline(__always) func readField<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ window: TaskStateWindow, _ offset: UInt32, _ type: T.Type
    ) throws(Fault) -> T {
        if window.host != 0 { return HostAddress(value: window.host &+ UInt(offset)).load(T.self) }
        return try readLinear(window.linear &+ offset, T.self, user: false)
    }

    /// Writes a field of a TSS that was probed for writing.
    @inline(__always) func writeField<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ window: TaskStateWindow, _ offset: UInt32, _ value: T
    ) throws(Fault) {
        if window.host != 0 { return HostAddress(value: window.host &+ UInt(offset)).store(value) }
        try writeLinear(window.linear &+ offset, value, user: false)
    }

    /// Saves EIP, EFLAGS, the general registers and six selectors. CR3, LDTR and the inner stacks are not saved
    /// (SDM Vol. 3A 7.2.1, "static fields").
    func saveTask(in window: TaskStateWindow, eflags: UInt32) throws(Fault) {
        guard window.is32Bit else { return try saveTask16(in: window, flags: eflags) }
        try writeField(window, TaskStateSegment.eip, s.pointee.eip)
        try writeField(window, TaskStateSegment.eflags, eflags)
        for index in 0..<8 {
            let offset = TaskStateSegment.general + UInt32(index) * 4
            try writeField(window, offset, s.pointee.general[index])
        }
        for index: UInt8 in 0..<6 {
            let offset = TaskStateSegment.selectors + UInt32(index) * 4
            try writeField(window, offset, segment(index).pointee.selector)
        }
    }

    /// Reads what a task switch loads.
    func readTask(from window: TaskStateWindow) throws(Fault) -> TaskImage {
        guard window.is32Bit else { return try readTask16(from: window) }
        var image = TaskImage()
        image.cr3 = try readField(window, TaskStateSegment.cr3, UInt32.self)
        image.eip = try readField(window, TaskStateSegment.eip, UInt32.self)
        image.eflags = try readField(window, TaskStateSegment.eflags, UInt32.self)
        for index in 0..<8 {
            let offset = TaskStateSegment.general + UInt32(index) * 4
            image.general[index] = try readField(window, offset, UInt32.self)
        }
        for index in 0..<6 {
            let offset = TaskStateSegment.selectors + UInt32(index) * 4
            image.selectors[index] = try readField(window, offset, UInt16.self)
        }
        image.ldt = try readField(window, TaskStateSegment.ldt, UInt16.self)
        image.hasTrap = try readField(window, TaskStateSegment.trap, UInt16.self) & 1 != 0
        return image
    }
}
