/// RAM from physical address 0, shared by the processors of a machine.
///
/// Every write, from a processor, a page walk, a device or outside, marks its page dirty and drops code decoded from it.
public final class PhysicalMemory {
    /// Size in bytes, a multiple of 4096.
    public let byteCount: Int
    let access: MemoryAccess
    private var cores: [Core] = []
    /// What clean pages are equal to.
    private var lastImage: MemoryImage

    /// Makes zeroed RAM; `byteCount` is rounded up to whole pages. Host memory is used only for pages that are touched.
    public init(byteCount: Int) {
        let pages = max(1, (byteCount + 4095) / 4096)
        self.byteCount = pages * 4096
        access = MemoryAccess(byteCount: pages * 4096)
        lastImage = MemoryImage(pages: .init(repeating: nil, count: pages))
    }

    deinit { access.free() }

    func attach(_ core: Core) { cores.append(core) }
    func detach(_ core: Core) { cores.removeAll { $0.s == core.s } }

    private func contains(_ address: PhysicalAddress, _ count: Int) -> Bool {
        count >= 0 && address.value <= UInt64(byteCount) && UInt64(count) <= UInt64(byteCount) - address.value
    }

    private func read<T: MemoryWord>(_ address: PhysicalAddress) -> T {
        guard contains(address, MemoryLayout<T>.size) else { return T.max }
        return access.host(UInt32(address.value)).load(T.self)
    }

    /// Reads a byte; outside RAM all ones. Never a side effect.
    public func readByte(at address: PhysicalAddress) -> UInt8 { read(address) }
    /// Reads a little-endian word; outside RAM all ones.
    public func readWord(at address: PhysicalAddress) -> UInt16 { read(address) }
    /// Reads a little-endian doubleword; outside RAM all ones.
    public func readDouble(at address: PhysicalAddress) -> UInt32 { read(address) }

    /// Writes a byte; outside RAM nothing happens.
    public func write(byte: UInt8, at address: PhysicalAddress) { write([byte], at: address) }
    /// Writes a little-endian word; outside RAM nothing happens.
    public func write(word: UInt16, at address: PhysicalAddress) {
        write([UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)], at: address)
    }
    /// Writes a little-endian doubleword; outside RAM nothing happens.
    public func write(double: UInt32, at address: PhysicalAddress) {
        write((0..<4).map { UInt8(truncatingIfNeeded: double >> UInt32($0 * 8)) }, at: address)
    }

    /// Reads a range; bytes outside RAM are all ones.
    public func bytes(at address: PhysicalAddress, count: Int) -> [UInt8] {
        (0..<max(0, count)).map { readByte(at: PhysicalAddress(address.value &+ UInt64($0))) }
    }

    /// Writes a range; bytes outside RAM are dropped.
    public func write(_ bytes: [UInt8], at address: PhysicalAddress) {
        guard address.value < UInt64(byteCount) else { return }
        let start = Int(address.value)
        let count = min(bytes.count, byteCount - start)
        guard count > 0 else { return }
        for page in (start >> 12)...((start + count - 1) >> 12) {
            access.pageFlags[page] |= PageFlags.dirty
            if access.pageFlags[page] & PageFlags.code != 0 { dropCode(page: page) }
        }
        bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            copyBytes(from: from, to: access.base + start, count: count)
        }
    }

    /// Forgets what was decoded from a page, in every processor.
    func dropCode(page: Int) {
        access.codePieces[page] = 0
        access.pageFlags[page] &= ~PageFlags.code
        for core in cores { core.dropBlocks(page: page) }
    }

    /// Sends stores to a page through the slow path, in every processor.
    func dropWriteTags(page: UInt32) {
        for core in cores { core.dropWriteTags(page: page) }
    }

    /// The contents now. Pages unchanged since the last capture or restore are shared with it.
    public func capture() -> MemoryImage {
        var pages = lastImage.pages
        for page in pages.indices where access.pageFlags[page] & PageFlags.dirty != 0 {
            pages[page] = PageImage(copying: access.base + page * 4096)
        }
        lastImage = MemoryImage(pages: pages)
        markClean()
        return lastImage
    }

    /// Puts the contents of an image of equal size back, copying only pages that differ from it.
    public func restore(_ image: MemoryImage) {
        guard image.pages.count == lastImage.pages.count else { return }
        for page in image.pages.indices {
            let isDirty = access.pageFlags[page] & PageFlags.dirty != 0
            guard isDirty || image.pages[page] !== lastImage.pages[page] else { continue }
            if access.pageFlags[page] & PageFlags.code != 0 { dropCode(page: page) }
            let target = access.base + page * 4096
            if let source = image.pages[page] {
                source.copy(to: target)
            } else {
                clear(target.assumingMemoryBound(to: UInt8.self), count: 4096)
            }
        }
        lastImage = image
        markClean()
    }

    private func markClean() {
        for page in lastImage.pages.indices { access.pageFlags[page] &= ~PageFlags.dirty }
        for core in cores { core.dropTags() }
    }
}

/// The contents of RAM at one time; pages are shared between images.
public final class MemoryImage: Sendable {
    /// nil for a page of zeroes that was never written.
    let pages: [PageImage?]

    init(pages: [PageImage?]) { self.pages = pages }
}

/// The contents of one page.
final class PageImage: Sendable {
    private let bytes: [UInt8]

    init(copying source: UnsafeRawPointer) {
        bytes = Array(UnsafeRawBufferPointer(start: source, count: 4096))
    }

    func copy(to target: RawPointer) {
        bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            copyBytes(from: from, to: target, count: 4096)
        }
    }
}

extension Core {
    /// Removes the write tags of every translation to a page.
    func dropWriteTags(page: UInt32) {
        for index in 0..<TLBEntry.count where s.pointee.tlb[index].frame >> 12 == page {
            s.pointee.tlb[index].writeTagSupervisor = TLBEntry.noTag
            s.pointee.tlb[index].writeTagUser = TLBEntry.noTag
        }
    }
}
