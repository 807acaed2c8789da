import NIOConcurrencyHelpers

/// A client's open subscriptions, so that shutting down can close them.
final class SubscriptionRegistry: Sendable {
    private enum State {
        case idle
        case open([ObjectIdentifier: SubscriptionConnection])
        case closed
    }

    private let state = NIOLockedValueBox(State.idle)

    /// Allows subscriptions.
    func open() {
        state.withLockedValue { if case .idle = $0 { $0 = .open([:]) } }
    }

    /// Makes a connection and remembers it.
    ///
    /// Throws ``RedisError/Code/notConnected`` before ``open()``, and ``RedisError/Code/shutDown`` after ``close()``.
    func add(_ make: () -> SubscriptionConnection) throws -> SubscriptionConnection {
        try state.withLockedValue { state in
            switch state {
            case .idle:
                throw RedisError(.notConnected, "the client's run() has not been called")
            case .closed:
                throw RedisError(.shutDown, "the client is shut down")
            case .open(var connections):
                let connection = make()
                connections[ObjectIdentifier(connection)] = connection
                state = .open(connections)
                return connection
            }
        }
    }

    /// Forgets a connection that is closed.
    func remove(_ connection: SubscriptionConnection) {
        state.withLockedValue { state in
            guard case .open(var connections) = state else { return }
            connections[ObjectIdentifier(connection)] = nil
            state = .open(connections)
        }
    }

    /// Ends every subscription, and allows no more.
    func close() {
        let connections = state.withLockedValue { state -> [SubscriptionConnection] in
            defer { state = .closed }
            guard case .open(let connections) = state else { return [] }
            return Array(connections.values)
        }
        for connection in connections {
            connection.close(because: RedisError(.shutDown, "the client is shut down"))
        }
    }
}
