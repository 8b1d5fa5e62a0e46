/// Offsets in a 16-bit TSS (SDM Vol. 3A 7.6 "16-Bit Task-State Segment (TSS)", Figure 7-10).
enum TaskStateSegment16 {
    static let ip: UInt32 = 0x0E
    static let flags: UInt32 = 0x10
    /// AX to DI in encoding order.
    static let general: UInt32 = 0x12
    /// ES, CS, SS, DS.
    static let selectors: UInt32 = 0x22
    static let ldt: UInt32 = 0x2A
    /// One past the last byte that a task switch writes.
    static let savedEnd: UInt32 = 0x2A
    /// The smallest valid limit (SDM Vol. 3A 6.15 "Interrupt 10", Table 6-6).
    static let leastLimit: UInt32 = 0x2B
}

extension Core {
    /// Saves the low halves of EIP, EFLAGS and the general registers, and four selectors.
    func saveTask16(in window: TaskStateWindow, flags: UInt32) throws(Fault) {
        try writeField(window, TaskStateSegment16.ip, UInt16(truncatingIfNeeded: s.pointee.eip))
        try writeField(window, TaskStateSegment16.flags, UInt16(truncatingIfNeeded: flags))
        for index in 0..<8 {
            let offset = TaskStateSegment16.general + UInt32(index) * 2
            try writeField(window, offset, UInt16(truncatingIfNeeded: s.pointee.general[index]))
        }
        for index: UInt8 in 0..<4 {
            let offset = TaskStateSegment16.selectors + UInt32(index) * 2
            try writeField(window, offset, segment(index).pointee.selector)
        }
    }

    /// Reads what a switch to a 16-bit TSS loads. CR3 stays, FS and GS become null.
    ///
    /// The manual leaves the upper halves of the general registers open; here they become all ones.
    func readTask16(from window: TaskStateWindow) throws(Fault) -> TaskImage {
        var image = TaskImage()
        image.is32Bit = false
        image.eip = UInt32(try readField(window, TaskStateSegment16.ip, UInt16.self))
        image.eflags = UInt32(try readField(window, TaskStateSegment16.flags, UInt16.self))
        for index in 0..<8 {
            let offset = TaskStateSegment16.general + UInt32(index) * 2
            image.general[index] = 0xFFFF_0000 | UInt32(try readField(window, offset, UInt16.self))
        }
        for index in 0..<4 {
            let offset = TaskStateSegment16.selectors + UInt32(index) * 2
            image.selectors[index] = try readField(window, offset, UInt16.self)
        }
        image.ldt = try readField(window, TaskStateSegment16.ldt, UInt16.self)
        return image
    }
}
