public import FlashSale
import Redis
public import Resilience

/// The API's side of the line.
///
/// All who join a line in one tick of an event loop are sent with one command, and so are all who ask where they stand.
public struct RedisPurchaseLine: PurchaseLine {
    let sender: LineSender
    private let joins: RequestCoalescers<ProductID, JoinRequest, JoinAnswer>
    private let statuses: RequestCoalescers<QueueStatusQuestion, UserID, Standing?>

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
        let sender = LineSender(
            redis: redis,
            commands: LineCommands(repeatedCallsPerMinute: repeatedCallsPerMinute, renewsCarts: renewsCarts),
            crashPoints: crashPoints
        )
        self.sender = sender
        joins = RequestCoalescers { product, batch in
            let line = sender.draws.drawAt(of: product).map { JoinBatch.Line.draw($0) } ?? .queue(looksForDraw: true)
            sender.send(
                JoinBatch(sender: sender, product: product, requests: batch.requests, line: line),
                to: batch.callbacks
            )
        }
        statuses = RequestCoalescers { question, batch in
            let drawAt = sender.draws.drawAt(of: question.product)
            sender.send(
                QueueStatusBatch(sender: sender, question: question, users: batch.requests, drawAt: drawAt),
                to: batch.callbacks
            )
        }
    }

    /// Takes a place in line, or enters a draw, or finds the place or the entry that the user has.
    ///
    /// All who join in one tick of an event loop join in the order in which they have called.
    public func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
        joins.add(request, to: request.product, callback: answer)
    }

    /// Where the user stands.
    public func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) {
        statuses.add(user, to: QueueStatusQuestion(product: product, renewsCarts: renewsCart), callback: answer)
    }

    /// Gives the place or the entry up.
    public func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
        if sender.draws.drawAt(of: product) != nil { return try await leave(product, user, LineScripts.withdraw) }
        let answer = try await leave(product, user, LineScripts.leave)
        guard answer == .notInLine, try await sender.lookForDraw(of: product) != nil else { return answer }
        return try await leave(product, user, LineScripts.withdraw)
    }

    private func leave(_ product: ProductID, _ user: UserID, _ script: RedisScript) async throws -> LeaveAnswer {
        let keys = LineKeys(product)
        let reply = try await sender.redis.run(
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
