import Synchronization

/// Bounds how many requests are worked on at once; one more is refused at once.
///
/// A request comes in once all of it is there: a slow client must not keep a place that others could use. A crowd beyond
/// the bound would only wait longer, and what is answered too late is asked again.
final class RequestGate: Sendable {
    private let maximum: Int
    private let inside = Atomic(0)

    /// - Parameter maximum: The most requests at once.
    init(maximum: Int) { self.maximum = maximum }

    /// Counts a request; each that came in has to ``leave()``.
    ///
    /// - Throws: 503 `overloaded` when as many are inside as may be.
    func enter() throws(Problem) {
        guard admits() else { throw .overloaded }
    }

    /// Counts a request as ``enter()`` does.
    ///
    /// - Returns: Whether it came in.
    func admits() -> Bool {
        if inside.add(1, ordering: .relaxed).newValue <= maximum { return true }
        leave()
        return false
    }

    /// Makes a call that counts as a request while it lasts.
    ///
    /// - Throws: 503 `overloaded` when as many are inside as may be, or what the call throws.
    func admit<Value: Sendable>(
        isolation: isolated (any Actor)? = #isolation,
        _ call: () async throws -> Value
    ) async throws -> Value {
        try enter()
        defer { leave() }
        return try await call()
    }

    /// Makes room for another request.
    func leave() { inside.subtract(1, ordering: .relaxed) }
}

extension Error {
    /// Whether a request was refused for want of room.
    var isOverload: Bool { (self as? Problem)?.code == .overloaded }
}

extension Problem {
    /// 503 while as many requests are worked on as may be.
    static let overloaded = Problem(
        .overloaded,
        "More requests have come than can be worked on at once. Nothing was done. Try again.",
        retryAfterSeconds: ConnectionRest.seconds
    )
}
