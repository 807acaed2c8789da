import FlashSale
import Hummingbird

extension PageRoutes {
    func join(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        try request.refuseOtherSites()
        let form = try await FormBody(request, upTo: maximumBodyBytes, known: ["name", "quantity"])
        let user = try user(joining: form, request)
        let quantity = form["quantity"].map { Int($0) } ?? 1
        guard let quantity, quantity >= 1 else {
            let remedy = "Send a whole number from 1"
            throw Problem.invalidFields([InvalidValue(field: "quantity", problem: "is no quantity", remedy: remedy)])
        }
        let answer: JoinAnswer
        do {
            try gate.enter()
            defer { gate.leave() }
            answer = try await line.join(JoinRequest(product: product, user: user, quantity: quantity))
        } catch {
            lineMetrics.countJoin(.unavailable)
            throw error
        }
        var response = PageAnswers.go(to: PagePath.place(product))
        visitors.remember(user, in: &response, to: request)
        switch answer {
        case .joined(let standing):
            lineMetrics.countJoin(.joined)
            visitors.rememberStart(of: standing, in: &response, to: request)
        case .alreadyInLine: lineMetrics.countJoin(.alreadyInLine)
        case .alreadyDecided: lineMetrics.countJoin(.alreadyDecided)
        case .refused(let refusal):
            lineMetrics.countJoin(LineMetrics.JoinResult(refusal))
            throw Problem(refusal: refusal, isKnown: catalogue.isKnown(product), now: now())
        }
        return response
    }

    func leave(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (product, user) = try await visitor(of: request, context)
        try gate.enter()
        defer { gate.leave() }
        let answer: LeaveAnswer
        do { answer = try await line.leave(product, user: user) } catch is UnknownSale {
            throw Problem(refusal: .unknownProduct, isKnown: catalogue.isKnown(product), now: now())
        }
        switch answer {
        case .left:
            events.streams.noteLeft(user, of: product)
            return PageAnswers.go(to: PagePath.place(product))
        case .notInLine: return PageAnswers.go(to: PagePath.place(product))
        case .alreadyDecided: throw Problem(.alreadyDecided, "The place is being served or was decided.")
        }
    }

    func checkOut(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (product, user) = try await visitor(of: request, context)
        try gate.enter()
        defer { gate.leave() }
        let order = try await order(of: user, product)
        let answer: HoldAnswer
        do { answer = try await desk.checkOut(order) } catch {
            orderMetrics.countCheckout(.unavailable)
            throw error
        }
        orderMetrics.countCheckout(OrderMetrics.CheckoutResult(answer))
        if case .refused(let refusal) = answer { throw Problem(refusal: refusal) }
        return PageAnswers.go(to: PagePath.place(product))
    }

    func giveBack(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (product, user) = try await visitor(of: request, context)
        try gate.enter()
        defer { gate.leave() }
        if case .refused(let refusal) = try await desk.giveBack(try await order(of: user, product)) {
            throw Problem(refusal: refusal)
        }
        return PageAnswers.go(to: PagePath.place(product))
    }

    /// Pays, or fails to, as the payment provider of a real shop would report it: by an event, with the same effects.
    func pay(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        guard options.simulatesPayments else { throw Problem(.notFound, "There is nothing at this path.") }
        try request.refuseOtherSites()
        let form = try await FormBody(request, upTo: maximumBodyBytes, known: ["outcome"])
        let user = try identified(request)
        guard let status = form["outcome"].flatMap({ PaymentEvent.Status(rawValue: $0) }) else {
            let remedy = "Send paid or failed"
            throw Problem.invalidFields([InvalidValue(field: "outcome", problem: "is none", remedy: remedy)])
        }
        try gate.enter()
        defer { gate.leave() }
        guard let order = try await desk.order(try await order(of: user, product)) else { throw Problem.orderNotFound }
        let body = JSONWriter.object { json in
            // The same click twice is the same event.
            json.member("event_id", "simulated-\(order.id)-\(status.rawValue)")
            json.member("order_id", order.id.description)
            json.member("status", status.rawValue)
            json.member("amount", order.amount)
            json.member("currency", order.unitPrice.currency.code)
        }
        let answer: PaymentAnswer
        do { answer = try await desk.record(try PaymentBody(Array(body.readableBytesView)).event) } catch {
            orderMetrics.countPaymentEvent(.unavailable)
            throw error
        }
        orderMetrics.countPaymentEvent(OrderMetrics.PaymentEventResult(answer))
        return PageAnswers.go(to: PagePath.place(product))
    }

    /// The product and the user of a form without fields, which has come from a page of ours.
    private func visitor(
        of request: Request,
        _ context: BasicRequestContext
    ) async throws -> (product: ProductID, user: UserID) {
        let product = try context.product()
        try request.refuseOtherSites()
        _ = try await FormBody(request, upTo: maximumBodyBytes)
        return (product, try identified(request))
    }

    private func user(joining form: FormBody, _ request: Request) throws(Problem) -> UserID {
        switch options.identity {
        case .named:
            guard let name = form["name"] else { return try identified(request) }
            // People's keyboards add a blank behind a name.
            let trimmed = String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            do { return try UserID(trimmed) } catch { throw .invalidFields([error]) }
        case .signed: return try identified(request)
        }
    }

    /// The visitor's own order: no form names one, so that nobody can name another's.
    private func order(of user: UserID, _ product: ProductID) async throws -> OrderID {
        guard let standing = try await standing(of: user, product, renewsCart: false) else {
            throw Problem(.notInLine, "This user neither waits for this product nor has an outcome.")
        }
        return standing.order
    }
}

extension Problem {
    /// 403 for a visitor whom the shop has not sent.
    static let notIdentified = Problem(.notIdentified, "Nobody has said who this is.")
}
