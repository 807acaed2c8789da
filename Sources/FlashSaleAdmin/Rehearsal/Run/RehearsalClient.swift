import Assembly
import FlashSale

/// Asks the API what people ask it, and pays as their payment provider.
struct RehearsalClient: Sendable {
    let api: APIConnection
    let product: Product
    /// What signs payment events; nil where they are not signed.
    let secret: WebhookSecret?

    /// The user id of a person; no rehearsal's people are another's, since products differ.
    static func user(_ person: Int) -> String { "guest-\(person + 1)" }

    /// Whether somebody is one of a crowd of so many.
    static func isGuest(_ user: UserID, of people: Int) -> Bool {
        guard user.rawValue.hasPrefix("guest-"), let number = Int(user.rawValue.dropFirst(6)) else { return false }
        return (1...people).contains(number) && user.rawValue == Self.user(number - 1)
    }

    /// Whether people can join: the product's state as the API shows it; nil when it does not know the product.
    func saleState() async throws(APIConnection.Silence) -> String? {
        let answer = try await api.get("/api/products/\(product.id)")
        return answer.isSuccess ? answer.document(ShownProduct.self)?.saleState : nil
    }

    /// Units that are neither sold nor held, as the API shows it.
    func availableStock() async throws(APIConnection.Silence) -> Int64? {
        try await api.get("/api/products/\(product.id)").document(ShownProduct.self)?.availableStock
    }

    /// Asks once; whatever goes wrong is an answer too.
    func ask(_ route: RehearsalRoute, person: Int, order: String?) async -> RehearsalReply {
        let user = Self.user(person)
        let line = "/api/products/\(product.id)/queue"
        do throws(APIConnection.Silence) {
            let answer: APIConnection.Answer
            switch route {
            case .join: answer = try await api.post(line, headers: [], body: Array(#"{"user_id":"\#(user)"}"#.utf8))
            case .standing: answer = try await api.get("\(line)/\(user)")
            case .leave: answer = try await api.delete("\(line)/\(user)")
            case .checkout:
                answer = try await api.post(
                    "/api/orders",
                    headers: [],
                    body: Array(#"{"hold_id":"\#(order ?? "")"}"#.utf8)
                )
            case .payment:
                guard let event = event(order) else { return RehearsalReply(word: "no_order") }
                answer = try await api.post(
                    "/api/payments/webhook",
                    headers: event.headers(secret: secret, at: .now()),
                    body: event.body
                )
            }
            return RehearsalReply(answer)
        } catch {
            return RehearsalReply(word: error.reason)
        }
    }

    private func event(_ order: String?) -> SimulatedEvent? {
        guard let id = order.flatMap({ OrderID(text: $0) }) else { return nil }
        return SimulatedEvent(
            id: "rehearsal-\(id)",
            order: id,
            status: .paid,
            amount: product.price.minorUnits,
            currency: product.price.currency
        )
    }

    private struct ShownProduct: Decodable {
        let saleState: String
        let availableStock: Int64

        enum CodingKeys: String, CodingKey {
            case saleState = "sale_state"
            case availableStock = "available_stock"
        }
    }
}

extension RehearsalReply {
    /// Reads an answer; fields that are missing stay nil.
    init(_ answer: APIConnection.Answer) {
        self.init(status: answer.status, retryAfter: answer.retryAfter)
        guard !answer.body.isEmpty, let said = answer.document(Said.self) else { return }
        word = said.code ?? said.result ?? said.status?.text ?? ""
        ticket = said.ticket
        position = said.position
        servedTicket = said.servedTicket
        lastTicket = said.lastTicket
        order = said.order
        pollAfter = said.pollAfter
        estimate = said.estimate.map { Estimate(p50: $0.p50, p90: $0.p90) }
    }

    /// The fields that count, of standings, orders, payments and problems alike, by their names in the API.
    private struct Said: Decodable {
        /// A standing's status is a word, a problem's is a number.
        struct Status: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                text = (try? container.decode(String.self)) ?? ""
            }
        }

        struct Range: Decodable {
            let p50: Int64
            let p90: Int64
        }

        let status: Status?
        let result: String?
        let code: String?
        let ticket: Int64?
        let position: Int64?
        let servedTicket: Int64?
        let lastTicket: Int64?
        let order: String?
        let pollAfter: Int64?
        let estimate: Range?

        enum CodingKeys: String, CodingKey {
            case status, result, code, ticket, position
            case servedTicket = "served_ticket"
            case lastTicket = "last_ticket"
            case order = "order_id"
            case pollAfter = "poll_after_ms"
            case estimate = "eta_seconds"
        }
    }
}
