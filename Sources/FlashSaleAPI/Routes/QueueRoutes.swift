import FlashSale
import HTTPTypes
import Hummingbird

/// A place in line: taking it, looking at it, giving it up.
///
/// Nothing here asks MariaDB.
struct QueueRoutes: Sendable {
    let line: any PurchaseLine
    /// The same line for the fast path, when it can be asked so.
    let promptLine: (any PromptLine)?
    let catalogue: any ProductCatalogue
    let renewsCarts: Bool
    let board: ProgressBoard
    let events: EventStreams
    let pace: PollPace
    let maximumBodyBytes: Int
    let gate: RequestGate
    let metrics: LineMetrics
    let now: @Sendable () -> Timestamp

    func join(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        let body = try JoinBody(try await request.jsonBody(upTo: maximumBodyBytes))
        let answer: JoinAnswer
        do {
            try gate.enter()
            defer { gate.leave() }
            answer = try await line.join(JoinRequest(product: product, user: body.user, quantity: body.quantity))
        } catch {
            metrics.countJoin(.unavailable)
            throw error
        }
        return Response(try self.answer(answer, product))
    }

    /// ``join(_:_:)`` on the fast path.
    func fastJoin(_ request: FastRequest, answer: FastCompletion) -> Bool {
        guard let promptLine, let product = request.product, let body = JoinBody(plain: request.body) else {
            return false
        }
        return promptLine.join(JoinRequest(product: product, user: body.user, quantity: body.quantity)) { result in
            if case .failure = result { metrics.countJoin(.unavailable) }
            answer(Result { try self.answer(try result.get(), product) })
        }
    }

    private func answer(_ answer: JoinAnswer, _ product: ProductID) throws(Problem) -> Answer {
        switch answer {
        case .joined(let standing):
            metrics.countJoin(.joined)
            return self.answer(standing, status: .accepted)
        case .alreadyInLine(let standing):
            metrics.countJoin(.alreadyInLine)
            return self.answer(standing, status: .ok)
        case .alreadyDecided(let standing):
            metrics.countJoin(.alreadyDecided)
            return self.answer(standing, status: .ok)
        case .refused(let refusal):
            metrics.countJoin(LineMetrics.JoinResult(refusal))
            throw Problem(refusal: refusal, isKnown: catalogue.isKnown(product), now: now())
        }
    }

    func standing(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        return try await standing(of: try context.user(), for: product)
    }

    /// Answers where a user stands, whoever has said who it is.
    func standing(of user: UserID, for product: ProductID) async throws -> Response {
        let standing: Standing?
        do {
            standing = try await line.standing(of: user, for: product, renewsCart: renewsCarts)
        } catch let unknown as UnknownSale {
            throw problem(for: unknown)
        }
        return Response(try answer(standing))
    }

    /// ``standing(_:_:)`` on the fast path.
    func fastStanding(_ request: FastRequest, answer: FastCompletion) -> Bool {
        guard let promptLine, let product = request.product, let user = request.user else { return false }
        return promptLine.standing(of: user, for: product, renewsCart: renewsCarts) { result in
            answer(
                Result {
                    do { return try self.answer(try result.get()) } catch let unknown as UnknownSale {
                        throw problem(for: unknown)
                    }
                }
            )
        }
    }

    private func answer(_ standing: Standing?) throws(Problem) -> Answer {
        metrics.countPoll(standing?.status)
        guard let standing else { throw Self.notInLine }
        return answer(standing, status: .ok)
    }

    func leave(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        let user = try context.user()
        let answer: LeaveAnswer
        do {
            answer = try await line.leave(product, user: user)
        } catch let unknown as UnknownSale {
            throw problem(for: unknown)
        }
        switch answer {
        case .left:
            events.noteLeft(user, of: product)
            return .noContent
        case .notInLine: throw Self.notInLine
        case .alreadyDecided(let status):
            // Not `status`: in a problem document that is the HTTP status (RFC 9457, section 3.1.3).
            let found = status.map { [Problem.Extension(name: "purchase_status", value: .text($0.rawValue))] }
            throw Problem(
                .alreadyDecided,
                "The place is being served or was decided: it can't be given up any more.",
                extensions: found ?? []
            )
        }
    }

    static let notInLine = Problem(
        .notInLine,
        "This user neither waits for this product nor has an outcome."
    )

    /// No such product, or a line that is being opened: the places in it are not forgotten before that is known.
    func problem(for unknown: UnknownSale) -> Problem {
        Problem(refusal: .unknownProduct, isKnown: catalogue.isKnown(unknown.product), now: now())
    }

    private func answer(_ standing: Standing, status: HTTPResponse.Status) -> Answer {
        let page = standing.status == .queued ? board.glance(at: standing.product) : nil
        let forecast = Forecast(for: standing, progress: page?.progress, estimate: page?.estimate)
        let pollAfter = pace.milliseconds(for: standing, forecast: forecast, now: now())
        var answer = Answer(
            status: status,
            body: StandingDocument.document(standing, forecast: forecast, pollAfterMilliseconds: pollAfter)
        )
        if status == .accepted { answer.location = APIPath.standing(of: standing.user, for: standing.product) }
        return answer
    }
}
