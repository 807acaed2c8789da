public import FlashSale
public import Logging
import MariaDB
import Redis
public import Resilience
import Synchronization

/// Products from a document in Redis that lives 60 seconds at most, or from MariaDB when it is missing.
///
/// However many requests wait for a missing document, each API process asks MariaDB once. A document is only kept if
/// nothing changed while it was read, so a slow reader never brings an old stock back.
public final class CachedProductCatalogue: ProductCatalogue {
    /// The longest life of a cached document, in seconds.
    static let cacheSeconds = 60

    private let redis: GuardedRedisClient
    private let database: GuardedMariaDBClient
    private let logger: Logger
    private let flights = SingleFlight<ProductID?, [Product]>()
    private let known = Mutex<Set<ProductID>>([])

    /// A catalogue over both stores.
    ///
    /// - Parameters:
    ///   - redis: Where documents are kept.
    ///   - database: Where the products are.
    ///   - logger: Takes a line when the documents are out of reach.
    public init(redis: GuardedRedisClient, database: GuardedMariaDBClient, logger: Logger) {
        self.redis = redis
        self.database = database
        self.logger = logger
    }

    /// One product, or nil when there is none of that number.
    public func product(_ id: ProductID) async throws -> Product? {
        let keys = LineKeys(id)
        return try await cached(id, cache: keys.productCache, changes: keys.productChanges).first
    }

    /// All products, by rising id.
    public func products() async throws -> [Product] {
        try await cached(nil, cache: LineKeys.allProductsCache, changes: LineKeys.allProductsChanges)
    }

    /// Whether this process has seen the product.
    public func isKnown(_ id: ProductID) -> Bool { known.withLock { $0.contains(id) } }

    /// Looks for products that this process has not seen.
    ///
    /// Called about once a second, so that the purchase path, which asks no database, can tell a product whose line is
    /// being opened from one that does not exist.
    public func refreshKnownProducts() async throws {
        let ids = try await database.onConnection { connection in
            try connection.query("SELECT id FROM products").map { try $0.int("id") }
        }
        known.withLock { $0 = Set(ids.compactMap { ProductID(Int64($0)) }) }
    }

    private func cached(_ id: ProductID?, cache: String, changes: String) async throws -> [Product] {
        let document = await read(cache: cache, changes: changes)
        if let products = document.products { return products }
        let products = try await flights.run(id) { [self] in
            // Read again in the flight: its counter has to be older than its query.
            let document = await read(cache: cache, changes: changes)
            if let products = document.products { return products }
            let products = try await query(id)
            if document.isReachable { await keep(products, cache: cache, changes: changes, document.changes) }
            return products
        }
        return products
    }

    private struct Document {
        var products: [Product]?
        var changes = ""
        var isReachable = false
    }

    /// Redis being away is no reason not to show products.
    private func read(cache: String, changes: String) async -> Document {
        do {
            let replies = try await redis.send([RedisCommand("GET", key: cache), RedisCommand("GET", key: changes)])
            let products = try replies[0].optionalBytes().flatMap { try? ProductDocument.decode($0) }
            return Document(
                products: products,
                changes: try replies[1].optionalString() ?? "",
                isReachable: true
            )
        } catch {
            logger.debug("the products' cache is out of reach", metadata: ["error": "\(error)"])
            return Document()
        }
    }

    private func query(_ id: ProductID?) async throws -> [Product] {
        try await database.onConnection { connection in
            if let id { return try Product.read(id, connection).map { [$0] } ?? [] }
            return try connection.query("SELECT \(Product.columns) FROM products p ORDER BY p.id").map(Product.init)
        }
    }

    private func keep(_ products: [Product], cache: String, changes: String, _ counter: String) async {
        // A product that does not exist is not remembered: creating it would have to know every such mistake.
        guard !products.isEmpty, let document = try? ProductDocument.encode(products) else { return }
        do {
            _ = try await redis.run(
                LineScripts.cache,
                keys: [cache, changes],
                [RedisArgument(counter), RedisArgument(document), RedisArgument(Self.cacheSeconds)]
            )
        } catch {
            logger.debug("products not cached", metadata: ["error": "\(error)"])
        }
    }
}
