/// A run of decoded instructions that is entered at its first and left at its last.
struct Block {
    var operations: MicroOperationPointer
    /// Physical address of the first byte; .max above 4 GiB, where there is no RAM.
    var physical: UInt32
    /// Code size of the decoding, or `dead`.
    var kind: UInt32
    /// Physical page of the bytes past the page end, or .max.
    var secondPage: UInt32 = .max
    var count: UInt16 = 0
    var byteLength: UInt16 = 0
    /// May start at a hooked address: never entered through a link.
    var isHookCandidate = false
    /// Keys under which the links may be followed (see `CodeCache.swift`); 0 for none.
    var takenKey: UInt32 = 0
    var fallKey: UInt32 = 0
    var taken: BlockPointer?
    var fall: BlockPointer?
    var nextInHash: BlockPointer?
    var nextInPage: BlockPointer?
    var nextCrossing: BlockPointer?

    static let dead: UInt32 = .max
    /// Longest run; bounds how far ahead of execution is decoded.
    static let capacity = 48
}

/// The block that an indirect jump to a linear address found last.
struct JumpCacheEntry {
    var linear: UInt32
    var key: UInt32
    var block: BlockPointer?
    static let count = 2048
}
