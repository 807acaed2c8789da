public import FlashSale
import NIOCore
import NIOPosix
import Redis
import Resilience

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
        let drawAt = draws.drawAt(of: product)
        let otherwise: @Sendable () async -> [Result<JoinAnswer, any Error>] = {
            await each(requests) { try await join($0) }
        }
        send(
            drawAt == nil ? LineScripts.enqueue : LineScripts.enter,
            answers: joins.answers,
            read: { reply in
                crashPoints.reach(.joinAfter)
                if let drawAt { return try entered(reply, requests, for: product, drawAt, otherwise) }
                let answers = try JoinAnswers(reply, to: requests)
                if answers.mayBeDrawn, draws.mayBeDrawn(product) { return .asks(otherwise) }
                return .results(try self.answers(answers, for: product))
            },
            otherwise: otherwise,
            encode: { encoder in
                crashPoints.reach(.joinBefore)
                commands.writeEnqueue(
                    requests,
                    for: product,
                    isDrawn: drawAt != nil,
                    highest: highest,
                    to: &encoder
                )
            }
        )
    }

    /// Whoever has come too late to enter is asked for once more, together.
    private func entered(
        _ reply: ScriptReply,
        _ requests: [JoinRequest],
        for product: ProductID,
        _ drawAt: Timestamp,
        _ otherwise: @escaping @Sendable () async -> [Result<JoinAnswer, any Error>]
    ) throws -> Reading<JoinAnswer> {
        guard reply.word != "fifo" else { return .asks(otherwise) }
        let entered = try JoinAnswers(reply, to: requests, drawAt: drawAt)
        let results = try self.answers(entered, for: product)
        let late = try entered.late()
        guard !late.isEmpty else { return .results(results) }
        return .asks {
            var results = results
            do {
                let places = try await joinLate(late.map { requests[$0] }, for: product)
                for (index, place) in zip(late, places) { results[index] = place }
            } catch {
                for index in late { results[index] = .failure(error) }
            }
            return results
        }
    }

    private func ask(_ question: StandingQuestion, _ polls: TurnCollector<StandingQuestion, UserID, Standing?>.Group) {
        let highest = handedOut.highest(of: question.product)
        let users = polls.wishes
        let drawAt = draws.drawAt(of: question.product)
        let otherwise: @Sendable () async -> [Result<Standing?, any Error>] = {
            await each(users) { user in
                try await standing(of: user, for: question.product, renewsCart: question.renewsCarts)
            }
        }
        send(
            drawAt == nil ? LineScripts.standing : LineScripts.drawStanding,
            answers: polls.answers,
            read: { reply in
                let shown = try ShownStandings(reply, question.product, drawAt: drawAt)
                if shown.mayBeDrawn, draws.mayBeDrawn(question.product) { return .asks(otherwise) }
                // What is wrong with one user is not the others'.
                return .results(users.enumerated().map { index, user in Result { try shown.standing(index, user) } })
            },
            otherwise: otherwise,
            encode: { encoder in
                commands.writeStanding(
                    of: users,
                    for: question.product,
                    isDrawn: drawAt != nil,
                    renewsCarts: question.renewsCarts,
                    highest: highest,
                    to: &encoder
                )
            }
        )
    }

    /// What was read from a reply.
    private enum Reading<Value: Sendable> {
        /// All that was asked for.
        case results([Result<Value, any Error>])
        /// Too little: the rest has to be asked for.
        case asks(@Sendable () async -> [Result<Value, any Error>])
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
        read: @escaping (ScriptReply) throws -> Reading<Value>,
        otherwise: @escaping @Sendable () async -> [Result<Value, any Error>],
        encode: (inout RedisCommandEncoder) -> Void
    ) {
        func fail(_ error: any Error) {
            for answer in answers { answer(.failure(error)) }
        }
        let isSent = redis.send(
            answer: { result in
                do {
                    switch try read(ScriptReply(try result.get(), of: script)) {
                    case .results(let results):
                        for (answer, result) in zip(answers, results) { answer(result) }
                    case .asks(let question): Self.ask(question, for: answers)
                    }
                } catch let error as RedisError where error.serverError?.code == "NOSCRIPT" {
                    Self.ask(otherwise, for: answers)
                } catch { fail(StoreUnavailable.telling(error, of: script)) }
            },
            encode: encode
        )
        guard !isSent else { return }
        let lost = RedisError(.connectionLost, "the connection was lost before the command was sent")
        fail(StoreUnavailable.telling(lost, of: script))
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
