public import FlashSale
import Redis
public import Resilience

/// The API's side of the line: one script and one round trip each.
public struct RedisPurchaseLine: PurchaseLine {
    let redis: GuardedRedisClient
    private let repeatedCallsPerMinute: Int
    private let renewsCarts: Bool
    let handedOut = HandedOutTickets()
    let draws = DrawProducts()
    let commands: LineCommands
    let joins = TurnCollectors<ProductID, JoinRequest, JoinAnswer>()
    let polls = TurnCollectors<StandingQuestion, UserID, Standing?>()
    let crashPoints: CrashPoints

    /// The line in one Redis.
    ///
    /// - Parameters:
    ///   - redis: The client, with one connection per event loop.
    ///   - repeatedCallsPerMinute: How often a user who has a place may join again; 0 for any number.
    ///   - renewsCarts: Whether joining again keeps the cart alive, as polling does.
    ///   - crashPoints: What happens between the steps; nothing, but for tests.
    public init(
        redis: GuardedRedisClient,
        repeatedCallsPerMinute: Int,
        renewsCarts: Bool,
        crashPoints: CrashPoints = .none
    ) {
        self.crashPoints = crashPoints
        self.redis = redis
        self.repeatedCallsPerMinute = repeatedCallsPerMinute
        self.renewsCarts = renewsCarts
        commands = LineCommands(repeatedCallsPerMinute: repeatedCallsPerMinute, renewsCarts: renewsCarts)
    }

    /// Takes a place in line, or enters a draw, or finds the place or the entry that the user has.
    public func join(_ request: JoinRequest) async throws -> JoinAnswer {
        if let drawAt = draws.drawAt(of: request.product), let answer = try await enter(request, drawAt) {
            return answer
        }
        let reply = try await run(LineScripts.enqueue, [request], for: request.product)
        let joined = try JoinAnswers(reply, to: [request])
        let answer = try answers(joined, for: request.product)[0]
        guard joined.mayBeDrawn, let drawAt = try await lookForDraw(of: request.product) else {
            return try answer.get()
        }
        return try await enter(request, drawAt) ?? answer.get()
    }

    /// Joins a line that is drawn; nil when it is none.
    private func enter(_ request: JoinRequest, _ drawAt: Timestamp) async throws -> JoinAnswer? {
        let reply = try await run(LineScripts.enter, [request], for: request.product)
        guard reply.word != "fifo" else {
            draws.note(request.product, drawAt: nil)
            return nil
        }
        let entered = try JoinAnswers(reply, to: [request], drawAt: drawAt)
        guard try entered.late().isEmpty else { return try await joinLate([request], for: request.product)[0].get() }
        return try answers(entered, for: request.product)[0].get()
    }

    /// Joins a line that is drawn, for users who have come too late to enter.
    func joinLate(_ requests: [JoinRequest], for product: ProductID) async throws -> [Result<JoinAnswer, any Error>] {
        try answers(try await run(LineScripts.late, requests, for: product), to: requests, for: product)
    }

    private func run(
        _ script: RedisScript,
        _ requests: [JoinRequest],
        for product: ProductID
    ) async throws -> ScriptReply {
        let keys = LineKeys(product)
        let highest = handedOut.highest(of: product)
        var arguments: [RedisArgument] = [
            RedisArgument(product.rawValue), RedisArgument(highest.nonce), RedisArgument(highest.ticket),
            RedisArgument(repeatedCallsPerMinute), renewsCarts ? "1" : "0",
        ]
        for request in requests {
            arguments += [RedisArgument(request.user.rawValue), RedisArgument(request.quantity)]
        }
        crashPoints.reach(.joinBefore)
        let reply = try await redis.run(
            script,
            keys: [keys.sale, keys.queue, keys.outcomes, keys.pace],
            arguments
        )
        crashPoints.reach(.joinAfter)
        return reply
    }

    /// When the product is drawn, for whoever was told that its line is not open; nil when it is not drawn.
    func lookForDraw(of product: ProductID) async throws -> Timestamp? {
        if let known = draws.drawAt(of: product) { return known }
        guard draws.mayBeDrawn(product) else { return nil }
        let drawAt: Timestamp?
        do {
            let reply = try await redis.send(RedisCommand("HGET", key: LineKeys(product).sale, ["draw_at"]))
            drawAt = try reply.optionalString().flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not say whether product \(product) is drawn")
        }
        draws.note(product, drawAt: drawAt)
        return drawAt
    }

    /// What the script `enqueue` has answered to some users.
    func answers(
        _ reply: ScriptReply,
        to requests: [JoinRequest],
        for product: ProductID
    ) throws -> [Result<JoinAnswer, any Error>] {
        try answers(JoinAnswers(reply, to: requests), for: product)
    }

    /// What was answered to some users; the last ticket is noted.
    func answers(_ answers: JoinAnswers, for product: ProductID) throws -> [Result<JoinAnswer, any Error>] {
        if let last = try answers.lastTicket() { handedOut.note(last.ticket, nonce: last.nonce, of: product) }
        return try answers.all()
    }

    /// Where the user stands.
    public func standing(of user: UserID, for product: ProductID, renewsCart: Bool) async throws -> Standing? {
        if let drawAt = draws.drawAt(of: product) {
            return try await standings(of: user, for: product, renewsCart: renewsCart, drawAt).standing(0, user)
        }
        let shown = try await standings(of: user, for: product, renewsCart: renewsCart, nil)
        guard shown.mayBeDrawn, let drawAt = try await lookForDraw(of: product) else {
            return try shown.standing(0, user)
        }
        return try await standings(of: user, for: product, renewsCart: renewsCart, drawAt).standing(0, user)
    }

    private func standings(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        _ drawAt: Timestamp?
    ) async throws -> ShownStandings {
        let keys = LineKeys(product)
        let highest = handedOut.highest(of: product)
        let reply = try await redis.run(
            drawAt == nil ? LineScripts.standing : LineScripts.drawStanding,
            keys: [keys.sale, keys.outcomes],
            [
                RedisArgument(product.rawValue), RedisArgument(highest.nonce), RedisArgument(highest.ticket),
                renewsCart ? "1" : "0", RedisArgument(user.rawValue),
            ]
        )
        return try ShownStandings(reply, product, drawAt: drawAt)
    }

    /// Gives the place or the entry up.
    public func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
        if draws.drawAt(of: product) != nil { return try await leave(product, user, LineScripts.withdraw) }
        let answer = try await leave(product, user, LineScripts.leave)
        guard answer == .notInLine, try await lookForDraw(of: product) != nil else { return answer }
        return try await leave(product, user, LineScripts.withdraw)
    }

    private func leave(_ product: ProductID, _ user: UserID, _ script: RedisScript) async throws -> LeaveAnswer {
        let keys = LineKeys(product)
        let reply = try await redis.run(
            script,
            keys: [keys.sale, keys.cart(of: user), keys.outcomes, keys.left],
            [RedisArgument(user.rawValue)]
        )
        switch reply.word {
        case "left": return .left
        case "none": return .notInLine
        case "unknown": throw UnknownSale(product: product)
        case "decided": return .alreadyDecided(PurchaseStatus(rawValue: try reply.text(1)))
        default: throw reply.unexpected()
        }
    }
}
