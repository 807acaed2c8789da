import FlashSale
import FlashSaleAPI
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MetricsTestKit
import NIOCore
import ServiceLifecycle
import Testing

/// The API over a line and a catalogue in memory, at noon on a day of a sale.
struct Shop {
    static let noon = Timestamp(microseconds: 1_796_126_400_000_000)

    var catalogue = MemoryCatalogue()
    let line = MemoryLine(now: Shop.noon)
    let desk: MemoryDesk
    var payments = PaymentVerification.unsigned
    let metrics = TestMetrics()
    var options = PurchaseAPI.Options()
    var pages: PageOptions?
    var limits = ConnectionLimits()
    var checks: [ReadinessCheck] = []
    var isDraining = false
    var draws = MemoryDrawDesk()
    var drawKey: DrawSigningKey?
    /// Takes the place of ``line`` where a test needs another.
    var otherLine: (any PurchaseLine & WatchedLine)?
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A shop that sells one product, number 1.
    init(_ product: Product? = nil) throws {
        let product = try product ?? Self.product()
        desk = MemoryDesk(selling: product, now: { [line] in line.now })
        catalogue.put(product)
        line.publish(product)
    }

    /// A product on sale: at most 2 units a user.
    static func product(
        id: Int64 = 1,
        opensAt: Timestamp? = nil,
        closesAt: Timestamp? = nil,
        isPaused: Bool = false,
        soldOutAfter: Int64? = nil,
        maxQueue: Int = 10_000
    ) throws -> Product {
        let currency = try #require(Currency("USD"))
        return Product(
            id: try #require(ProductID(id)),
            name: "A \"rare\" T-shirt ✓",
            price: try #require(Money(minorUnits: 9_999, currency: currency)),
            totalStock: 100,
            availableStock: 42,
            checkout: .payment,
            isPaused: isPaused,
            opensAt: opensAt,
            closesAt: closesAt,
            limits: Product.Limits(maxPerUser: 2, maxQueue: maxQueue),
            soldOutAfter: soldOutAfter,
            version: 1,
            nonce: nil
        )
    }

    /// The API itself.
    var api: PurchaseAPI {
        let isDraining = isDraining
        return PurchaseAPI(
            line: otherLine ?? line,
            catalogue: catalogue,
            desk: desk,
            draws: PurchaseAPI.DrawSource(desk: draws, signingKey: drawKey),
            payments: payments,
            signs: SignsOfLife(
                name: "test",
                checks: checks,
                metrics: { "flashsale_up 1\n" },
                isDraining: { isDraining }
            ),
            listener: Listener(port: 0, limits: limits),
            options: options,
            pages: pages,
            metrics: metrics,
            logger: logger,
            now: { [line] in line.now }
        )
    }

    /// Runs a test against the router, with every answer held against the API's own description.
    func test<Result>(_ body: @Sendable (ContractClient) async throws -> Result) async throws -> Result {
        try await api.buildApplication().test(.router) { client in
            try await body(try await ContractClient(client))
        }
    }

    /// Runs a test against a server on a loopback port.
    func testLive<Result>(_ body: @Sendable (_ port: Int) async throws -> Result) async throws -> Result {
        try await api.buildApplication().test(.live) { client in
            try await body(try #require(client.port))
        }
    }

    /// Runs the server as the program does, next to a test, until the test has ended.
    func run(onBound: @escaping @Sendable (Int) async -> Void, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [api.buildApplication(onBound: onBound)],
                logger: logger
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// The value of a counter; 0 when it was never made.
    func count(_ label: String, _ dimensions: (String, String)...) -> Int64 {
        (try? metrics.expectCounter(label, dimensions).totalValue) ?? 0
    }
}

extension UserID {
    static let alice = user("alice")
    static let bob = user("bob")

    private static func user(_ name: String) -> UserID {
        do { return try UserID(name) } catch { preconditionFailure("\(error)") }
    }
}

extension ProductID {
    static let first: ProductID = {
        guard let id = ProductID(1) else { preconditionFailure("1 is a product id") }
        return id
    }()
}
