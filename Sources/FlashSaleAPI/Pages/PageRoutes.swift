import FlashSale
import FlashSaleWeb
import HTTPTypes
import Hummingbird
import NIOCore

/// The shopper's pages: they do what the API does, by the same services, for whom a cookie names.
struct PageRoutes: Sendable {
    /// What the pages' script asks, answered as the API does.
    struct Parts: Sendable {
        let queue: QueueRoutes
        let events: EventRoutes
        let progress: ProgressRoutes
        /// Draws; nil where there are none.
        let draws: DrawRoutes?
    }

    let parts: Parts
    let services: PurchaseAPI.Services
    let options: PageOptions
    let visitors: Visitors
    let answers: PageAnswers
    let renewsCarts: Bool
    let board: ProgressBoard
    let encoder: QueueStatusEncoder
    let maximumBodyBytes: Int
    let now: @Sendable () -> Timestamp

    func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let products = try await services.products.products()
        return answers.page(answers.pages.products(products, now: now(), language: answers.language(of: request)))
    }

    func product(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try await services.products.product(try context.product())
        let user = visitors.user(of: request)
        var place: PurchaseStatus?
        if let user { place = try await services.queue.status(of: user, for: product.id, .lookup)?.status }
        let html = answers.pages.product(
            product,
            visitor: visitor(user),
            place: place,
            entrants: product.access.draw == nil ? nil : board.glance(at: product.id)?.progress.draw?.entrants,
            now: now(),
            language: answers.language(of: request)
        )
        return answers.page(html)
    }

    func place(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try await services.products.product(try context.product())
        guard let user = visitors.user(of: request) else { return PageAnswers.go(to: PagePath.product(product.id)) }
        guard let standing = try await services.queue.status(of: user, for: product.id, .poll) else {
            return PageAnswers.go(to: PagePath.product(product.id))
        }
        let needsOrder = standing.status == .held || standing.status == .pending
        let (forecast, pollAfter) = encoder.outlook(for: standing)
        let page = PlacePage(
            standing: standing,
            product: product,
            order: needsOrder ? try await services.orders.order(standing.order) : nil,
            startedAt: visitors.start(of: standing, request),
            outlook: forecast?.outlook ?? .unknown,
            waiting: forecast?.wait,
            pollAfterMilliseconds: pollAfter,
            renewsCarts: renewsCarts,
            offersSimulatedPayment: options.simulatesPayments,
            drawn: try await rank(of: standing, product)
        )
        let html = answers.pages.place(
            page,
            now: now(),
            language: answers.language(of: request)
        )
        return answers.page(html)
    }

    /// What the draw has brought to whoever waits, or has waited.
    private func rank(of standing: Standing, _ product: Product) async throws -> (rank: Int64, entrants: Int)? {
        guard standing.status != .entered, product.access.draw != nil, let draws = parts.draws,
            let roster = try await draws.draw(of: product.id).roster, roster.includes(standing.ticket)
        else { return nil }
        return (standing.ticket.rawValue - roster.firstTicket.rawValue + 1, roster.entrants)
    }

    /// The visitor's proof as the API has it: nobody can name another's.
    func proof(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let draws = parts.draws else { throw Problem(.notFound, "There is nothing at this path.") }
        return try await draws.proof(of: try identified(request), for: try context.product())
    }

    /// The visitor's standing as the API has it: nobody can name another's.
    func standing(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        return try await parts.queue.standing(of: try identified(request), for: product)
    }

    /// The visitor's standing, sent as it changes.
    func watch(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        return try await parts.events.watch(request, product, try identified(request))
    }

    /// Takes what the shop's link says, and leads on to the product.
    func enter(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        guard case .signed(let key) = options.identity else {
            throw Problem(.notFound, "There is nothing at this path.")
        }
        var query = QueryParameters(RequestTarget(request))
        let user = query.value("user_id", "Send the user's id") { $0 }
        let expires = query.value("expires", "Send seconds since 1970") { Int64($0) }
        let signature = query.value("signature", "Send 64 hexadecimal digits") { $0 }
        guard let user, let expires, let signature,
            let known = key.user(inLink: user, product: product, expires: expires, signature: signature, now: now())
        else { throw Problem(.badLink, "The link's signature is wrong, or its time is over.") }
        var response = PageAnswers.go(to: PagePath.product(product))
        visitors.remember(known, in: &response, to: request)
        return response
    }

    func asset(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let asset = PageAsset.all.first(where: { $0.file == context.parameters["file"] ?? "" }) else {
            throw Problem(.notFound, "There is nothing at this path.")
        }
        return Response(
            status: .ok,
            mediaType: asset.mediaType,
            cache: .forEver,
            body: ByteBuffer(bytes: asset.bytes)
        )
    }

    // MARK: What several have in common

    /// Who asks.
    func identified(_ request: Request) throws(Problem) -> UserID {
        guard let user = visitors.user(of: request) else { throw .notIdentified }
        return user
    }

    private func visitor(_ user: UserID?) -> PageVisitor {
        switch options.identity {
        case .named: .named(user)
        case .signed: user.map { .signed($0) } ?? .unknown
        }
    }
}

/// The addresses of pages.
enum PagePath {
    /// A product's page.
    static func product(_ product: ProductID) -> String { "/products/\(product)" }

    /// The page of a visitor's place.
    static func place(_ product: ProductID) -> String { "/products/\(product)/queue" }
}
