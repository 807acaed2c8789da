/// Answers that everybody who asks within a while shares: a hundred open consoles cost the stores as much as one.
actor SharedAnswers<Key: Hashable & Sendable, Value: Sendable> {
    private struct Entry {
        let task: Task<Value, any Error>
        let began: ContinuousClock.Instant
    }

    /// More keys than this are forgotten together.
    private static var maximumKeys: Int { 256 }

    private let lifetime: Duration
    private var entries: [Key: Entry] = [:]

    /// - Parameter lifetime: How old an answer may be.
    init(lifetime: Duration) { self.lifetime = lifetime }

    /// The latest answer, or a new one; a failure is shared as well.
    func value(_ key: Key, _ make: @Sendable @escaping () async throws -> Value) async throws -> Value {
        if let entry = entries[key], entry.began.duration(to: .now) < lifetime { return try await entry.task.value }
        if entries.count >= Self.maximumKeys { entries.removeAll() }
        // A task of its own: others wait for it, so it must not end with the request that came first. The stores' own
        // deadlines bound it.
        let entry = Entry(task: Task { try await make() }, began: .now)
        entries[key] = entry
        return try await entry.task.value
    }

    /// Forgets everything: something was changed.
    func forget() { entries.removeAll() }
}
