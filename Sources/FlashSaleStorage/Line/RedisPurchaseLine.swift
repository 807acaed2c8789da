public import FlashSale
public import Redis

/// The API's side of the line: one script and one round trip each.
public struct RedisPurchaseLine: PurchaseLine {
    let redis: RedisClient
    private let repeatedCallsPerMinute: Int
    private let renewsCarts: Bool
    let handedOut = HandedOutTickets()
    let draws = DrawProducts()
    let commands: LineCommands
    let polls = PollCollectors()
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

    /// Takes a place in line, or enters a draw, or finds the place or entry that the user has.
    public func join(_ request: JoinRequest) async throws -> JoinAnswer {
        if let drawAt = draws.drawAt(of: request.product), let answer = try await enter(request, drawAt) {
            return answer
        }
        let answer = try await enqueue(request)
        guard case .refused(.notOpenYet) = answer, let drawAt = try await lookForDraw(of: request.product) else {
            return answer
        }
        return try await enter(request, drawAt) ?? answer
    }

    private func enqueue(_ request: JoinRequest) async throws -> JoinAnswer {
        try answer(try await run(LineScripts.enqueue, request), to: request)
    }

    /// Joins a line that is drawn; nil when it is none.
    private func enter(_ request: JoinRequest, _ drawAt: Timestamp) async throws -> JoinAnswer? {
        let reply = try await run(LineScripts.enter, request)
        guard reply.word != "fifo" else {
            draws.note(request.product, drawAt: nil)
            return nil
        }
        return try answer(reply, to: request, drawAt: drawAt)
    }

    private func run(_ script: RedisScript, _ request: JoinRequest) async throws -> ScriptReply {
        let keys = LineKeys(request.product)
        let user = request.user
        let highest = handedOut.highest(of: request.product)
        crashPoints.reach(.joinBefore)
        let reply = try await redis.run(
            script,
            keys: [keys.sale, keys.queue, keys.cart(of: user), keys.outcomes, keys.rate(of: user), keys.pace],
            [
                RedisArgument(user.rawValue), RedisArgument(request.quantity), RedisArgument(repeatedCallsPerMinute),
                renewsCarts ? "1" : "0", RedisArgument(request.product.rawValue), RedisArgument(highest.nonce),
                RedisArgument(highest.ticket),
            ]
        )
        crashPoints.reach(.joinAfter)
        return reply
    }

    /// When the product is drawn, for whoever was told that its line is not open; nil when it is not drawn.
    func lookForDraw(of product: ProductID) async throws -> Timestamp? {
        if let known = draws.drawAt(of: product) { return known }
        guard draws.isUnclear(product) else { return nil }
        let drawAt: Timestamp?
        do {
            let reply = try await redis.send(RedisCommand("HGET", key: LineKeys(product).sale, ["draw_at"]))
            drawAt = try reply.optionalString().flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
        } catch let error as RedisError {
            throw StoreUnavailable(reason: "Redis did not say whether product \(product) is drawn", cause: error)
        }
        draws.note(product, drawAt: drawAt)
        return drawAt
    }

    /// What the script `enqueue` has answered, or `enter`.
    func answer(_ reply: ScriptReply, to request: JoinRequest, drawAt: Timestamp? = nil) throws -> JoinAnswer {
        switch reply.word {
        case "joined", "entered":
            handedOut.note(try reply.integer(6), nonce: try reply.text(10), of: request.product)
            return .joined(try standing(reply, request, drawAt))
        case "in_line": return .alreadyInLine(try standing(reply, request, drawAt))
        case "decided": return .alreadyDecided(try standing(reply, request, drawAt))
        default: return .refused(try refusal(reply, request.product))
        }
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

    private func standing(_ reply: ScriptReply, _ request: JoinRequest, _ drawAt: Timestamp?) throws -> Standing {
        let (product, user) = (request.product, request.user)
        let ticket = try reply.ticket(1)
        guard let status = PurchaseStatus(rawValue: try reply.text(3)),
            let state = SaleState(rawValue: try reply.text(8)), let stock = StockState(rawValue: try reply.text(9))
        else { throw reply.unexpected() }
        let expires = try reply.integer(7)
        let order = try reply.integer(4)
        return Standing(
            status: status,
            product: product,
            user: user,
            ticket: ticket,
            quantity: Int(try reply.integer(2)),
            order: OrderID(product: product, ticket: Ticket(status == .entered ? 0 : order) ?? ticket),
            servedTicket: try reply.integer(5),
            lastTicket: try reply.integer(6),
            cartExpiresAt: expires > 0 ? Timestamp(milliseconds: expires) : nil,
            saleState: state,
            stockState: stock,
            draw: status == .entered ? drawAt.map { PendingDraw(entrants: order, drawAt: $0) } : nil
        )
    }

    private func refusal(_ reply: ScriptReply, _ product: ProductID) throws -> JoinRefusal {
        switch reply.word {
        case "unknown": return .unknownProduct
        case "sold_out": return .soldOut
        case "paused": return .paused
        case "closed": return .closed(closedAt: Timestamp(milliseconds: try reply.integer(1)))
        case "not_open": return .notOpenYet(opensAt: Timestamp(milliseconds: try reply.integer(1)))
        case "quantity": return .quantityTooHigh(maximum: Int(try reply.integer(1)))
        case "full": return .queueFull(maximum: Int(try reply.integer(1)))
        case "rate_limited": return .rateLimited(retryAfterSeconds: Int(try reply.integer(1)))
        case "already_purchased":
            let ticket = Ticket(try reply.integer(1))
            return .alreadyPurchased(order: ticket.map { OrderID(product: product, ticket: $0) })
        default: throw reply.unexpected()
        }
    }
}
