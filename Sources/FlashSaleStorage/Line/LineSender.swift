import FlashSale
import NIOCore
import NIOPosix
import Redis
import Resilience

/// What some users ask with one command of a script.
protocol LineBatch: Sendable {
    associatedtype Value: Sendable

    var script: RedisScript { get }

    /// Writes the command.
    ///
    /// - Parameter withSource: Whether the script's text is sent in place of its SHA-1.
    func write(withSource: Bool, to encoder: inout RedisCommandEncoder)

    /// All answers, in the order of the users; nil when the reply is not enough for them.
    func answers(_ reply: ScriptReply) throws -> [Result<Value, any Error>]?

    /// All answers where the reply was not enough: asks for the rest, once more for all users together.
    func answersBeyond(_ reply: ScriptReply) async throws -> [Result<Value, any Error>]
}

/// Sends what users ask of the lines, many in one command, and sees to it that each is answered once.
struct LineSender: Sendable {
    let redis: GuardedRedisClient
    let commands: LineCommands
    let crashPoints: CrashPoints
    let handedOut = HandedOutTickets()
    let draws = DrawProducts()

    /// Sends a batch from the event loop that its callers run on.
    ///
    /// - Parameter callbacks: Who gets the answers, in the order of the batch; each is called once, on this event loop.
    func send<Batch: LineBatch>(
        _ batch: Batch,
        withSource: Bool = false,
        to callbacks: [(Result<Batch.Value, any Error>) -> Void]
    ) {
        let isSent = redis.send(
            answer: { receive($0, batch, withSource: withSource, callbacks) },
            encode: { batch.write(withSource: withSource, to: &$0) }
        )
        // The event loop's own connection is not ready: another one may be.
        if !isSent { answer(callbacks) { try await answers(to: batch) } }
    }

    private func receive<Batch: LineBatch>(
        _ result: Result<RedisReply, any Error>,
        _ batch: Batch,
        withSource: Bool,
        _ callbacks: [(Result<Batch.Value, any Error>) -> Void]
    ) {
        let answers: [Result<Batch.Value, any Error>]
        do {
            let reply = try ScriptReply(try result.get(), of: batch.script)
            guard let all = try batch.answers(reply) else {
                return answer(callbacks) { try await batch.answersBeyond(reply) }
            }
            answers = all
        } catch let error as RedisError where error.isUnknownScript && !withSource {
            // Redis has done nothing. With the text not even a SCRIPT FLUSH in between fails the command.
            return send(batch, withSource: true, to: callbacks)
        } catch {
            return fail(callbacks, StoreUnavailable.telling(error, of: batch.script))
        }
        for (callback, answer) in zip(callbacks, answers) { callback(answer) }
    }

    /// Answers once a task has found the answers.
    ///
    /// It is nobody's child: a caller that goes must not take along what others wait for. Redis's own time limits bound it.
    private func answer<Value: Sendable>(
        _ callbacks: [(Result<Value, any Error>) -> Void],
        _ answers: @escaping @Sendable () async throws -> [Result<Value, any Error>]
    ) {
        guard let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else {
            preconditionFailure("batches are sent and replies come on an event loop")
        }
        let callbacks = NIOLoopBound(callbacks, eventLoop: eventLoop)
        Task {
            do {
                let answers = try await answers()
                eventLoop.execute {
                    for (callback, answer) in zip(callbacks.value, answers) { callback(answer) }
                }
            } catch {
                eventLoop.execute { fail(callbacks.value, error) }
            }
        }
    }

    private func fail<Value>(_ callbacks: [(Result<Value, any Error>) -> Void], _ error: any Error) {
        for callback in callbacks { callback(.failure(error)) }
    }

    /// Sends a batch on any connection.
    func answers<Batch: LineBatch>(to batch: Batch) async throws -> [Result<Batch.Value, any Error>] {
        let reply = try await run(batch)
        if let answers = try batch.answers(reply) { return answers }
        return try await batch.answersBeyond(reply)
    }

    private func run(_ batch: some LineBatch) async throws -> ScriptReply {
        do {
            do {
                let reply = try await redis.send(RedisCommand { batch.write(withSource: false, to: &$0) })
                return try ScriptReply(reply, of: batch.script)
            } catch let error as RedisError where error.isUnknownScript {
                let reply = try await redis.send(RedisCommand { batch.write(withSource: true, to: &$0) })
                return try ScriptReply(reply, of: batch.script)
            }
        } catch {
            throw StoreUnavailable.telling(error, of: batch.script)
        }
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
}

extension RedisError {
    /// Whether a script was run by its SHA-1 that Redis does not have.
    fileprivate var isUnknownScript: Bool { serverError?.code == "NOSCRIPT" }
}
