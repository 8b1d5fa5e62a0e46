import Foundation
import IA32
import Testing

/// Random code over random descriptor tables, page tables and segments: nothing of it may end the host, and nothing but
/// the guest itself may decide what happens.
///
/// `TRAPLAB_RANDOM_GUESTS` sets how many seeds are run; a failing seed is the test's argument.
@Suite struct RandomGuestTests {
    static let count = ProcessInfo.processInfo.environment["TRAPLAB_RANDOM_GUESTS"].flatMap(Int.init) ?? 60

    @Test func anyGuestRunsTheSameHoweverItIsCutAndWatched() {
        for seed in 1...UInt64(Self.count) {
            let whole = RandomGuest(seed: seed).outcome(step: 4000)
            let cut = RandomGuest(seed: seed).outcome(step: 1 + seed % 37)
            #expect(cut == whole, "seed \(seed), cut into steps of \(1 + seed % 37)")
            let watched = RandomGuest(seed: seed)
            watched.processor.hooks = [.willDeliver, .didDeliver, .didReturn, .pageFault, .taskSwitch]
            watched.processor.codeHooks = Set((0..<64).map { LinearAddress($0 &* 0x1357) })
            #expect(watched.outcome(step: 4000) == whole, "seed \(seed), watched")
            let resumed = RandomGuest(seed: seed)
            #expect(resumed.outcome(step: 500, resuming: true) == whole, "seed \(seed), resumed from snapshots")
        }
    }
}

/// One seed's machine: 1 MiB of noise with tables in it that are plausible half of the time.
private final class RandomGuest {
    struct Outcome: Equatable {
        let registers: [UInt32]
        let count: UInt64
        let records: [EventRecord]
        let exit: RunExit
        let memory: [UInt8]
    }

    let memory = PhysicalMemory(byteCount: 1 << 20)
    let processor: Processor
    let host = StubHost()
    private var random: Noise

    init(seed: UInt64) {
        random = Noise(seed: seed)
        processor = Processor(memory: memory)
        processor.host = host
        host.ports = [:]
        memory.write(contents(), at: PhysicalAddress(UInt64(0)))
        setUp()
    }

    deinit { processor.host = nil }

    /// Runs 4000 instructions in slices of `step`, each from a snapshot taken and put back before it if asked to.
    func outcome(step: UInt64, resuming: Bool = false) -> Outcome {
        var exit = RunExit.deadline
        let end: UInt64 = 4000
        while exit == .deadline, processor.instructionCount < end {
            processor.deadline = min(end, processor.instructionCount + step)
            if resuming {
                let (state, image, records) = (processor.captureState(), memory.capture(), host.records)
                _ = processor.run()
                processor.restore(state)
                memory.restore(image)
                host.records = records
            }
            exit = processor.run()
        }
        return Outcome(
            registers: GeneralRegister.allCases.map { processor[$0] }
                + [processor.eip, processor.eflags, processor.cr0, processor.cr2, processor.cr3]
                + SegmentName.allCases.map { UInt32(processor.segment($0).selector) },
            count: processor.instructionCount, records: host.records, exit: exit,
            memory: memory.bytes(at: PhysicalAddress(UInt64(0)), count: 1 << 18))
    }

    private func contents() -> [UInt8] {
        var words = (0..<0x4_0000).map { _ in UInt32(truncatingIfNeeded: random.next()) }
        for entry in 0..<64 where random.below(4) != 0 { setDescriptor(&words, 0x400 + entry * 2) }
        for entry in 0..<256 where random.below(8) != 0 {
            let types: [UInt32] = [0x8E00, 0x8F00, 0xEE00, 0x8500, 0x8600, 0x8700]
            words[0x800 + entry * 2] = random.below(64) << 19 | random.below(0x1_0000)
            words[0x801 + entry * 2] = random.below(8) << 16 | types[Int(random.below(6))]
        }
        for entry in 0..<1024 where random.below(8) != 0 {
            words[0x1_0000 + entry] = (0x41 + random.below(8)) << 12 | (random.below(16) == 0 ? random.below(256) : 7)
        }
        for entry in 0..<8192 {
            words[0x1_0400 + entry] = random.below(256) << 12 | (random.below(4) == 0 ? random.below(4096) : 7)
        }
        return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    private static let descriptorTypes: [UInt32] =
        [0x9B, 0x93, 0xFB, 0xF3, 0x89, 0x8B, 0x82, 0x85] + [0x8E, 0x8F, 0xEC, 0x9F, 0x97, 0x81, 0x84]

    private func setDescriptor(_ words: inout [UInt32], _ index: Int) {
        let types = RandomGuest.descriptorTypes
        let type = types[Int(random.below(UInt32(types.count)))] << 8
        words[index] = random.below(2) == 0 ? 0xFFFF : random.below(0x10) << 16 | 0xFFFF
        words[index + 1] = type | (random.below(2) == 0 ? 0xCF_0000 : random.below(256) << 16)
    }

    private func setUp() {
        processor.gdtr = (base: 0x1000, limit: 0x1FF)
        processor.idtr = (base: 0x2000, limit: 0x7FF)
        if random.below(4) == 0 {
            processor.cr0 = 0x10
            for name in [SegmentName.cs, .ss, .ds, .es, .fs, .gs] {
                let selector = random.below(0x1_0000)
                processor.setSegment(
                    name, selector: UInt16(selector), base: selector << 4, limit: 0xFFFF, attributes: 0x93)
            }
        } else {
            setUpProtectedMode()
        }
        for register in GeneralRegister.allCases {
            let isAnywhere = random.below(3) == 0
            processor[register] = isAnywhere ? UInt32(truncatingIfNeeded: random.next()) : random.below(1 << 20)
        }
        processor.eip = random.below(0x1_0000)
        processor.eflags = random.below(0x8000) & 0x7FD7
    }

    private func setUpProtectedMode() {
        processor.cr0 = 0x11
        processor.loadFlatSegments()
        processor.setSegment(.tr, selector: 0x28, base: 0x3000, limit: 0x67, attributes: 0x8B)
        processor.setSegment(.ldtr, selector: 0x30, base: 0x1000, limit: 0xFF, attributes: 0x82)
        if random.below(2) == 0 {
            for name in [SegmentName.ss, .ds, .es] {
                processor.setSegment(
                    name, selector: UInt16(random.below(512)), base: random.below(1 << 20),
                    limit: UInt32(truncatingIfNeeded: random.next()), attributes: UInt16(random.below(4096)) | 0x10)
            }
        }
        if random.below(3) == 0 {
            processor.setSegment(.cs, selector: 0x1B, base: random.below(0x1000), limit: .max, attributes: 0xCFB)
        }
        guard random.below(3) != 0 else { return }
        processor.cr4 = 0x90
        processor.cr3 = 0x4_0000
        processor.cr0 = 0x8000_0011 | random.below(2) << 16
    }
}

/// A seeded generator (xorshift64*), the same on every host.
private struct Noise {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D >> 16
    }

    mutating func below(_ limit: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: next() >> 8) % limit }
}
