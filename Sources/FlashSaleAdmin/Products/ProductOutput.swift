import FlashSale
import FlashSaleStorage

extension Product {
    /// The document that `--json` prints: the API's fields, and what only operators see.
    func json(at now: Timestamp) -> JSONOutput {
        [
            "id": JSONOutput(id.rawValue),
            "name": JSONOutput(name),
            "price": ["amount": JSONOutput(price.minorUnits), "currency": JSONOutput(price.currency.code)],
            "total_stock": JSONOutput(totalStock),
            "available_stock": JSONOutput(availableStock),
            "checkout": JSONOutput(checkout.rawValue),
            "access": JSONOutput(access.kind.rawValue),
            "draw_at": JSONOutput(access.draw?.drawAt.description),
            "beacon_chain": JSONOutput(access.draw?.beacon?.chain.rawValue),
            "beacon_round": JSONOutput(access.draw?.beacon?.round),
            "sale_state": JSONOutput(saleState(at: now).rawValue),
            "stock_state": JSONOutput(stockState.rawValue),
            "paused": .bool(isPaused),
            "opens_at": JSONOutput(opensAt?.description),
            "closes_at": JSONOutput(closesAt?.description),
            "max_per_user": JSONOutput(limits.maxPerUser),
            "max_queue": JSONOutput(limits.maxQueue),
            "cart_seconds": JSONOutput(limits.cartSeconds),
            "hold_seconds": JSONOutput(limits.holdSeconds),
            "payment_seconds": JSONOutput(limits.paymentSeconds),
            "sold_out_after": JSONOutput(soldOutAfter),
            "version": JSONOutput(version),
        ]
    }

    /// Everything about it, a line each.
    func facts(at now: Timestamp) -> String {
        let beacon = access.draw?.beacon.map { ", with round \($0.round) of drand's chain \($0.chain)" } ?? ""
        return Table(facts: [
            "Product": "\(id)",
            "Name": name,
            "Price": "\(price)",
            "Stock": "\(availableStock) of \(totalStock) available\(stockState == .allHeld ? ", all others held" : "")",
            "State": saleState(at: now).words,
            "Checkout": checkout.rawValue,
            "Places": access.draw.map { "drawn at \($0.drawAt)\(beacon)" } ?? "first come, first served",
            "Opens": opensAt?.description ?? "at once",
            "Closes": closesAt?.description ?? "never",
            "Units per user": "at most \(limits.maxPerUser)",
            "Users in line": "at most \(limits.maxQueue)",
            "Cart lives": "\(limits.cartSeconds) s",
            "Hold lives": "\(limits.holdSeconds) s",
            "Time to pay": "\(limits.paymentSeconds) s",
            "Version": "\(version)",
        ]).rendered()
    }
}

extension [Product] {
    /// One row each.
    func table(at now: Timestamp) -> Table {
        Table(
            [
                .init("id", .right), .init("name"), .init("price", .right), .init("available", .right),
                .init("total", .right), .init("state"), .init("checkout"), .init("access"),
            ],
            rows: map { product in
                [
                    "\(product.id)", product.name, "\(product.price)", "\(product.availableStock)",
                    "\(product.totalStock)", product.saleState(at: now).words, product.checkout.rawValue,
                    product.access.kind.rawValue,
                ]
            }
        )
    }
}

extension SaleState {
    /// The state in words.
    var words: String { rawValue.replacing("_", with: " ") }
}

extension ProductChange {
    /// Says on standard error that the line was not told, if so.
    func warnOfLine() { LineWarning.print(lineProblem) }
}
