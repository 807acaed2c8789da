import FlashSale

/// An order as its user and the operator read it.
enum OrderDocument {
    /// Writes one order.
    static func write(_ order: Order, to json: inout JSONWriter) {
        json.member("order_id", order.id.description)
        writePurchase(order, to: &json)
        json.member("created_at", order.createdAt)
        json.member("hold_expires_at", order.holdExpiresAt)
        json.member("expires_at", order.expiresAt)
        json.member("checked_out_at", order.checkedOutAt)
        json.member("paid_at", order.paidAt)
        json.member("ended_at", order.endedAt)
        writeAddresses(of: order, to: &json)
    }

    /// Who buys what at which price.
    fileprivate static func writePurchase(_ order: Order, to json: inout JSONWriter) {
        json.member("product_id", order.id.product.rawValue)
        json.member("ticket", order.id.ticket.rawValue)
        json.member("user_id", order.user.rawValue)
        json.member("quantity", order.quantity)
        json.member("status", order.status.rawValue)
        json.member("unit_price", order.unitPrice.minorUnits)
        json.member("amount", order.amount)
        json.member("currency", order.unitPrice.currency.code)
    }

    fileprivate static func writeAddresses(of order: Order, to json: inout JSONWriter) {
        json.member("product_url", APIPath.product(order.id.product))
        json.member("status_url", APIPath.standing(of: order.user, for: order.id.product))
    }
}

/// An order as long as it is a hold, or was one: what its user has to know to check it out in time.
enum HoldDocument {
    /// Writes one hold.
    static func write(_ order: Order, to json: inout JSONWriter) {
        json.member("hold_id", order.id.description)
        json.member("order_id", order.id.description)
        OrderDocument.writePurchase(order, to: &json)
        json.member("created_at", order.createdAt)
        json.member("hold_expires_at", order.holdExpiresAt)
        json.member("checked_out_at", order.checkedOutAt)
        json.member("ended_at", order.endedAt)
        OrderDocument.writeAddresses(of: order, to: &json)
        json.member("checkout_url", APIPath.orders)
    }
}
