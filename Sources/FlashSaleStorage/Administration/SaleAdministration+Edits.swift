public import FlashSale
import MariaDB
import Redis
import Resilience

/// A change of price, and the first ticket that it holds for.
public struct PriceChange: Sendable {
    /// The product after the change.
    public var change: ProductChange
    /// The first ticket with the new price; nil while the line could not be asked: the worker settles it with its next batch.
    public var fromTicket: Ticket?
}

extension SaleAdministration {
    /// Takes units off the sale that nobody has bought or holds.
    ///
    /// - Throws: ``UnknownProduct``, ``InvalidValue``, ``StoreUnavailable``.
    public func withdraw(_ id: ProductID, units: Int) async throws -> ProductChange {
        guard units > 0 else {
            throw InvalidValue(
                field: "units",
                problem: "is \(units)",
                remedy: "Give a whole number from 1 to the available stock"
            )
        }
        return try await change(id, "withdraw", ["units": .number(units)]) { connection, product in
            guard units <= product.availableStock else {
                throw InvalidValue(
                    field: "units",
                    problem: "is \(units), but only \(product.availableStock) units are neither sold nor held",
                    remedy: product.availableStock == 0
                        ? "Wait until held units come back" : "Take away \(product.availableStock) units or fewer"
                )
            }
            try connection.execute(
                "UPDATE products SET total_stock = total_stock - ?, available_stock = available_stock - ? WHERE id = ?",
                [.integer(Int64(units)), .integer(Int64(units)), .integer(id.rawValue)]
            )
            try Self.writeLedger(id, -units, "withdrawn", connection)
        }
    }

    /// Changes the price, from the next ticket on: whoever has a ticket keeps the price of the time they joined.
    ///
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``.
    public func setPrice(_ id: ProductID, _ price: Money) async throws -> PriceChange {
        let detail: LogDetail = ["price": .number(Int(price.minorUnits)), "currency": .text(price.currency.code)]
        let changed = try await change(id, "price", detail) { connection, product in
            guard product.price != price else { return }
            try Self.refuseBeforeDraw(of: product, connection)
            try connection.execute(
                "UPDATE products SET price = ?, currency = ?, is_price_pending = TRUE WHERE id = ?",
                [.integer(price.minorUnits), .string(price.currency.code), .integer(id.rawValue)]
            )
        }
        guard let lastTicket = try? await lastTicket(of: id) else { return PriceChange(change: changed) }
        return PriceChange(change: changed, fromTicket: try await beginPrice(of: id, after: lastTicket))
    }

    /// Whoever has entered a draw has entered at a price, and gets a ticket only when it is made.
    private static func refuseBeforeDraw(of product: Product, _ connection: MariaDBConnection) throws {
        guard let draw = try StoredDraw.read(product.id, connection), draw.roster == nil else { return }
        throw InvalidValue(
            field: "price",
            problem: "can't change before the draw: people enter at the price that they see",
            remedy: "Change it after \(draw.terms.drawAt), for whoever comes then"
        )
    }

    /// Ends joining now; whoever waits is still served.
    ///
    /// - Throws: ``UnknownProduct``, ``InvalidValue``, ``StoreUnavailable``.
    public func close(_ id: ProductID) async throws -> ProductChange {
        try await change(id, "close") { connection, product in
            try connection.execute(
                """
                UPDATE products SET closes_at = NOW(6), opens_at = IF(opens_at > NOW(6), NOW(6), opens_at)
                WHERE id = ? AND (closes_at IS NULL OR closes_at > NOW(6))
                """,
                [.integer(id.rawValue)]
            )
        }
    }

    /// The last ticket that the line has handed out; nil when Redis does not have the line.
    private func lastTicket(of id: ProductID) async throws -> Int64? {
        let reply = try await redis.send(RedisCommand("HGET", key: LineKeys(id).sale, ["last_ticket"]))
        return try reply.optionalString().flatMap(Int64.init)
    }

    /// Tells the new price its first ticket, unless a batch has done so since.
    ///
    /// - Returns: The first ticket of the product's latest price.
    private func beginPrice(of id: ProductID, after lastTicket: Int64) async throws -> Ticket? {
        try await database.inTransaction { connection in
            guard let locked = try LockedProduct(id, connection) else { throw UnknownProduct(id: id) }
            guard locked.isPricePending else { return Ticket(locked.priceFrom) }
            // No batch was settled since the change: every ticket above has only been handed out after it.
            try PriceTable.begin(locked.product, at: lastTicket + 1, connection)
            return Ticket(lastTicket + 1)
        }
    }
}
