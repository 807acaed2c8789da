public import FlashSale
import MariaDB
import Redis
public import Resilience

/// What an operator does to products.
///
/// Each change is committed in MariaDB first and told to the line second; should the line be out of reach, the worker
/// tells it later. What changes anything is put on record, under the name of whoever does it.
public struct SaleAdministration: Sendable {
    let redis: GuardedRedisClient
    let database: GuardedMariaDBClient
    let line: RedisServedLine
    let actor: OperatorActor

    /// Administration over both stores.
    ///
    /// - Parameter actor: Who does what is done, for the operators' log.
    public init(redis: GuardedRedisClient, database: GuardedMariaDBClient, actor: OperatorActor = .program) {
        self.redis = redis
        self.database = database
        self.actor = actor
        self.line = RedisServedLine(redis: redis)
    }

    /// Creates a product and opens its line.
    ///
    /// - Parameter id: The number it shall have; nil for the next free one.
    /// - Throws: ``InvalidValue`` when the number is taken, ``StoreUnavailable``.
    public func create(_ new: NewProduct, id: ProductID? = nil) async throws -> ProductChange {
        let opener = "operator.\(LineNonce.random())"
        let product: Product
        do {
            product = try await database.inTransaction { connection in
                let product = try Self.insert(new, id: id, opener: opener, connection)
                let detail: LogDetail = ["stock": .number(new.stock), "name": .text(new.name)]
                try OperatorLog.write(actor, "create", product.id, detail, connection)
                return product
            }
        } catch  where MariaDBError.kind(of: error) == .alreadyExists {
            throw InvalidValue(field: "id", problem: "\(id.map(\.description) ?? "") is taken", remedy: "Leave it out")
        }
        return await ProductChange(product) { try await openLine(of: product, opener: opener) }
    }

    /// One product; nil when there is none of that number.
    public func product(_ id: ProductID) async throws -> Product? {
        try await database.onConnection { try Product.read(id, $0) }
    }

    /// All products, by rising id.
    public func products() async throws -> [Product] {
        try await database.onConnection { connection in
            try connection.query("SELECT \(Product.columns) FROM products p ORDER BY p.id").map(Product.init)
        }
    }

    /// Puts more units on sale.
    ///
    /// A sold-out product opens again.
    ///
    /// - Throws: ``UnknownProduct``, ``InvalidValue``, ``StoreUnavailable``.
    public func restock(_ id: ProductID, units: Int) async throws -> ProductChange {
        guard (1...NewProduct.maximumStock).contains(units) else {
            throw InvalidValue(
                field: "units",
                problem: "is \(units)",
                remedy: "Give a whole number from 1 to \(NewProduct.maximumStock)"
            )
        }
        return try await change(id, "restock", ["units": .number(units)]) { connection, product in
            guard product.totalStock + units <= NewProduct.maximumStock else {
                throw InvalidValue(
                    field: "units",
                    problem: "would make the stock \(product.totalStock + units)",
                    remedy: "Stay at \(NewProduct.maximumStock) units or below in all"
                )
            }
            try connection.execute(
                "UPDATE products SET total_stock = total_stock + ?, available_stock = available_stock + ? WHERE id = ?",
                [.integer(Int64(units)), .integer(Int64(units)), .integer(id.rawValue)]
            )
            try Self.writeLedger(id, units, "restocked", connection)
        }
    }

    /// Stops the line or lets it move again: while it is paused nobody joins and nobody is served.
    ///
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``.
    public func setPaused(_ id: ProductID, _ isPaused: Bool) async throws -> ProductChange {
        try await change(id, isPaused ? "pause" : "resume") { connection, _ in
            try connection.execute(
                "UPDATE products SET paused = ? WHERE id = ?",
                [.integer(isPaused ? 1 : 0), .integer(id.rawValue)]
            )
        }
    }

    func change(
        _ id: ProductID,
        _ action: String,
        _ detail: LogDetail = [:],
        _ body: @Sendable @escaping (MariaDBConnection, Product) throws -> Void
    ) async throws -> ProductChange {
        let product: Product
        do {
            product = try await database.inTransaction { connection in
                guard let product = try Product.read(id, connection, locking: true) else {
                    throw UnknownProduct(id: id)
                }
                try body(connection, product)
                try connection.execute(
                    "UPDATE products SET version = version + 1 WHERE id = ?",
                    [.integer(id.rawValue)]
                )
                try OperatorLog.write(actor, action, id, detail, connection)
                return try MariaDBSaleBooks.existing(id, connection)
            }
        } catch let refusal as InvalidValue {
            // Its own transaction is gone; the record of a refusal is worth no failure of its own.
            try? await record(action, id, detail, result: "refused: \(refusal.field) \(refusal.problem)")
            throw refusal
        }
        return await ProductChange(product) { _ = try await line.publish(product, fence: nil) }
    }

    /// Opens the line of a product that was just created, under a lease of a few seconds that came with it: a worker that
    /// finds the product meanwhile must not take the missing line for a lost one.
    private func openLine(of product: Product, opener: String) async throws {
        let books = MariaDBSaleBooks(database: database, batchSize: 1)
        let fence = try await database.onConnection { connection in
            let row = try connection.query("SELECT fence FROM leases WHERE holder = ?", [.string(opener)]).first
            return Fence(Int64(try row?.int("fence") ?? 0))
        }
        let nonce = LineNonce.random()
        // Without Redis the line stays unnamed, and its first opener starts at ticket 1: one that has a name counts as lost.
        guard try await line.prepare(product.id, unlessAlive: product.nonce, opening: nonce, fence: fence) else {
            return
        }
        let (named, isNew) = try await books.nameLine(of: product.id, nonce: nonce)
        guard isNew else { return }
        try await line.open(named, lastTicket: 0)
        try await database.onConnection { connection in
            _ = try connection.execute(
                "UPDATE leases SET holder = NULL, until = NOW(6) WHERE holder = ?",
                [.string(opener)]
            )
        }
        try await line.wake(product.id)
    }

    private static func insert(
        _ new: NewProduct,
        id: ProductID?,
        opener: String,
        _ connection: MariaDBConnection
    ) throws -> Product {
        let inserted = try connection.execute(
            """
            INSERT INTO products (id, name, price, currency, total_stock, available_stock, checkout, opens_at, closes_at,
                max_per_user, max_queue, cart_seconds, hold_seconds, payment_seconds, access, draw_at, beacon_chain,
                beacon_round)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id.map { .integer($0.rawValue) } ?? .null, .string(new.name), .integer(new.price.minorUnits),
                .string(new.price.currency.code), .integer(Int64(new.stock)), .integer(Int64(new.stock)),
                .string(new.checkout.rawValue), new.opensAt?.value ?? .null, new.closesAt?.value ?? .null,
                .integer(Int64(new.limits.maxPerUser)), .integer(Int64(new.limits.maxQueue)),
                .integer(Int64(new.limits.cartSeconds)), .integer(Int64(new.limits.holdSeconds)),
                .integer(Int64(new.limits.paymentSeconds)), .string(new.access.kind.rawValue),
                new.access.draw?.drawAt.value ?? .null,
                new.access.draw?.beacon.map { .string($0.chain.rawValue) } ?? .null,
                new.access.draw?.beacon.map { .integer($0.round) } ?? .null,
            ]
        )
        guard let id = id ?? ProductID(Int64(inserted.lastInsertID)) else {
            throw StoreUnavailable(reason: "MariaDB gave the product no number")
        }
        try connection.execute(
            "INSERT INTO leases (product_id, holder, until) VALUES (?, ?, NOW(6) + INTERVAL 5 SECOND)",
            [.integer(id.rawValue), .string(opener)]
        )
        if let terms = new.access.draw { try StoredDraw.begin(id, terms, connection) }
        try writeLedger(id, new.stock, "created", connection)
        try connection.execute(
            "INSERT INTO prices (product_id, from_ticket, price, currency) VALUES (?, 1, ?, ?)",
            [.integer(id.rawValue), .integer(new.price.minorUnits), .string(new.price.currency.code)]
        )
        return try MariaDBSaleBooks.existing(id, connection)
    }

    static func writeLedger(
        _ id: ProductID,
        _ units: Int,
        _ reason: String,
        _ connection: MariaDBConnection
    ) throws {
        try connection.execute(
            "INSERT INTO stock_ledger (product_id, delta, reason) VALUES (?, ?, ?)",
            [.integer(id.rawValue), .integer(Int64(units)), .string(reason)]
        )
    }
}

/// A change that is committed, and whether the line has heard of it.
public struct ProductChange: Sendable {
    /// The product after the change.
    public var product: Product
    /// Why the line could not be told; the worker that serves the product tells it as soon as it can.
    public var lineProblem: String?

    init(_ product: Product, tellLine: () async throws -> Void) async {
        self.product = product
        do { try await tellLine() } catch { lineProblem = "\(error)" }
    }
}

/// There is no product of this number.
public struct UnknownProduct: Error, Sendable, CustomStringConvertible {
    /// The number that was asked for.
    public var id: ProductID

    /// There is no product of this number.
    public init(id: ProductID) { self.id = id }

    /// One line for a terminal.
    public var description: String { "there is no product \(id). List them with: flashsale product list" }
}
