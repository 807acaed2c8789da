public import FlashSale
public import Redis

/// The API's side of the line: one script and one round trip each.
public struct RedisPurchaseLine: PurchaseLine {
    let redis: RedisClient
    private let repeatedCallsPerMinute: Int
    private let renewsCarts: Bool
    let handedOut = HandedOutTickets()
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
        redis: RedisClient,
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

    /// Takes a place in line, or finds the one that the user has.
    public func join(_ request: JoinRequest) async throws -> JoinAnswer {
        let keys = LineKeys(request.product)
        let highest = handedOut.highest(of: request.product)
        crashPoints.reach(.joinBefore)
        let reply = try await redis.run(
            LineScripts.enqueue,
            keys: [keys.sale, keys.queue, keys.outcomes, keys.pace],
            [
                RedisArgument(request.product.rawValue), RedisArgument(highest.nonce), RedisArgument(highest.ticket),
                RedisArgument(repeatedCallsPerMinute), renewsCarts ? "1" : "0", RedisArgument(request.user.rawValue),
                RedisArgument(request.quantity),
            ]
        )
        crashPoints.reach(.joinAfter)
        return try answers(reply, to: [request], for: request.product)[0].get()
    }

    /// What the script `enqueue` has answered to some users.
    func answers(
        _ reply: ScriptReply,
        to requests: [JoinRequest],
        for product: ProductID
    ) throws -> [Result<JoinAnswer, any Error>] {
        let answers = try JoinAnswers(reply, to: requests)
        if let last = try answers.lastTicket() { handedOut.note(last.ticket, nonce: last.nonce, of: product) }
        return try answers.all()
    }

    /// Where the user stands.
    public func standing(of user: UserID, for product: ProductID, renewsCart: Bool) async throws -> Standing? {
        let keys = LineKeys(product)
        let highest = handedOut.highest(of: product)
        let reply = try await redis.run(
            LineScripts.standing,
            keys: [keys.sale, keys.outcomes],
            [
                RedisArgument(product.rawValue), RedisArgument(highest.nonce), RedisArgument(highest.ticket),
                renewsCart ? "1" : "0", RedisArgument(user.rawValue),
            ]
        )
        return try ShownStandings(reply, product).standing(0, user)
    }

    /// Gives the place up.
    public func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
        let keys = LineKeys(product)
        let reply = try await redis.run(
            LineScripts.leave,
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
