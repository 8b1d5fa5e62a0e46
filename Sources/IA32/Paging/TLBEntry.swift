/// One entry of the translation look-aside buffer: what the page tables said when it was filled, and the tags that
/// let most accesses skip everything.
///
/// The tags are linear page addresses, or 1 (which no page address equals); they may be dropped at any time without
/// a guest noticing. `linearPage` and `frame` are the architectural entry: they stay until INVLPG, a CR3 load or a
/// task switch, however the page tables change (SDM Vol. 3A 4.10.2.3 "Details of TLB Use").
struct TLBEntry: Sendable {
    static let count = 1024
    static let noTag: UInt32 = 1

    var readTagSupervisor: UInt32 = noTag
    var readTagUser: UInt32 = noTag
    var writeTagSupervisor: UInt32 = noTag
    var writeTagUser: UInt32 = noTag
    /// Host address of the page minus its linear address.
    var addend: UInt = 0
    /// The linear page, or `noTag` for an empty entry.
    var linearPage: UInt32 = noTag
    /// Bits 12-31 of the page frame address in place, bits 32-35 in 8-11, and `Flags` below.
    var frame: UInt32 = 0

    /// Bits 32-35 of the page frame address, as they lie in `frame`.
    static let highFrame: UInt32 = 0xF00

    /// The page frame address, up to 36 bits.
    var page: UInt64 { UInt64(frame & 0xFFFF_F000) | UInt64(frame & TLBEntry.highFrame) << 24 }

    /// A frame address as it lies in `frame`.
    static func packed(_ physical: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: physical & 0xFFFF_F000 | (physical >> 24) & 0xF00)
    }

    /// Rights combined over both levels (SDM Vol. 3A 4.6 "Access Rights"), D and G of the entry.
    enum Flags {
        static let writable: UInt32 = 1
        static let user: UInt32 = 2
        static let dirty: UInt32 = 4
        static let global: UInt32 = 8
        /// Piece of a 2 or 4 MiB page: INVLPG drops all of them.
        static let large: UInt32 = 16
        /// Not to be fetched from (SDM Vol. 3A 4.6 "Access Rights", XD).
        static let noExecute: UInt32 = 32
    }

    mutating func dropTags() {
        readTagSupervisor = TLBEntry.noTag
        readTagUser = TLBEntry.noTag
        writeTagSupervisor = TLBEntry.noTag
        writeTagUser = TLBEntry.noTag
    }
}

/// What is known of a page of RAM.
enum PageFlags {
    /// Written since the last capture or restore.
    static let dirty: UInt8 = 1
    /// Holds decoded code: stores take the slow path.
    static let code: UInt8 = 2
}
