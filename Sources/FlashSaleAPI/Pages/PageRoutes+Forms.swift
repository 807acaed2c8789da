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
        let joined = try await services.queue.join(JoinRequest(product: product, user: user, quantity: quantity))
        var response = PageAnswers.go(to: PagePath.place(product))
        visitors.remember(user, in: &response, to: request)
        if joined.isNew { visitors.rememberStart(of: joined.standing, in: &response, to: request) }
        return response
    }

    func leave(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (product, user) = try await visitor(of: request, context)
        _ = try await services.queue.leave(product, user: user)
        return PageAnswers.go(to: PagePath.place(product))
    }

    func checkOut(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (product, user) = try await visitor(of: request, context)
        _ = try await services.orders.checkOut(try await order(of: user, product))
        return PageAnswers.go(to: PagePath.place(product))
    }

    func giveBack(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (product, user) = try await visitor(of: request, context)
        try await services.orders.giveBack(try await order(of: user, product))
        return PageAnswers.go(to: PagePath.place(product))
    }

    /// Pays, or fails to, with a payment that moves no money.
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
        guard let order = try await services.orders.order(try await order(of: user, product)) else {
            throw Problem.orderNotFound
        }
        try await services.payments.simulate(status, of: order)
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
        guard let standing = try await services.queue.status(of: user, for: product, .lookup) else {
            throw Problem.notInLine
        }
        return standing.order
    }
}

extension Problem {
    /// 403 for a visitor whom the shop has not sent.
    static let notIdentified = Problem(.notIdentified, "Nobody has said who this is.")
}
