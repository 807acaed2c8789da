import FlashSale

/// Requests to the API that a person copies into a shell.
struct APIExamples {
    let baseURL: String

    /// The address to ask, where the API listens on `host`.
    static func url(host: String, port: Int) -> String {
        let host = reachable(host)
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// A host to connect to, where a server listens on `host`, which may stand for all of the machine's.
    static func reachable(_ host: String) -> String { ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host }

    /// Shows the product.
    func show(_ product: ProductID) -> String { "curl -s \(baseURL)/api/products/\(product)" }

    /// Joins the product's line.
    func join(_ product: ProductID) -> String {
        #"curl -s -X POST \#(baseURL)/api/products/\#(product)/queue -H 'content-type: application/json' -d '{"user_id":"ada"}'"#
    }

    /// Asks where that user stands.
    func status(_ product: ProductID) -> String { "curl -s \(baseURL)/api/products/\(product)/queue/ada" }

    /// Reads a hold.
    func hold(_ id: OrderID) -> String { "curl -s \(baseURL)/api/holds/\(id)" }

    /// Turns a hold into an order.
    func checkOut(_ hold: OrderID) -> String {
        #"curl -s -X POST \#(baseURL)/api/orders -H 'content-type: application/json' -d '{"hold_id":"\#(hold)"}'"#
    }

    /// Reads an order.
    func order(_ id: OrderID) -> String { "curl -s \(baseURL)/api/orders/\(id)" }
}
