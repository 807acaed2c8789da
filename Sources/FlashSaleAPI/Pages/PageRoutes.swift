import FlashSale
import FlashSaleWeb
import HTTPTypes
import Hummingbird
import NIOCore

/// The shopper's pages: they do what the API does, through the same line and desk, for whom a cookie names.
struct PageRoutes: Sendable {
    /// What the pages' script asks, answered as the API does.
    let queue: QueueRoutes
    let events: EventRoutes
    let progress: ProgressRoutes
    /// Draws; nil where there are none.
    let draws: DrawRoutes?
    let line: any PurchaseLine
    let catalogue: any ProductCatalogue
    let desk: any OrderDesk
    let options: PageOptions
    let visitors: Visitors
    let answers: PageAnswers
    let renewsCarts: Bool
    let board: ProgressBoard
    let pace: PollPace
    let maximumBodyBytes: Int
    let gate: RequestGate
    let lineMetrics: LineMetrics
    let orderMetrics: OrderMetrics
    let now: @Sendable () -> Timestamp

    func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let products = try await catalogue.products()
        return answers.page(answers.pages.products(products, now: now(), language: answers.language(of: request)))
    }

    func product(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try await known(try context.product())
        let user = visitors.user(of: request)
        var place: PurchaseStatus?
        if let user { place = try await standing(of: user, product.id, renewsCart: false)?.status }
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
        let product = try await known(try context.product())
        guard let user = visitors.user(of: request) else { return PageAnswers.go(to: PagePath.product(product.id)) }
        let standing = try await standing(of: user, product.id, renewsCart: renewsCarts)
        lineMetrics.countPoll(standing?.status)
        guard let standing else { return PageAnswers.go(to: PagePath.product(product.id)) }
        let needsOrder = standing.status == .held || standing.status == .pending
        let known = board.glance(at: product.id)
        let forecast = Forecast(for: standing, progress: known?.progress, estimate: known?.estimate)
        let page = PlacePage(
            standing: standing,
            product: product,
            order: needsOrder ? try await desk.order(standing.order) : nil,
            startedAt: visitors.start(of: standing, request),
            outlook: forecast?.outlook ?? .unknown,
            waiting: forecast?.wait,
            pollAfterMilliseconds: pace.milliseconds(for: standing, forecast: forecast, now: now()),
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
        guard standing.status != .entered, product.access.draw != nil, let draws,
            let roster = try await draws.draw(of: product.id).roster, roster.includes(standing.ticket)
        else { return nil }
        return (standing.ticket.rawValue - roster.firstTicket.rawValue + 1, roster.entrants)
    }

    /// The visitor's proof as the API has it: nobody can name another's.
    func proof(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let draws else { throw Problem(.notFound, "There is nothing at this path.") }
        return try await draws.proof(of: try identified(request), for: try context.product())
    }

    /// The visitor's standing as the API has it: nobody can name another's.
    func standing(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        return try await queue.standing(of: try identified(request), for: product)
    }

    /// The visitor's standing, sent as it changes.
    func watch(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        return try await events.watch(request, product, try identified(request))
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

    /// A product that exists.
    func known(_ id: ProductID) async throws -> Product {
        guard let product = try await catalogue.product(id) else { throw Problem.productNotFound }
        return product
    }

    /// Where a visitor stands; nil for nowhere.
    func standing(of user: UserID, _ product: ProductID, renewsCart: Bool) async throws -> Standing? {
        do { return try await line.standing(of: user, for: product, renewsCart: renewsCart) } catch is UnknownSale {
            throw Problem(refusal: .unknownProduct, isKnown: catalogue.isKnown(product), now: now())
        }
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
