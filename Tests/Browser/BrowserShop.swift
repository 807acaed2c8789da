import LocalServers
import ShopSupport
import TestSupport
import Testing

extension Browser {
    /// Joins by the form of the product's page.
    func join(_ shop: RunningShop, _ product: Int, _ user: String) async throws {
        try await open(shop.url("/products/\(product)"))
        try await type(user, into: "#name")
        try await click("main button")
    }

    /// The seconds that the page's countdown shows.
    func secondsLeft() async throws -> Int {
        let parts = try await text(".clock").split(separator: ":")
        return try parts.reduce(0) { sum, part in sum * 60 + (try #require(Int(part))) }
    }
}

extension RunningShop {
    /// A shop with its pages on, for visitors of any name unless told otherwise, and a browser's driver.
    static func withPages(
        _ more: [String: String] = [:],
        _ body: @Sendable @escaping (RunningShop, Driver) async throws -> Void
    ) async throws {
        let environment = [
            "FLASHSALE_PAGES_ENABLED": "on", "FLASHSALE_PAGES_IDENTITY": "named",
            "FLASHSALE_PAGES_SIMULATED_PAYMENTS": "on", "FLASHSALE_PAYMENTS_SIGNATURE": "none",
            "FLASHSALE_LINE_POLL_AFTER": "500ms",
        ]
        try await with(workers: 1, environment: environment.merging(more) { $1 }) { shop in
            try await Driver.with(http: shop.http) { try await body(shop, $0) }
        }
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Joins as somebody else, and waits until that user holds a unit.
    func hold(_ product: Int, _ user: String) async throws {
        _ = try await join(product, user)
        try await eventually("\(user) holds it") { try await standing(product, user)["status"] == "held" }
    }

    func giveBack(_ product: Int, _ user: String) async throws {
        let order = try await standing(product, user)["order_id"] ?? ""
        #expect(try await send(.delete, "/api/holds/\(order)").status.code == 204)
    }

    /// Checks out, and pays as the payment provider reports it.
    func pay(_ product: Int, _ user: String) async throws {
        let order = try await standing(product, user)["order_id"] ?? ""
        #expect(try await send(.post, "/api/orders", body: #"{"hold_id":"\#(order)"}"#).status.code == 201)
        try await pay(product, user, event: "e")
    }

    /// Reports a payment of the user's order, whatever became of it.
    func pay(_ product: Int, _ user: String, event: String) async throws {
        let order = try await standing(product, user)["order_id"] ?? ""
        let paid =
            #"{"event_id":"\#(event)-\#(order)","order_id":"\#(order)","status":"paid","amount":9999,"currency":"USD"}"#
        #expect(try await send(.post, "/api/payments/webhook", body: paid).status.code == 200)
    }
}
