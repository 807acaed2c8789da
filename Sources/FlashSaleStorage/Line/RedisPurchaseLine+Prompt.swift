public import FlashSale
import NIOCore
import NIOPosix
import Redis

extension RedisPurchaseLine: PromptLine {
    /// Takes a place in line, or finds the one that the user has: by the connection of the caller's event loop.
    public func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) -> Bool {
        let highest = handedOut.highest(of: request.product)
        let drawAt = draws.drawAt(of: request.product)
        return send(
            drawAt == nil ? LineScripts.enqueue : LineScripts.enter,
            answer: answer,
            read: { reply in
                crashPoints.reach(.joinAfter)
                // Another script knows more of this line.
                if reply.word == (drawAt == nil ? "not_open" : "fifo") {
                    if drawAt != nil || draws.isUnclear(request.product) { return nil }
                }
                return try self.answer(reply, to: request, drawAt: drawAt)
            },
            otherwise: { try await join(request) },
            encode: { encoder in
                crashPoints.reach(.joinBefore)
                commands.writeEnqueue(request, isDrawn: drawAt != nil, highest: highest, to: &encoder)
            }
        )
    }

    /// Where the user stands: asked for together with all who ask in this turn of the caller's event loop.
    public func standing(
        of user: UserID,
        for product: ProductID,
        renewsCart: Bool,
        answer: @escaping (Result<Standing?, any Error>) -> Void
    ) -> Bool {
        guard redis.hasOwnConnection, let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else { return false }
        polls.collector(on: eventLoop).add(
            user,
            PollCollector.Question(product: product, renewsCarts: renewsCart),
            on: eventLoop,
            answer: answer,
            send: ask
        )
        return true
    }

    private func ask(_ question: PollCollector.Question, _ polls: PollCollector.Polls) {
        let highest = handedOut.highest(of: question.product)
        let drawAt = draws.drawAt(of: question.product)
        let users = polls.users
        let isSent = send(
            drawAt == nil ? LineScripts.standing : LineScripts.drawStanding,
            answer: { (result: Result<[Result<Standing?, any Error>], any Error>) in
                for (index, answer) in polls.answers.enumerated() { answer(result.flatMap { $0[index] }) }
            },
            read: { reply in
                let shown = try ShownStandings(reply, question.product, drawAt: drawAt)
                if shown.mayBeDrawn, draws.isUnclear(question.product) { return nil }
                // What is wrong with one user is not the others'.
                return users.enumerated().map { index, user in Result { try shown.standing(index, user) } }
            },
            otherwise: {
                var standings: [Result<Standing?, any Error>] = []
                for user in users {
                    do {
                        let standing = try await standing(
                            of: user,
                            for: question.product,
                            renewsCart: question.renewsCarts
                        )
                        standings.append(.success(standing))
                    } catch { standings.append(.failure(error)) }
                }
                return standings
            },
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
        guard !isSent else { return }
        // The connection was there when they asked.
        let lost = RedisError(.connectionLost, "the connection was lost before the command was sent")
        for answer in polls.answers { answer(.failure(StoreUnavailable(LineScripts.standing, cause: lost))) }
    }

    /// - Parameters:
    ///   - script: Whose command is sent.
    ///   - answer: Who gets what was read from the reply.
    ///   - read: Reads the reply; nil when it says too little.
    ///   - otherwise: Asks again when Redis does not know the script, and then has done nothing, or has said too little.
    ///   - encode: Writes the command.
    private func send<Answer: Sendable>(
        _ script: RedisScript,
        answer: @escaping (Result<Answer, any Error>) -> Void,
        read: @escaping (ScriptReply) throws -> Answer?,
        otherwise: @escaping @Sendable () async throws -> Answer,
        encode: (inout RedisCommandEncoder) -> Void
    ) -> Bool {
        redis.send(
            answer: { result in
                let reply: ScriptReply
                do {
                    reply = try ScriptReply(try result.get(), of: script)
                } catch let error as RedisError {
                    guard error.serverError?.code == "NOSCRIPT" else {
                        return answer(.failure(StoreUnavailable(script, cause: error)))
                    }
                    return Self.ask(otherwise, for: answer)
                } catch { return answer(.failure(error)) }
                let known: Answer
                do {
                    guard let read = try read(reply) else { return Self.ask(otherwise, for: answer) }
                    known = read
                } catch { return answer(.failure(error)) }
                answer(.success(known))
            },
            encode: encode
        )
    }

    private static func ask<Answer: Sendable>(
        _ question: @escaping @Sendable () async throws -> Answer,
        for answer: @escaping (Result<Answer, any Error>) -> Void
    ) {
        guard let eventLoop = MultiThreadedEventLoopGroup.currentEventLoop else {
            preconditionFailure("replies come on an event loop")
        }
        let answer = NIOLoopBound(answer, eventLoop: eventLoop)
        Task {
            let result: Result<Answer, any Error>
            do { result = .success(try await question()) } catch { result = .failure(error) }
            eventLoop.execute { answer.value(result) }
        }
    }
}
