import FlashSale

/// Places in line: taking one, reading it, giving it up.
///
/// The fast path, the router and the pages make the same calls: here each is admitted, made and counted, and its refusal
/// becomes a ``Problem``. Nothing here asks MariaDB. A class, so that a callback takes hold of one reference.
final class QueueService: Sendable {
    private let line: any PurchaseLine
    private let catalogue: any ProductCatalogue
    private let events: EventStreams
    private let renewsCarts: Bool
    private let gate: RequestGate
    private let metrics: LineMetrics
    private let now: @Sendable () -> Timestamp

    init(
        line: any PurchaseLine,
        catalogue: any ProductCatalogue,
        events: EventStreams,
        renewsCarts: Bool,
        gate: RequestGate,
        metrics: LineMetrics,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.line = line
        self.catalogue = catalogue
        self.events = events
        self.renewsCarts = renewsCarts
        self.gate = gate
        self.metrics = metrics
        self.now = now
    }

    // MARK: Joining

    /// A place that a user has.
    struct Joined: Hashable, Sendable {
        /// Where the user stands.
        var standing: Standing
        /// Whether the place was given now.
        var isNew: Bool
    }

    /// Takes a place in line, or finds the one that the user has.
    ///
    /// - Parameter answer: The callback, called as ``PurchaseLine`` says; its failure is a ``Problem``, or the store's.
    /// - Returns: Whether the call was admitted; else nothing was done or counted, and `answer` is not called.
    func join(_ request: JoinRequest, answer: @escaping (Result<Joined, any Error>) -> Void) -> Bool {
        guard gate.admits() else { return false }
        line.join(request) { result in
            self.gate.leave()
            answer(self.joined(result, request.product))
        }
        return true
    }

    /// Takes a place in line, or finds the one that the user has.
    ///
    /// - Throws: ``Problem``, or the store's error.
    func join(_ request: JoinRequest) async throws -> Joined {
        try await withCheckedThrowingContinuation { continuation in
            if join(request, answer: { continuation.resume(with: $0) }) { return }
            metrics.countJoin(.overloaded)
            continuation.resume(throwing: Problem.overloaded)
        }
    }

    private func joined(_ result: Result<JoinAnswer, any Error>, _ product: ProductID) -> Result<Joined, any Error> {
        switch result {
        case .success(.joined(let standing)):
            metrics.countJoin(.joined)
            return .success(Joined(standing: standing, isNew: true))
        case .success(.alreadyInLine(let standing)):
            metrics.countJoin(.alreadyInLine)
            return .success(Joined(standing: standing, isNew: false))
        case .success(.alreadyDecided(let standing)):
            metrics.countJoin(.alreadyDecided)
            return .success(Joined(standing: standing, isNew: false))
        case .success(.refused(let refusal)):
            metrics.countJoin(LineMetrics.JoinResult(refusal))
            return .failure(Problem(refusal: refusal, isKnown: catalogue.isKnown(product), now: now()))
        case .failure(let error):
            metrics.countJoin(.unavailable)
            return .failure(error)
        }
    }

    // MARK: Status

    /// Why a status is read.
    enum Reading: Hashable, Sendable {
        /// The user asks, and is counted; the cart lives on if the shop has it so.
        case poll
        /// A stream of events begins; the cart lives on likewise.
        case watch
        /// A page or a form needs to know.
        case lookup
    }

    /// Where the user stands; nil when the user neither waits nor was ever decided.
    ///
    /// - Parameter answer: The callback, called as ``PurchaseLine`` says; its failure is a ``Problem``, or the store's.
    /// - Returns: Whether the call was admitted; else nothing was done or counted, and `answer` is not called.
    func status(
        of user: UserID,
        for product: ProductID,
        _ reading: Reading,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) -> Bool {
        guard gate.admits() else { return false }
        line.standing(of: user, for: product, renewsCart: renewsCarts && reading != .lookup) { result in
            self.gate.leave()
            answer(self.found(result, reading))
        }
        return true
    }

    /// Where the user stands; nil when the user neither waits nor was ever decided.
    ///
    /// - Throws: ``Problem``, or the store's error.
    func status(of user: UserID, for product: ProductID, _ reading: Reading) async throws -> Standing? {
        try await withCheckedThrowingContinuation { continuation in
            if status(of: user, for: product, reading, answer: { continuation.resume(with: $0) }) { return }
            continuation.resume(throwing: Problem.overloaded)
        }
    }

    private func found(_ result: Result<Standing?, any Error>, _ reading: Reading) -> Result<Standing?, any Error> {
        switch result {
        case .success(let standing):
            if reading == .poll { metrics.countPoll(standing?.status) }
            return result
        case .failure(let error): return .failure((error as? UnknownSale).map { catalogue.problem(for: $0) } ?? error)
        }
    }

    // MARK: Leaving

    /// Gives the place up.
    ///
    /// - Returns: Whether the user had one.
    /// - Throws: ``Problem``: `already_decided`, and what ``join(_:)`` throws.
    func leave(_ product: ProductID, user: UserID) async throws -> Bool {
        let answer: LeaveAnswer
        do {
            answer = try await gate.admit { try await line.leave(product, user: user) }
        } catch let unknown as UnknownSale {
            throw catalogue.problem(for: unknown)
        }
        switch answer {
        case .left:
            events.noteLeft(user, of: product)
            return true
        case .notInLine: return false
        case .alreadyDecided(let status): throw Problem.alreadyDecided(status)
        }
    }
}

extension ProductCatalogue {
    /// No such product, or a line that is being opened: the places in it are not forgotten before that is known.
    func problem(for unknown: UnknownSale) -> Problem { .unknownSale(isKnown: isKnown(unknown.product)) }
}
