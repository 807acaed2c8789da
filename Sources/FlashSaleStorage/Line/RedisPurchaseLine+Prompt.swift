public import FlashSale
import NIOCore
import NIOPosix
import Redis

/// What all polls of one command have in common.
struct StandingQuestion: Hashable {
    let product: ProductID
    let renewsCarts: Bool
}

extension RedisPurchaseLine: PromptLine {
    /// Takes a place in line, or finds the one that the user has: asked for together with all who join in this turn of the
    /// caller's event loop, in their order.
    public func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) -> Bool {
        guard redis.hasOwnConnection, let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else { return false }
        joins.collector(on: eventLoop).add(request, to: request.product, on: eventLoop, answer: answer, send: ask)
        return true
    }

    /// Where the user stands: asked for together with all who ask in this turn of the caller's event loop.
    public func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) -> Bool {
        guard redis.hasOwnConnection, let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else { return false }
        let question = StandingQuestion(product: product, renewsCarts: renewsCart)
        polls.collector(on: eventLoop).add(user, to: question, on: eventLoop, answer: answer, send: ask)
        return true
    }

    private func ask(_ product: ProductID, _ joins: TurnCollector<ProductID, JoinRequest, JoinAnswer>.Group) {
        let highest = handedOut.highest(of: product)
        let requests = joins.wishes
        send(
            LineScripts.enqueue,
            answers: joins.answers,
            read: { reply in
                crashPoints.reach(.joinAfter)
                return try answers(reply, to: requests, for: product)
            },
            otherwise: { await each(requests) { try await join($0) } },
            encode: { encoder in
                crashPoints.reach(.joinBefore)
                commands.writeEnqueue(requests, for: product, highest: highest, to: &encoder)
            }
        )
    }

    private func ask(_ question: StandingQuestion, _ polls: TurnCollector<StandingQuestion, UserID, Standing?>.Group) {
        let highest = handedOut.highest(of: question.product)
        let users = polls.wishes
        send(
            LineScripts.standing,
            answers: polls.answers,
            read: { reply in
                let shown = try ShownStandings(reply, question.product)
                // What is wrong with one user is not the others'.
                return users.enumerated().map { index, user in Result { try shown.standing(index, user) } }
            },
            otherwise: {
                await each(users) { user in
                    try await standing(of: user, for: question.product, renewsCart: question.renewsCarts)
                }
            },
            encode: { encoder in
                commands.writeStanding(
                    of: users,
                    for: question.product,
                    renewsCarts: question.renewsCarts,
                    highest: highest,
                    to: &encoder
                )
            }
        )
    }

    private func each<Wish, Value>(
        _ wishes: [Wish],
        _ ask: (Wish) async throws -> Value
    ) async -> [Result<Value, any Error>] {
        var results: [Result<Value, any Error>] = []
        for wish in wishes {
            do { results.append(.success(try await ask(wish))) } catch { results.append(.failure(error)) }
        }
        return results
    }

    /// Sends a command for some users, on a connection that was there when they asked.
    ///
    /// - Parameters:
    ///   - script: Whose command is sent.
    ///   - answers: Who gets what was read from the reply, in the order of the users.
    ///   - read: Reads the reply.
    ///   - otherwise: Asks again when Redis does not know the script: then it has done nothing.
    ///   - encode: Writes the command.
    private func send<Value: Sendable>(
        _ script: RedisScript,
        answers: [(Result<Value, any Error>) -> Void],
        read: @escaping (ScriptReply) throws -> [Result<Value, any Error>],
        otherwise: @escaping @Sendable () async -> [Result<Value, any Error>],
        encode: (inout RedisCommandEncoder) -> Void
    ) {
        func fail(_ error: any Error) {
            for answer in answers { answer(.failure(error)) }
        }
        let isSent = redis.send(
            answer: { result in
                do {
                    let results = try read(ScriptReply(try result.get(), of: script))
                    for (answer, result) in zip(answers, results) { answer(result) }
                } catch let error as RedisError {
                    guard error.serverError?.code == "NOSCRIPT" else {
                        return fail(StoreUnavailable(script, cause: error))
                    }
                    Self.ask(otherwise, for: answers)
                } catch { fail(error) }
            },
            encode: encode
        )
        guard !isSent else { return }
        let lost = RedisError(.connectionLost, "the connection was lost before the command was sent")
        fail(StoreUnavailable(script, cause: lost))
    }

    private static func ask<Value: Sendable>(
        _ question: @escaping @Sendable () async -> [Result<Value, any Error>],
        for answers: [(Result<Value, any Error>) -> Void]
    ) {
        guard let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else {
            preconditionFailure("replies come on an event loop")
        }
        let answers = NIOLoopBound(answers, eventLoop: eventLoop)
        Task {
            let results = await question()
            eventLoop.execute {
                for (answer, result) in zip(answers.value, results) { answer(result) }
            }
        }
    }
}
