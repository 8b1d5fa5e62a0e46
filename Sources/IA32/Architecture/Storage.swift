#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

// The one file in which memory is taken, freed and addressed by pointer. Elsewhere the names below are used.

typealias StatePointer = UnsafeMutablePointer<ProcessorState>
typealias MicroOperationPointer = UnsafeMutablePointer<MicroOperation>
typealias BlockPointer = UnsafeMutablePointer<Block>
typealias TLBPointer = UnsafeMutablePointer<TLBEntry>
typealias BytePointer = UnsafeMutablePointer<UInt8>
typealias EventPointer = UnsafeMutablePointer<EventRecord>
typealias RawPointer = UnsafeMutableRawPointer
typealias BlockTable = UnsafeMutablePointer<BlockPointer?>
typealias JumpCachePointer = UnsafeMutablePointer<JumpCacheEntry>
typealias OwnerReference = Unmanaged<Processor>

/// Takes zeroed memory for `count` values without references; pages are only touched when used.
func takeZeroed<T>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    guard let memory = calloc(max(count, 1), MemoryLayout<T>.stride) else {
        preconditionFailure("the host has no memory left for the processor's tables")
    }
    return memory.bindMemory(to: T.self, capacity: max(count, 1))
}

/// Gives back what `takeZeroed` took.
func giveBack(_ pointer: UnsafeMutableRawPointer) { free(pointer) }

/// Sets `count` values to all-zero bits.
func clear<T>(_ pointer: UnsafeMutablePointer<T>, count: Int) {
    memset(pointer, 0, count * MemoryLayout<T>.stride)
}

/// Copies whole guest pages.
func copyBytes(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    memcpy(target, source, count)
}

/// A handle on the state: all semantics are methods of this one-word value.
struct Core {
    let s: StatePointer

    @inline(__always) init(_ state: StatePointer) { s = state }

    @inline(__always) private var raw: RawPointer { RawPointer(s) }

    /// General register by number; 8 reads as zero.
    @inline(__always) func read32(_ register: UInt8) -> UInt32 {
        raw.load(fromByteOffset: Int(register) &<< 2, as: UInt32.self)
    }
    @inline(__always) func write32(_ register: UInt8, _ value: UInt32) {
        raw.storeBytes(of: value, toByteOffset: Int(register) &<< 2, as: UInt32.self)
    }
    @inline(__always) func read16(_ register: UInt8) -> UInt16 {
        raw.load(fromByteOffset: Int(register) &<< 2, as: UInt16.self)
    }
    @inline(__always) func write16(_ register: UInt8, _ value: UInt16) {
        raw.storeBytes(of: value, toByteOffset: Int(register) &<< 2, as: UInt16.self)
    }
    /// Byte register by its encoded number: AL CL DL BL AH CH DH BH (SDM Vol. 2A 2.1.5).
    @inline(__always) func read8(_ register: UInt8) -> UInt8 {
        raw.load(fromByteOffset: Int((register & 3) &<< 2 | register &>> 2), as: UInt8.self)
    }
    @inline(__always) func write8(_ register: UInt8, _ value: UInt8) {
        raw.storeBytes(of: value, toByteOffset: Int((register & 3) &<< 2 | register &>> 2), as: UInt8.self)
    }

    /// Segment register by number (`SegmentName` raw values).
    @inline(__always) func segment(_ number: UInt8) -> UnsafeMutablePointer<SegmentRegister> {
        (raw + Core.segmentsOffset).assumingMemoryBound(to: SegmentRegister.self) + Int(number & 7)
    }
    @inline(__always) func segment(_ name: SegmentName) -> UnsafeMutablePointer<SegmentRegister> {
        segment(name.rawValue)
    }
    @inline(__always) private static var segmentsOffset: Int {
        MemoryLayout<ProcessorState>.offset(of: \.segments).unsafelyUnwrapped
    }

    /// The TLB entry that may hold a linear address.
    @inline(__always) func tlbEntry(_ linear: UInt32) -> TLBPointer {
        s.pointee.tlb + Int((linear &>> 12) & UInt32(TLBEntry.count - 1))
    }
}

extension TLBEntry {
    /// The read tag of the current privilege; the write tag lies 8 bytes further.
    @inline(__always) static func readTag(_ entry: TLBPointer, _ tagOffset: UInt) -> UInt32 {
        (RawPointer(entry) + Int(bitPattern: tagOffset)).load(as: UInt32.self)
    }
    @inline(__always) static func writeTag(_ entry: TLBPointer, _ tagOffset: UInt) -> UInt32 {
        (RawPointer(entry) + Int(bitPattern: tagOffset)).load(fromByteOffset: 8, as: UInt32.self)
    }
}

extension Decoder {
    /// Decodes from a copy of the bytes; nil if they end before the instruction does.
    static func decode(_ bytes: [UInt8], is32Bit: Bool) -> MicroOperation? {
        var copy = bytes
        return copy.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return nil }
            var decoder = Decoder(InstructionBytes(start: start, available: buffer.count), is32: is32Bit)
            let micro = decoder.decode()
            return decoder.bytes.isTruncated ? nil : micro
        }
    }
}

extension Operation {
    /// The operation at a place in the declaration order.
    static func at(_ index: Int) -> Operation {
        precondition(index < Operation.count)
        return unsafeBitCast(UInt16(index), to: Operation.self)
    }
}

/// A host address of guest RAM, good for the bytes that were checked when it was made; 0 for none.
struct HostAddress {
    var value: UInt

    @inline(__always) func load<T: MemoryWord>(_ type: T.Type) -> T {
        UnsafeRawPointer(bitPattern: value).unsafelyUnwrapped.loadUnaligned(as: T.self)
    }
    @inline(__always) func store<T: MemoryWord>(_ value: T) {
        UnsafeMutableRawPointer(bitPattern: self.value).unsafelyUnwrapped.storeBytes(of: value, as: T.self)
    }
    var bytes: BytePointer { pointer.assumingMemoryBound(to: UInt8.self) }
    @inline(__always) var pointer: RawPointer { RawPointer(bitPattern: value).unsafelyUnwrapped }
}

/// Guest RAM as the processor sees it: base, size and what is known of each page.
struct MemoryAccess {
    var base: RawPointer
    /// RAM reaches from 0 to here.
    var byteCount: UInt32
    /// `PageFlags` of each page.
    var pageFlags: BytePointer
    /// For each page, the 64-byte pieces that hold decoded code.
    var codePieces: UnsafeMutablePointer<UInt64>

    init(byteCount: Int) {
        self.byteCount = UInt32(byteCount)
        base = RawPointer(takeZeroed(UInt8.self, count: byteCount + 64))
        pageFlags = takeZeroed(UInt8.self, count: byteCount >> 12)
        codePieces = takeZeroed(UInt64.self, count: byteCount >> 12)
    }

    func free() {
        giveBack(base)
        giveBack(pageFlags)
        giveBack(codePieces)
    }

    /// Whether `count` bytes from `physical` are RAM.
    @inline(__always) func contains(_ physical: UInt64, _ count: Int) -> Bool {
        physical &+ UInt64(count) <= UInt64(byteCount)
    }
    @inline(__always) func contains(_ physical: UInt32, _ count: Int) -> Bool { contains(UInt64(physical), count) }
    /// Only for addresses that `contains` accepts.
    @inline(__always) func host(_ physical: UInt32) -> HostAddress {
        HostAddress(value: UInt(bitPattern: base) &+ UInt(physical))
    }
}

extension Core {
    /// Writes `count` copies of an element to checked RAM.
    func fill<T: OperandWidth>(_ address: HostAddress, _ value: T, count: Int) {
        if T.bitWidth == 8 {
            memset(address.pointer, Int32(truncatingIfNeeded: value), count)
            return
        }
        for index in 0..<count {
            address.pointer.storeBytes(of: value, toByteOffset: index &* MemoryLayout<T>.size, as: T.self)
        }
    }

    /// Copies checked RAM; `target` may lie below `source`.
    func copy(_ source: HostAddress, to target: HostAddress, count: Int) {
        memmove(target.pointer, source.pointer, count)
    }
}
