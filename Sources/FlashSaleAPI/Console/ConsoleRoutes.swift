import FlashSale
import FlashSaleWeb
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The pages of the operator's console.
///
/// Each but the login form needs a session; each form carries its token.
struct ConsoleRoutes: Sendable {
    let service: OperatorService
    let access: OperatorAccess
    let maximumBodyBytes: Int

    /// The most rows of a list.
    static let listSize = 200

    // MARK: Reading

    func overview(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        Self.page(ConsolePage.overview(try await service.moment(), token: session.token))
    }

    func sale(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        var query = QueryParameters(RequestTarget(request))
        let span = query.value("span", "Send 30m, 3h, 24h or 7d") { SampleSpan(rawValue: $0) } ?? .halfHour
        let (moment, sale) = try await self.sale(context)
        let done = query.value("done", "Leave it out") { Self.action($0, sale.product.id) }
        try query.check()
        let samples = try await service.samples(of: sale.product.id, over: span)
        return Self.page(
            ConsolePage.sale(sale, moment, samples: samples, span: span, done: done, token: session.token)
        )
    }

    func confirm(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        let product = try await self.sale(context).1.product
        return Self.page(ConsolePage.confirmation(try action(context, product.id), product, token: session.token))
    }

    func failed(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        let entries = try await service.failedEntries(limit: Self.listSize)
        return Self.page(ConsolePage.failed(entries, token: session.token))
    }

    func payments(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        let refunds = try await service.payments(.refundDue, limit: Self.listSize)
        let reviews = try await service.payments(.review, limit: Self.listSize)
        return Self.page(ConsolePage.payments(refunds: refunds, reviews: reviews, token: session.token))
    }

    func log(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        var query = QueryParameters(RequestTarget(request))
        let product = query.value("product_id", "Send a product's number in plain digits") { ProductID(text: $0) }
        let before = query.value("before", "Send the number of a line") { Int64($0) }
        try query.check()
        let page = OperatorActionPage(product: product, before: before)
        return Self.page(ConsolePage.log(try await service.actions(page), page, token: session.token))
    }

    // MARK: Doing

    func perform(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        let form = try await self.form(request, session)
        let product = try await self.sale(context).1.product
        var action = try self.action(context, product.id)
        do {
            guard form["confirm"] == "\(product.id)" else {
                throw Problem.invalidFields([
                    InvalidValue(field: "confirm", problem: "is not \(product.id)", remedy: "Type \(product.id)")
                ])
            }
            if case .restock = action {
                guard let units = Int(form["units"]), (1...NewProduct.maximumStock).contains(units) else {
                    let problem = "is not a whole number from 1 to \(NewProduct.maximumStock)"
                    throw Problem.invalidFields([InvalidValue(field: "units", problem: problem, remedy: "Type one")])
                }
                action = .restock(product.id, units: units)
            }
            let result = try await service.perform(action)
            let back = "/sales/\(product.id)"
            guard result.problems.isEmpty else {
                let page = ConsolePage.result(
                    result.summary,
                    problems: result.problems,
                    back: back,
                    token: session.token
                )
                return Self.page(page)
            }
            return Self.redirect(to: "\(back)?done=\(action.name)")
        } catch let problem as Problem {
            guard let invalid = problem.errors.first else { throw problem }
            let page = ConsolePage.confirmation(
                action,
                product,
                units: form["units"],
                problem: "The field \(invalid.field) \(invalid.problem). \(invalid.remedy).",
                token: session.token
            )
            return Self.page(page, status: .unprocessableContent)
        }
    }

    func performFailed(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response
    {
        let form = try await self.form(request, session)
        let ids = form.all("entry").prefix(OperatorAction.maximumEntries).compactMap { Int64($0) }
        guard !ids.isEmpty else { return try await failedPage("Choose at least one entry.", session) }
        switch form["action"] {
        case "retry":
            let result = try await service.perform(.retryFailed(ids))
            return try await failedPage(([result.summary] + result.problems).joined(separator: " "), session)
        case "flush" where form["confirm"] == "flush":
            return try await failedPage(try await service.perform(.flushFailed(ids)).summary, session)
        case "flush": return Self.page(ConsolePage.flushConfirmation(ids, token: session.token))
        default: throw Problem(.invalidRequest, "The form has no such action.")
        }
    }

    private func failedPage(_ notice: String, _ session: Session) async throws -> Response {
        let entries = try await service.failedEntries(limit: Self.listSize)
        return Self.page(ConsolePage.failed(entries, notice: notice, token: session.token))
    }

    // MARK: Coming and going

    func loginForm(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        access.session(of: request) == nil ? Self.page(ConsolePage.login()) : Self.redirect(to: "/")
    }

    func login(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let form = try await FormFields(request, upTo: maximumBodyBytes)
        do {
            try access.check(form["key"])
        } catch {
            // The page says what is wrong; the log has it as a warning of its own.
            context.logger.warning("login refused", metadata: ["reason": "\(error.reason ?? error.detail)"])
            var response = Self.page(ConsolePage.login(problem: error.detail), status: error.code.status)
            if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
            return response
        }
        var response = Self.redirect(to: "/")
        response.headers[.setCookie] = access.beginning(over: request)
        context.logger.notice("an operator has logged in")
        return response
    }

    func logout(_ request: Request, _ context: BasicRequestContext, _ session: Session) async throws -> Response {
        _ = try await form(request, session)
        var response = Self.redirect(to: "/login")
        response.headers[.setCookie] = OperatorAccess.ending(over: request)
        return response
    }

    // MARK: Parts

    /// A session and the token that its forms carry.
    struct Session: Sendable {
        let value: String
        let token: String
    }

    /// The form of a request, if it is one of ours.
    private func form(_ request: Request, _ session: Session) async throws -> FormFields {
        let form = try await FormFields(request, upTo: maximumBodyBytes)
        guard access.keys.accepts(formToken: form["token"], of: session.value) else { throw Problem.foreignForm }
        return form
    }

    private func sale(_ context: BasicRequestContext) async throws -> (ConsoleMoment, SaleSight) {
        let product = try context.product()
        let moment = try await service.moment()
        guard let sale = moment.sale(product) else { throw Problem.productNotFound }
        return (moment, sale)
    }

    private func action(_ context: BasicRequestContext, _ product: ProductID) throws -> OperatorAction {
        guard let action = context.parameters["action"].flatMap({ Self.action(String($0), product) }) else {
            throw Problem(.notFound, "There is no such action.")
        }
        return action
    }

    private static func action(_ name: String, _ product: ProductID) -> OperatorAction? {
        switch name {
        case "pause": .pause(product)
        case "resume": .resume(product)
        case "restock": .restock(product, units: 0)
        case "close": .close(product)
        default: nil
        }
    }

    static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        var response = Response(
            status: status,
            mediaType: "text/html; charset=utf-8",
            cache: .never,
            body: ByteBuffer(string: html)
        )
        response.headers[.contentSecurityPolicy] = ConsolePage.contentSecurityPolicy
        if let name = HTTPField.Name("Referrer-Policy") { response.headers[name] = "same-origin" }
        return response
    }

    static func redirect(to path: String) -> Response {
        var response = Response(status: .seeOther)
        response.headers[.location] = path
        response.headers[.cacheControl] = CacheRule.never.rawValue
        return response
    }
}

extension Problem {
    /// 401 for a form without its session's token.
    static let foreignForm = Problem(
        .unauthorized,
        "The form does not belong to this session. Nothing was done. Go back, read the page again, and send it again.",
        reason: "a form came without its session's token"
    )
}
