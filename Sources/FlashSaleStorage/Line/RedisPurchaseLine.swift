public import FlashSale
public import Redis

/// The API's side of the line: one script and one round trip each.
public struct RedisPurchaseLine: PurchaseLine {
    let redis: RedisClient
    private let repeatedCallsPerMinute: Int
    private let renewsCarts: Bool
    let handedOut = HandedOutTickets()
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

    /// Takes a place in line, or finds the one that the user has.
    public func join(_ request: JoinRequest) async throws -> JoinAnswer {
        let keys = LineKeys(request.product)
        let user = request.user
        let highest = handedOut.highest(of: request.product)
        crashPoints.reach(.joinBefore)
        let reply = try await redis.run(
            LineScripts.enqueue,
            keys: [keys.sale, keys.queue, keys.cart(of: user), keys.outcomes, keys.rate(of: user), keys.pace],
            [
                RedisArgument(user.rawValue), RedisArgument(request.quantity), RedisArgument(repeatedCallsPerMinute),
                renewsCarts ? "1" : "0", RedisArgument(request.product.rawValue), RedisArgument(highest.nonce),
                RedisArgument(highest.ticket),
            ]
        )
        crashPoints.reach(.joinAfter)
        return try answer(reply, to: request)
    }

    /// What the script `enqueue` has answered.
    func answer(_ reply: ScriptReply, to request: JoinRequest) throws -> JoinAnswer {
        switch reply.word {
        case "joined":
            handedOut.note(try reply.integer(6), nonce: try reply.text(10), of: request.product)
            return .joined(try standing(reply, request.product, request.user))
        case "in_line": return .alreadyInLine(try standing(reply, request.product, request.user))
        case "decided": return .alreadyDecided(try standing(reply, request.product, request.user))
        default: return .refused(try refusal(reply, request.product))
        }
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

    private func standing(_ reply: ScriptReply, _ product: ProductID, _ user: UserID) throws -> Standing {
        let ticket = try reply.ticket(1)
        guard let status = PurchaseStatus(rawValue: try reply.text(3)),
            let state = SaleState(rawValue: try reply.text(8)), let stock = StockState(rawValue: try reply.text(9))
        else { throw reply.unexpected() }
        let expires = try reply.integer(7)
        return Standing(
            status: status,
            product: product,
            user: user,
            ticket: ticket,
            quantity: Int(try reply.integer(2)),
            order: OrderID(product: product, ticket: Ticket(try reply.integer(4)) ?? ticket),
            servedTicket: try reply.integer(5),
            lastTicket: try reply.integer(6),
            cartExpiresAt: expires > 0 ? Timestamp(milliseconds: expires) : nil,
            saleState: state,
            stockState: stock
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
