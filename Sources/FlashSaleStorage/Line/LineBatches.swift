import FlashSale
import Redis

/// Joins of one product, sent together.
struct JoinBatch: LineBatch {
    /// Which line the users are taken into.
    enum Line: Hashable {
        /// First come, first served, as far as is known.
        ///
        /// - Parameter looksForDraw: Whether to look for a draw when the line is not open.
        case queue(looksForDraw: Bool)
        /// A draw, with entering until then.
        case draw(Timestamp)
        /// Behind the drawn.
        case behindDrawn
    }

    let sender: LineSender
    let product: ProductID
    let requests: [JoinRequest]
    let line: Line

    private var command: LineCommands.Join {
        switch line {
        case .queue: .enqueue
        case .draw: .enter
        case .behindDrawn: .late
        }
    }

    var script: RedisScript { command.script }

    func write(withSource: Bool, to encoder: inout RedisCommandEncoder) {
        sender.crashPoints.reach(.joinBefore)
        sender.commands.write(
            command,
            requests,
            for: product,
            highest: sender.handedOut.highest(of: product),
            withSource: withSource,
            to: &encoder
        )
    }

    func answers(_ reply: ScriptReply) throws -> [Result<JoinAnswer, any Error>]? {
        sender.crashPoints.reach(.joinAfter)
        switch line {
        case .queue(let looksForDraw):
            let joined = try JoinReply(reply, product, to: requests)
            if looksForDraw, joined.mayBeDrawn, sender.draws.mayBeDrawn(product) { return nil }
            return try noted(joined)
        case .draw(let drawAt):
            guard reply.word != "fifo" else { return nil }
            let entered = try JoinReply(reply, product, to: requests, drawAt: drawAt)
            return try entered.late().isEmpty ? noted(entered) : nil
        case .behindDrawn: return try noted(JoinReply(reply, product, to: requests))
        }
    }

    func answersBeyond(_ reply: ScriptReply) async throws -> [Result<JoinAnswer, any Error>] {
        guard case .draw(let drawAt) = line else {
            let known = try noted(JoinReply(reply, product, to: requests))
            guard let drawAt = try await sender.lookForDraw(of: product) else { return known }
            return try await sender.answers(to: with(requests, .draw(drawAt)))
        }
        guard reply.word != "fifo" else {
            sender.draws.note(product, drawAt: nil)
            return try await sender.answers(to: with(requests, .queue(looksForDraw: false)))
        }
        let entered = try JoinReply(reply, product, to: requests, drawAt: drawAt)
        var answers = try noted(entered)
        let late = try entered.late()
        do {
            let places = try await sender.answers(to: with(late.map { requests[$0] }, .behindDrawn))
            for (index, place) in zip(late, places) { answers[index] = place }
        } catch {
            for index in late { answers[index] = .failure(error) }
        }
        return answers
    }

    private func with(_ requests: [JoinRequest], _ line: Line) -> JoinBatch {
        JoinBatch(sender: sender, product: product, requests: requests, line: line)
    }

    /// All answers; the last ticket is noted.
    private func noted(_ joined: JoinReply) throws -> [Result<JoinAnswer, any Error>] {
        if let last = try joined.lastTicket() { sender.handedOut.note(last.ticket, nonce: last.nonce, of: product) }
        return try joined.all()
    }
}

/// What all who ask for their status with one command have in common.
struct QueueStatusQuestion: Hashable {
    let product: ProductID
    let renewsCarts: Bool
}

/// Users of one product who ask where they stand, sent together.
struct QueueStatusBatch: LineBatch {
    let sender: LineSender
    let question: QueueStatusQuestion
    let users: [UserID]
    /// When the product is drawn; nil where nothing is known of a draw.
    let drawAt: Timestamp?

    private var command: LineCommands.Status { drawAt == nil ? .standing : .drawStanding }

    var script: RedisScript { command.script }

    func write(withSource: Bool, to encoder: inout RedisCommandEncoder) {
        sender.commands.write(
            command,
            of: users,
            for: question.product,
            renewsCarts: question.renewsCarts,
            highest: sender.handedOut.highest(of: question.product),
            withSource: withSource,
            to: &encoder
        )
    }

    func answers(_ reply: ScriptReply) throws -> [Result<Standing?, any Error>]? {
        let statuses = try QueueStatusReply(reply, question.product, drawAt: drawAt)
        return statuses.mayBeDrawn && sender.draws.mayBeDrawn(question.product) ? nil : statuses.all(users)
    }

    func answersBeyond(_ reply: ScriptReply) async throws -> [Result<Standing?, any Error>] {
        guard let drawAt = try await sender.lookForDraw(of: question.product) else {
            return try QueueStatusReply(reply, question.product, drawAt: nil).all(users)
        }
        return try await sender.answers(
            to: QueueStatusBatch(sender: sender, question: question, users: users, drawAt: drawAt)
        )
    }
}
