import CXXHash
import IA32

/// A running XXH3-128 hash of the event log (xxHash specification, "XXH3"); the one file that holds its pointer.
final class EventDigest {
    private let state: OpaquePointer?

    init() {
        state = XXH3_createState()
        if let state { _ = XXH3_128bits_reset(state) }
    }

    deinit {
        if let state { _ = XXH3_freeState(state) }
    }

    /// Hashes the records as they lie in memory.
    func update(_ records: [EventRecord]) {
        guard let state else { return }
        records.withUnsafeBytes { bytes in
            _ = XXH3_128bits_update(state, bytes.baseAddress, bytes.count)
        }
    }

    /// An independent hash that has seen the same records.
    func copy() -> EventDigest {
        let other = EventDigest()
        if let state, let target = other.state { XXH3_copyState(target, state) }
        return other
    }

    /// The canonical form: 32 lower-case hexadecimal digits, the high half first.
    var text: String {
        guard let state else { return String(repeating: "0", count: 32) }
        let hash = XXH3_128bits_digest(state)
        return EventDigest.hex(hash.high64) + EventDigest.hex(hash.low64)
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
