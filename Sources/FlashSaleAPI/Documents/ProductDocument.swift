import FlashSale

/// A product as shoppers read it.
enum ProductDocument {
    /// Writes one product.
    static func write(_ product: Product, now: Timestamp, to json: inout JSONWriter) {
        json.member("id", product.id.rawValue)
        json.member("name", product.name)
        json.key("price")
        json.object { json in
            json.member("amount", product.price.minorUnits)
            json.member("currency", product.price.currency.code)
        }
        json.member("total_stock", product.totalStock)
        json.member("available_stock", product.availableStock)
        json.member("checkout", product.checkout.rawValue)
        json.member("sale_state", product.saleState(at: now).rawValue)
        write("opens_at", product.opensAt, to: &json)
        write("closes_at", product.closesAt, to: &json)
        json.member("max_per_user", product.limits.maxPerUser)
        json.member("max_queue", product.limits.maxQueue)
        json.member("cart_seconds", product.limits.cartSeconds)
        json.member("hold_seconds", product.limits.holdSeconds)
        json.member("payment_seconds", product.limits.paymentSeconds)
        json.member("queue_url", QueuePath.line(of: product.id))
    }

    private static func write(_ name: String, _ time: Timestamp?, to json: inout JSONWriter) {
        json.key(name)
        if let time { json.value(time.description) } else { json.null() }
    }
}

/// The addresses that answers point to.
///
/// A user id has no character that a path would have to escape.
enum QueuePath {
    /// Where a product's line is joined.
    static func line(of product: ProductID) -> String { "/api/products/\(product)/queue" }

    /// Where a user's standing is read, and the place given up.
    static func standing(of user: UserID, for product: ProductID) -> String { "\(line(of: product))/\(user)" }
}
