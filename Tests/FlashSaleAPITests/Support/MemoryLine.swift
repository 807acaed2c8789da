import FlashSale
import NIOConcurrencyHelpers

/// A line in memory, with the rules of the real one.
///
/// Time stands still unless a test moves it.
final class MemoryLine: PurchaseLine, WatchedLine {
    /// One user's place.
    private struct Place {
        var ticket: Ticket
        var quantity: Int
        var status: PurchaseStatus
        var cartExpiresAt: Timestamp?
    }

    private struct Line {
        var product: Product
        var lastTicket: Int64 = 0
        var servedTicket: Int64 = 0
        var places: [UserID: Place] = [:]
        var pace = RecentPace()
        var nonce = "n1"
    }

    private struct State {
        var lines: [ProductID: Line] = [:]
        var now: Timestamp
        var isAway = false
        var refusedUsers: Set<UserID> = []
        var changes = 0
        var looks = 0
    }

    private let state: NIOLockedValueBox<State>

    init(now: Timestamp) { state = NIOLockedValueBox(State(now: now)) }

    /// How many calls have changed something.
    var changes: Int { state.withLockedValue { $0.changes } }

    /// How often somebody has looked at a line.
    var looks: Int { state.withLockedValue { $0.looks } }

    /// The time by this line's clock.
    var now: Timestamp { state.withLockedValue { $0.now } }

    /// Moves the clock.
    func advance(seconds: Int64) {
        state.withLockedValue { $0.now = Timestamp(microseconds: $0.now.microseconds + seconds * 1_000_000) }
    }

    /// Sets how fast a line moved in the last minutes.
    func setPace(_ pace: RecentPace, of product: ProductID) { state.withLockedValue { $0.lines[product]?.pace = pace } }

    /// Opens a line, or tells it of new rules.
    func publish(_ product: Product) {
        state.withLockedValue { $0.lines[product.id, default: Line(product: product)].product = product }
    }

    /// Forgets a line, as a Redis that has lost its data.
    func lose(_ product: ProductID) { state.withLockedValue { $0.lines[product] = nil } }

    /// Makes every call fail, as when the store can't be reached.
    func goAway(_ isAway: Bool = true) { state.withLockedValue { $0.isAway = isAway } }

    /// Answers the next joins of a user with "too often".
    func limit(_ user: UserID) { state.withLockedValue { _ = $0.refusedUsers.insert(user) } }

    /// Decides the user's place, as the worker does.
    func decide(_ user: UserID, of product: ProductID, as status: PurchaseStatus) {
        state.withLockedValue { state in
            guard let ticket = state.lines[product]?.places[user]?.ticket else { return }
            state.lines[product]?.places[user]?.status = status
            state.lines[product]?.servedTicket = ticket.rawValue
        }
    }

    func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting {
        try state.withLockedValue { state in
            state.looks += 1
            try Self.check(state)
            guard let line = state.lines[product] else { throw UnknownSale(product: product) }
            let now = state.now
            var sighting = LineSighting(
                progress: LineProgress(
                    product: product,
                    nonce: line.nonce,
                    seenAt: now,
                    saleState: line.product.saleState(at: now),
                    stockState: line.product.stockState,
                    availableStock: line.product.availableStock,
                    servedTicket: line.servedTicket,
                    lastTicket: line.lastTicket,
                    soldOutAfter: line.product.soldOutAfter,
                    opensAt: line.product.opensAt.flatMap { $0 > now ? $0 : nil },
                    cartSeconds: line.product.limits.cartSeconds,
                    pace: line.pace
                )
            )
            for user in users where (user.awaited?.rawValue ?? 0) <= line.servedTicket {
                sighting.standings[user.user] = .some(
                    line.places[user.user].map { Self.standing($0, of: user.user, in: line, now: now) }
                )
            }
            return sighting
        }
    }

    func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
        answer(Result { try joined(request) })
    }

    private func joined(_ request: JoinRequest) throws -> JoinAnswer {
        try state.withLockedValue { state in
            try Self.check(state)
            let now = state.now
            guard var line = state.lines[request.product] else { return .refused(.unknownProduct) }
            if let place = line.places[request.user] {
                let standing = Self.standing(place, of: request.user, in: line, now: now)
                return place.status == .queued ? .alreadyInLine(standing) : .alreadyDecided(standing)
            }
            if let refusal = Self.refusal(of: request, line, state) { return .refused(refusal) }
            line.lastTicket += 1
            guard let ticket = Ticket(line.lastTicket) else { return .refused(.soldOut) }
            let expiry = Timestamp(microseconds: now.microseconds + Int64(line.product.limits.cartSeconds) * 1_000_000)
            let place = Place(
                ticket: ticket,
                quantity: request.quantity,
                status: .queued,
                cartExpiresAt: expiry
            )
            line.places[request.user] = place
            state.lines[request.product] = line
            state.changes += 1
            return .joined(Self.standing(place, of: request.user, in: line, now: now))
        }
    }

    func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) {
        answer(Result { try found(user, product, renewsCart) })
    }

    private func found(_ user: UserID, _ product: ProductID, _ renewsCart: Bool) throws -> Standing? {
        try state.withLockedValue { state in
            try Self.check(state)
            guard var line = state.lines[product] else { throw UnknownSale(product: product) }
            guard var place = line.places[user] else { return nil }
            if renewsCart, place.status == .queued {
                let life = Int64(line.product.limits.cartSeconds) * 1_000_000
                place.cartExpiresAt = Timestamp(microseconds: state.now.microseconds + life)
                line.places[user] = place
                state.lines[product] = line
                state.changes += 1
            }
            return Self.standing(place, of: user, in: line, now: state.now)
        }
    }

    func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
        try state.withLockedValue { state in
            try Self.check(state)
            guard let line = state.lines[product] else { throw UnknownSale(product: product) }
            guard let place = line.places[user] else { return .notInLine }
            guard place.status == .queued || place.status == .left else { return .alreadyDecided(place.status) }
            state.lines[product]?.places[user]?.status = .left
            state.changes += 1
            return .left
        }
    }

    private static func check(_ state: State) throws {
        if state.isAway { throw StoreUnavailable(reason: "connection to 10.0.0.7:6379 refused") }
    }

    private static func refusal(of request: JoinRequest, _ line: Line, _ state: State) -> JoinRefusal? {
        let product = line.product
        switch product.saleState(at: state.now) {
        case .upcoming: return .notOpenYet(opensAt: product.opensAt ?? state.now)
        case .closed: return .closed(closedAt: product.closesAt ?? state.now)
        case .paused: return .paused
        case .soldOut: return .soldOut
        case .open: break
        }
        if state.refusedUsers.contains(request.user) { return .rateLimited(retryAfterSeconds: 17) }
        if request.quantity > product.limits.maxPerUser { return .quantityTooHigh(maximum: product.limits.maxPerUser) }
        let waiting = line.places.values.count { $0.status == .queued }
        return waiting >= product.limits.maxQueue ? .queueFull(maximum: product.limits.maxQueue) : nil
    }

    private static func standing(_ place: Place, of user: UserID, in line: Line, now: Timestamp) -> Standing {
        Standing(
            status: place.status,
            product: line.product.id,
            user: user,
            ticket: place.ticket,
            quantity: place.quantity,
            order: OrderID(product: line.product.id, ticket: place.ticket),
            servedTicket: line.servedTicket,
            lastTicket: line.lastTicket,
            cartExpiresAt: place.status == .queued ? place.cartExpiresAt : nil,
            saleState: line.product.saleState(at: now),
            stockState: line.product.stockState
        )
    }
}
