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
        json.member("access", product.access.kind.rawValue)
        if let terms = product.access.draw {
            json.member("draw_at", terms.drawAt)
            json.member("draw_url", APIPath.draw(of: product.id))
        }
        json.member("sale_state", product.saleState(at: now).rawValue)
        json.member("stock_state", product.stockState.rawValue)
        json.member("opens_at", product.opensAt)
        json.member("closes_at", product.closesAt)
        json.member("max_per_user", product.limits.maxPerUser)
        json.member("max_queue", product.limits.maxQueue)
        json.member("cart_seconds", product.limits.cartSeconds)
        json.member("hold_seconds", product.limits.holdSeconds)
        json.member("payment_seconds", product.limits.paymentSeconds)
        json.member("queue_url", APIPath.line(of: product.id))
    }
}
