import IA32

/// The event log: hashed as it grows, counted, the latest part kept.
struct EventLog {
    private(set) var count: UInt64 = 0
    private(set) var vectorCounts = [UInt64](repeating: 0, count: 256)
    private let capacity: Int
    private var digestState = EventDigest()
    private var older: [EventRecord] = []
    private var newer: [EventRecord] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var digest: String { digestState.text }

    /// The latest events, between one and two capacities of them (or all), the oldest first.
    var latest: [EventRecord] { older + newer }

    mutating func append(_ records: [EventRecord]) {
        digestState.update(records)
        count += UInt64(records.count)
        for record in records where record.kindCode == EventKind.delivery.rawValue {
            vectorCounts[Int(record.vector)] += 1
        }
        newer.append(contentsOf: records)
        if newer.count >= capacity {
            older = newer.count > capacity ? Array(newer.suffix(capacity)) : newer
            newer.removeAll(keepingCapacity: true)
        }
    }

    /// A log that goes on from here by itself.
    func copy() -> EventLog {
        var other = self
        other.digestState = digestState.copy()
        return other
    }
}
