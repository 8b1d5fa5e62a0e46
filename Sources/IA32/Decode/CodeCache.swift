// Decoded blocks, found by physical address; links between them, valid under keys.
//
// A link within a page holds until decoded code is dropped (`pageKey`: the code epoch). A link across pages, or a
// jump cache entry, also depends on the translation, CPL and code size (`fetchKey`: the translation epoch with them).
// Both keys are 0, which matches nothing, while CS has a limit that a block could cross.

/// Where blocks and operations lie. Filled front to back and emptied as a whole.
struct CodeCacheStorage {
    static let operationCapacity = 1 << 18
    static let blockCapacity = 1 << 15
    static let bucketCount = 1 << 14

    var operations: MicroOperationPointer
    var blocks: BlockPointer
    var buckets: BlockTable
    /// First block of each page of RAM.
    var pages: BlockTable
    var jumps: JumpCachePointer
    /// Bit n of byte m: the page offset 8m + n is hooked somewhere.
    var hookFilter: BytePointer
    var pageCount: Int
    var operationCount = 0
    var blockCount = 0
    var hasHooks = false
    /// Blocks whose last instruction lies in two pages.
    var crossing: BlockPointer?
    /// Counts the times the cache was emptied.
    var generation: UInt32 = 0

    init(pageCount: Int) {
        self.pageCount = pageCount
        operations = takeZeroed(MicroOperation.self, count: CodeCacheStorage.operationCapacity)
        blocks = takeZeroed(Block.self, count: CodeCacheStorage.blockCapacity)
        buckets = takeZeroed(BlockPointer?.self, count: CodeCacheStorage.bucketCount)
        pages = takeZeroed(BlockPointer?.self, count: pageCount)
        jumps = takeZeroed(JumpCacheEntry.self, count: JumpCacheEntry.count)
        hookFilter = takeZeroed(UInt8.self, count: 512)
    }

    func free() {
        giveBack(operations)
        giveBack(blocks)
        giveBack(buckets)
        giveBack(pages)
        giveBack(jumps)
        giveBack(hookFilter)
    }
}

extension Core {
    @inline(__always) private static func bucket(_ physical: UInt32) -> Int {
        Int((physical ^ physical >> 14) & UInt32(CodeCacheStorage.bucketCount - 1))
    }

    /// D/B of CS: what the same bytes decode to depends on it.
    private var codeKind: UInt32 { segment(.cs).pointee.is32Bit ? 1 : 0 }

    func refreshCodeKeys() {
        let register = segment(.cs).pointee
        guard register.limit == .max else {
            s.pointee.pageKey = 0
            s.pointee.fetchKey = 0
            return
        }
        s.pointee.pageKey = s.pointee.codeEpoch | 0x8000_0000
        s.pointee.fetchKey = s.pointee.translationEpoch << 2 | codeKind << 1 | (s.pointee.cpl == 3 ? 1 : 0)
    }

    /// After any change of translations: links across pages must be found anew.
    func changeTranslationEpoch() {
        s.pointee.translationEpoch &+= 1
        if s.pointee.translationEpoch >= 1 << 28 { dropAllCode() }
        refreshCodeKeys()
    }

    func changeCodeEpoch() {
        s.pointee.codeEpoch &+= 1
        if s.pointee.codeEpoch >= 1 << 30 { dropAllCode() }
        changeTranslationEpoch()
    }

    /// Empties the cache. The running block's operations stay readable until the next decode.
    func dropAllCode() {
        clear(s.pointee.cache.buckets, count: CodeCacheStorage.bucketCount)
        clear(s.pointee.cache.pages, count: s.pointee.cache.pageCount)
        clear(s.pointee.cache.jumps, count: JumpCacheEntry.count)
        // Links of the old generation must not be followed: their keys are of older epochs, which never return
        // because every block is made anew.
        s.pointee.cache.crossing = nil
        s.pointee.cache.generation &+= 1
        s.pointee.cache.operationCount = 0
        s.pointee.cache.blockCount = 0
        s.pointee.codeEpoch = 1 + (s.pointee.codeEpoch & 0xFFFF)
        s.pointee.translationEpoch = 1 + (s.pointee.translationEpoch & 0xFFFF)
        refreshCodeKeys()
        cutAfterCurrentOperation()
    }

    /// Forgets the blocks of a page after a store into its code.
    func dropBlocks(page: Int) {
        var next = s.pointee.cache.pages[page]
        while let block = next {
            block.pointee.kind = Block.dead
            next = block.pointee.nextInPage
        }
        var crossing = s.pointee.cache.crossing
        while let block = crossing {
            if Int(block.pointee.secondPage) == page { block.pointee.kind = Block.dead }
            crossing = block.pointee.nextCrossing
        }
        s.pointee.cache.pages[page] = nil
        changeCodeEpoch()
        cutAfterCurrentOperation()
    }

    /// Stores to a page that now holds decoded code must take the slow path.
    private func noteCode(page: UInt32, from: UInt32, to: UInt32) {
        let memory = s.pointee.memory
        let pieces = (UInt64.max << UInt64(from >> 6)) & (UInt64.max >> UInt64(63 - (to - 1) >> 6))
        memory.codePieces[Int(page)] |= pieces
        guard memory.pageFlags[Int(page)] & PageFlags.code == 0 else { return }
        memory.pageFlags[Int(page)] |= PageFlags.code
        owner?.memory.dropWriteTags(page: page)
    }

    /// The cached block at a physical address, if its second page (when it has one) is still the same.
    private func cachedBlock(_ physical: UInt32, _ linear: UInt32) throws(Fault) -> BlockPointer? {
        var next = s.pointee.cache.buckets[Core.bucket(physical)]
        let kind = codeKind
        while let block = next {
            if block.pointee.physical == physical, block.pointee.kind == kind {
                guard block.pointee.secondPage != .max else { return block }
                let access = PageAccess(isWrite: false, isUser: isUserMode, isFetch: true)
                let second = try translate((linear & 0xFFFF_F000) &+ 0x1000, access)
                if second >> 12 == UInt64(block.pointee.secondPage) { return block }
            }
            next = block.pointee.nextInHash
        }
        return nil
    }

    /// The block at EIP, decoded if need be. Throws the faults of instruction fetch.
    func findBlock() throws(Fault) -> BlockPointer {
        let register = segment(.cs)
        let eip = s.pointee.eip
        // SDM Vol. 3A 5.3 "Limit Checking".
        if eip > register.pointee.limit { throw .protection(0) }
        let linear = register.pointee.base &+ eip
        let physical = try translate(linear, PageAccess(isWrite: false, isUser: isUserMode, isFetch: true))
        if let address = UInt32(exactly: physical), let block = try cachedBlock(address, linear) { return block }
        return try makeBlock(physical, linear)
    }

    private func makeBlock(_ physical: UInt64, _ linear: UInt32) throws(Fault) -> BlockPointer {
        let cache = s.pointee.cache
        if cache.operationCount + Block.capacity > CodeCacheStorage.operationCapacity
            || cache.blockCount == CodeCacheStorage.blockCapacity
        {
            dropAllCode()
        }
        let block = s.pointee.cache.blocks + s.pointee.cache.blockCount
        block.pointee = Block(
            operations: s.pointee.cache.operations + s.pointee.cache.operationCount,
            physical: UInt32(clamping: physical), kind: codeKind)
        try decodeBlock(block, linear, physical)
        guard block.pointee.kind != Block.dead, s.pointee.memory.contains(physical & ~0xFFF, 4096) else {
            return block
        }
        s.pointee.cache.operationCount += Int(block.pointee.count)
        s.pointee.cache.blockCount += 1
        register(block)
        return block
    }

    private func register(_ block: BlockPointer) {
        let physical = block.pointee.physical
        let bucket = Core.bucket(physical)
        block.pointee.nextInHash = s.pointee.cache.buckets[bucket]
        s.pointee.cache.buckets[bucket] = block
        let page = physical >> 12
        let start = physical & 0xFFF
        let end = start + UInt32(block.pointee.byteLength)
        block.pointee.nextInPage = s.pointee.cache.pages[Int(page)]
        s.pointee.cache.pages[Int(page)] = block
        noteCode(page: page, from: start, to: min(end, 0x1000))
        if block.pointee.secondPage != .max {
            block.pointee.nextCrossing = s.pointee.cache.crossing
            s.pointee.cache.crossing = block
            noteCode(page: block.pointee.secondPage, from: 0, to: end - 0x1000)
        }
    }

    /// Whether any code hook has this address's page offset.
    func isHookCandidate(_ linear: UInt32) -> Bool {
        guard s.pointee.cache.hasHooks else { return false }
        let offset = Int(linear & 0xFFF)
        return s.pointee.cache.hookFilter[offset >> 3] >> UInt8(offset & 7) & 1 != 0
    }
}
