public import FlashSale
import Redis
public import Resilience

/// The worker's side of the line.
public struct RedisServedLine: ServedLine {
    /// How long a user's outcome can be read in Redis after the product's last decision: a week.
    static let outcomeLife = Duration.seconds(7 * 86_400)

    let redis: GuardedRedisClient
    let crashPoints: CrashPoints

    /// The line in one Redis.
    ///
    /// - Parameter crashPoints: What happens between the steps; nothing, but for tests.
    public init(redis: GuardedRedisClient, crashPoints: CrashPoints = .none) {
        self.redis = redis
        self.crashPoints = crashPoints
    }

    /// Makes the rules of a sale known to the line.
    public func publish(_ product: Product, fence: Fence?) async throws -> PublishAnswer {
        let keys = LineKeys(product.id)
        let reply = try await redis.run(
            LineScripts.publish,
            keys: [keys.sale, keys.stock, keys.productCache, keys.productChanges],
            [
                RedisArgument(product.id.rawValue), RedisArgument(product.nonce ?? ""), argument(fence),
                RedisArgument(product.availableStock), RedisArgument(product.version),
            ] + rules(of: product)
        )
        try await dropListOfProducts()
        try throwIfFenced(reply, product.id, fence)
        crashPoints.reach(.publishAfter)
        guard reply.word == "published" else { return .missing }
        let rebuildAfter = try reply.integer(2)
        return .published(
            lastTicket: try reply.integer(1),
            rebuildAfter: rebuildAfter < 0 ? nil : rebuildAfter
        )
    }

    /// Makes room for a line that is about to be opened.
    public func prepare(_ product: ProductID, unlessAlive nonce: String?, opening: String, fence: Fence) async throws
        -> Bool
    {
        let keys = LineKeys(product)
        let reply = try await redis.run(
            LineScripts.prepare,
            keys: [keys.sale, keys.queue, keys.processing, keys.left, keys.pace, keys.drawn, keys.entries],
            [RedisArgument(nonce ?? ""), RedisArgument(fence.rawValue), RedisArgument(opening)]
        )
        try throwIfFenced(reply, product, fence)
        switch reply.word {
        case "alive": return false
        case "prepared":
            crashPoints.reach(.prepareAfter)
            return true
        default: throw reply.unexpected()
        }
    }

    /// Opens the line that was prepared for the product's nonce.
    public func open(_ product: Product, lastTicket: Int64) async throws {
        let keys = LineKeys(product.id)
        let reply = try await redis.run(
            LineScripts.open,
            keys: [keys.sale, keys.stock, keys.productCache, keys.productChanges, keys.outcomes],
            [
                RedisArgument(product.nonce ?? ""),
                RedisArgument(product.availableStock), RedisArgument(lastTicket),
                RedisArgument(product.soldOutAfter.map(String.init) ?? ""),
                "version", RedisArgument(product.version),
            ] + rules(of: product)
        )
        switch reply.word {
        case "opened": break
        case "gone": throw StoreUnavailable(reason: "the line that was to be opened is gone, or another one's")
        default: throw reply.unexpected()
        }
        try await dropListOfProducts()
        crashPoints.reach(.openAfter)
    }

    /// Takes entries from the line.
    public func claim(_ product: ProductID, fence: Fence, limit: Int, dropLimit: Int) async throws -> ClaimAnswer {
        let keys = LineKeys(product)
        return try await claim(product, from: keys.queue, fence: fence, limit: limit, dropLimit: dropLimit)
    }

    func claim(
        _ product: ProductID,
        from list: String,
        fence: Fence,
        limit: Int,
        dropLimit: Int
    ) async throws -> ClaimAnswer {
        crashPoints.reach(.claimBefore)
        let command = claimCommand(product, from: list, fence: fence, limit: limit, dropLimit: dropLimit)
        return try answer(script(try await run([command])[0], LineScripts.claim), product, fence)
    }

    /// Ends a claim.
    public func acknowledge(_ acknowledgement: Acknowledgement) async throws {
        let replies = try await run([acknowledgeCommand(acknowledgement)] + Self.dropListOfProducts)
        try confirm(script(replies[0], LineScripts.acknowledge), acknowledgement)
    }

    /// Ends a claim and takes the next one.
    public func acknowledge(
        _ acknowledgement: Acknowledgement,
        claiming limit: Int,
        dropLimit: Int
    ) async throws -> ClaimAnswer {
        let (product, fence) = (acknowledgement.product, acknowledgement.fence)
        crashPoints.reach(.claimBefore)
        let list = list(of: acknowledgement)
        let claim = claimCommand(product, from: list, fence: fence, limit: limit, dropLimit: dropLimit)
        // A claim that ran twice is the same claim, and the list may well be dropped twice.
        let replies = try await run([acknowledgeCommand(acknowledgement)] + Self.dropListOfProducts + [claim])
        try confirm(script(replies[0], LineScripts.acknowledge), acknowledgement)
        return try answer(script(replies[replies.count - 1], LineScripts.claim), product, fence)
    }

    /// Where the claim came from.
    private func list(of acknowledgement: Acknowledgement) -> String {
        let keys = LineKeys(acknowledgement.product)
        return acknowledgement.isOfDrawn ? keys.drawn : keys.queue
    }

    private func claimCommand(
        _ product: ProductID,
        from list: String,
        fence: Fence,
        limit: Int,
        dropLimit: Int
    ) -> RedisCommand {
        let keys = LineKeys(product)
        return RedisCommand(
            LineScripts.claim,
            keys: [keys.sale, list, keys.processing, keys.left, keys.pace],
            [
                RedisArgument(fence.rawValue), RedisArgument(limit), RedisArgument(dropLimit),
                RedisArgument(product.rawValue),
            ]
        )
    }

    private func answer(_ reply: ScriptReply, _ product: ProductID, _ fence: Fence) throws -> ClaimAnswer {
        try throwIfFenced(reply, product, fence)
        switch reply.word {
        case "claimed":
            crashPoints.reach(.claimAfter)
            return .claimed(try claim(reply))
        case "empty": return .empty
        case "paused": return .paused
        case "missing": return .missing
        case "sold_out":
            return .soldOut(remaining: Int(try reply.integer(1)), lastTicket: try reply.integer(2))
        default: throw reply.unexpected()
        }
    }

    private func acknowledgeCommand(_ acknowledgement: Acknowledgement) -> RedisCommand {
        let keys = LineKeys(acknowledgement.product)
        let decisions = acknowledgement.decisions
        var arguments: [RedisArgument] = [
            RedisArgument(acknowledgement.fence.rawValue), RedisArgument(acknowledgement.claimNumber),
            RedisArgument(acknowledgement.product.rawValue), RedisArgument(acknowledgement.availableStock),
            RedisArgument(acknowledgement.soldOutAfter.map(String.init) ?? ""),
            RedisArgument(Self.outcomeLife.components.seconds),
            RedisArgument(decisions.map(\.ticket.rawValue).max() ?? 0), acknowledgement.isSplit ? "1" : "0",
            RedisArgument(decisions.count),
        ]
        for decision in decisions {
            arguments.append(RedisArgument(decision.ticket.rawValue))
            arguments.append(RedisArgument(decision.user.rawValue))
            arguments.append(RedisArgument(EntryCodec.outcome(decision)))
        }
        arguments += acknowledgement.waiting.map { RedisArgument(EntryCodec.entry($0)) }
        return RedisCommand(
            LineScripts.acknowledge,
            keys: [
                keys.sale, list(of: acknowledgement), keys.processing, keys.outcomes, keys.stock, keys.left,
                keys.productCache,
                keys.productChanges, keys.pace,
            ],
            arguments
        )
    }

    private func confirm(_ reply: ScriptReply, _ acknowledgement: Acknowledgement) throws {
        try throwIfFenced(reply, acknowledgement.product, acknowledgement.fence)
        guard ["done", "stale", "missing"].contains(reply.word) else { throw reply.unexpected() }
        crashPoints.reach(.acknowledgeAfter)
    }

    private func run(_ commands: [RedisCommand]) async throws -> [RedisReply] {
        do {
            return try await redis.sendInOrder(commands)
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not do what a worker asked for")
        }
    }

    /// A script's reply among others.
    ///
    /// What became of the list of products is looked at by nobody: a full Redis drops it all the same, and it is good for a
    /// minute at most.
    private func script(_ reply: RedisReply, _ script: RedisScript) throws -> ScriptReply {
        do {
            return try ScriptReply(try reply.orThrow(), of: script)
        } catch {
            throw StoreUnavailable.telling(error, of: script)
        }
    }

    /// Shows what became of orders.
    public func show(_ orders: [Order], of product: Product, fence: Fence) async throws {
        try await show(orders, of: product.id, fence: fence, stock: (product.availableStock, product.soldOutAfter))
        crashPoints.reach(.showAfter)
    }

    /// Shows what became of an order, and wakes the worker that serves its product.
    func show(_ order: Order) async throws {
        try await show([order], of: order.id.product, fence: nil, stock: (0, nil))
    }

    private func show(
        _ orders: [Order],
        of product: ProductID,
        fence: Fence?,
        stock: (available: Int, soldOutAfter: Int64?)
    ) async throws {
        let keys = LineKeys(product)
        var arguments: [RedisArgument] = [
            RedisArgument(product.rawValue), argument(fence), RedisArgument(stock.available),
            RedisArgument(stock.soldOutAfter.map(String.init) ?? ""),
            RedisArgument(Self.outcomeLife.components.seconds),
        ]
        for order in orders {
            arguments.append(RedisArgument(order.user.rawValue))
            arguments.append(RedisArgument(EntryCodec.outcome(order.decision)))
        }
        let reply = try await redis.run(
            LineScripts.show,
            keys: [keys.sale, keys.outcomes, keys.stock, keys.productCache, keys.productChanges],
            arguments
        )
        try throwIfFenced(reply, product, fence)
        guard ["shown", "missing"].contains(reply.word) else { throw reply.unexpected() }
        try await dropListOfProducts()
    }

    /// Shows a page of outcomes again.
    public func rebuild(_ page: OutcomePage, of product: ProductID, fence: Fence) async throws {
        let keys = LineKeys(product)
        var arguments: [RedisArgument] = [
            RedisArgument(fence.rawValue), RedisArgument(page.after),
            RedisArgument(page.lastTicket.map(String.init) ?? ""),
            RedisArgument(Self.outcomeLife.components.seconds),
        ]
        for outcome in page.outcomes {
            arguments.append(RedisArgument(outcome.user.rawValue))
            arguments.append(RedisArgument(EntryCodec.outcome(outcome)))
        }
        let reply = try await redis.run(LineScripts.rebuild, keys: [keys.sale, keys.outcomes], arguments)
        try throwIfFenced(reply, product, fence)
        guard ["rebuilt", "stale", "missing"].contains(reply.word) else { throw reply.unexpected() }
        crashPoints.reach(.rebuildAfter)
    }

    /// Opens the line of a sold-out product again.
    public func reopen(_ product: Product, fence: Fence) async throws {
        let keys = LineKeys(product.id)
        let reply = try await redis.run(
            LineScripts.reopen,
            keys: [keys.sale, keys.queue, keys.processing],
            [RedisArgument(fence.rawValue)]
        )
        try throwIfFenced(reply, product.id, fence)
        switch reply.word {
        case "reopened", "missing": return
        case "busy": throw StoreUnavailable(reason: "entries came into the sold-out line, they are dropped first")
        default: throw reply.unexpected()
        }
    }

    /// Hands a stream of wake-ups to the body.
    public func withWakeUps(_ body: (any AsyncSequence<ProductID, any Error>) async throws -> Void) async throws {
        try await redis.withSubscription(to: [LineKeys.wakeChannel]) { messages in
            try await body(
                messages.compactMap { ProductID(text: String(decoding: $0.payload, as: UTF8.self)) }
            )
        }
    }

    /// Tells whoever serves the product, or could, to look at it now.
    func wake(_ product: ProductID) async throws {
        do {
            let wake = RedisCommand("PUBLISH", [RedisArgument(LineKeys.wakeChannel), RedisArgument(product.rawValue)])
            _ = try await redis.send(wake)
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not pass on a wake-up")
        }
    }

    private func dropListOfProducts() async throws { _ = try await run(Self.dropListOfProducts) }

    /// The document of all products shows every product's stock, and lives on a shard of its own.
    private static let dropListOfProducts = [
        RedisCommand("DEL", key: LineKeys.allProductsCache), RedisCommand("INCR", key: LineKeys.allProductsChanges),
    ]

    private func claim(_ reply: ScriptReply) throws -> Claim {
        var claim = Claim(
            number: try reply.integer(1),
            attempts: Int(try reply.integer(2)),
            entries: [],
            lineLength: Int(try reply.integer(3)),
            lastTicket: try reply.integer(4)
        )
        for index in 5..<max(5, reply.count) {
            switch EntryCodec.claimed(try reply.bytes(index)) {
            case .success(let entry): claim.entries.append(entry)
            case .failure(let unreadable): claim.unreadable.append(unreadable)
            }
        }
        return claim
    }

    private func rules(of product: Product) -> [RedisArgument] {
        let opensAt = product.opensAt?.milliseconds ?? 0
        let opening: [RedisArgument] =
            if let terms = product.access.draw {
                [
                    "opens_at", RedisArgument(LineKeys.neverOpens), "enters_at", RedisArgument(opensAt),
                    "draw_at", RedisArgument(terms.drawAt.milliseconds),
                ]
            } else {
                ["opens_at", RedisArgument(opensAt)]
            }
        return opening + [
            "state", product.isPaused ? "paused" : "open",
            "closes_at", RedisArgument(product.closesAt?.milliseconds ?? 0),
            "cart_seconds", RedisArgument(product.limits.cartSeconds),
            "max_queue", RedisArgument(product.limits.maxQueue),
            "max_per_user", RedisArgument(product.limits.maxPerUser),
        ]
    }

    private func argument(_ fence: Fence?) -> RedisArgument { RedisArgument(fence.map(\.description) ?? "") }

    func throwIfFenced(_ reply: ScriptReply, _ product: ProductID, _ fence: Fence?) throws {
        if reply.word == "fenced", let fence { throw Fenced(product: product, fence: fence) }
    }
}
