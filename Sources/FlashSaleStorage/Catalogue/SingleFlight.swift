import Synchronization

/// Lets any number of callers share one piece of work per key.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let flights = Mutex<[Key: Task<Value, any Error>]>([:])

    /// Joins the flight of this key, or starts it.
    func run(_ key: Key, _ work: @Sendable @escaping () async throws -> Value) async throws -> Value {
        let flight = flights.withLock { flights in
            if let flight = flights[key] { return flight }
            // Not a child of the caller: when the first caller goes away, the others still wait for the result.
            let flight = Task {
                defer { self.flights.withLock { $0[key] = nil } }
                return try await work()
            }
            flights[key] = flight
            return flight
        }
        return try await flight.value
    }
}
