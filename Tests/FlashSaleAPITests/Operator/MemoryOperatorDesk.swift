import FlashSale
import FlashSaleAPI
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MetricsTestKit
import Synchronization
import Testing

/// A desk in memory: one sale, and a list of what was done to it.
final class MemoryOperatorDesk: OperatorDesk {
    struct State: Sendable {
        var product: Product
        var actions: [OperatorAction] = []
        var isAway = false
        var reads = 0
    }

    let state: Mutex<State>

    init(_ product: Product) { state = Mutex(State(product: product)) }

    var actions: [OperatorAction] { state.withLock(\.actions) }

    func overview() async throws -> OperatorOverview {
        try state.withLock { state in
            if state.isAway { throw StoreUnavailable(reason: "it is away") }
            state.reads += 1
            return OperatorOverview(
                at: Shop.noon,
                sales: [sight(of: state.product)],
                hiddenSales: 0,
                workers: [WorkerSight(name: "worker-1", products: 1, startedAt: Shop.noon)],
                failedEntries: 1,
                refundsDue: 0,
                toReview: 2
            )
        }
    }

    private func sight(of product: Product) -> SaleSight {
        SaleSight(
            product: product,
            waiting: 1_234,
            lastTicket: 2_000,
            servedTicket: 766,
            worker: "worker-1",
            leaseMilliseconds: 1_500,
            sample: Self.samples.last,
            rates: LineRates(from: Self.samples[0], to: Self.samples[1])
        )
    }

    static let samples = [0, 5].map { second in
        var outcomes = LineSample.Outcomes()
        outcomes.ordered = 10 * second
        return LineSample(
            at: Timestamp(microseconds: Shop.noon.microseconds + Int64(second) * 1_000_000),
            waiting: 100 + second,
            lastTicket: Int64(200 + 4 * second),
            servedTicket: Int64(100 + 3 * second),
            available: 58 - second,
            held: second,
            sold: 42,
            outcomes: outcomes
        )
    }

    func samples(of product: ProductID, over span: SampleSpan) async throws -> [LineSample] { Self.samples }

    func perform(_ action: OperatorAction, by actor: OperatorActor) async throws -> OperatorResult {
        #expect(actor == .console)
        return try state.withLock { state in
            if state.isAway { throw StoreUnavailable(reason: "it is away") }
            if case .pause(let id) = action, id != state.product.id { throw NoSuchProduct(product: id) }
            state.actions.append(action)
            return OperatorResult(summary: "Done.", problems: [])
        }
    }

    func actions(_ page: OperatorActionPage) async throws -> [OperatorActionRecord] {
        let record = OperatorActionRecord(
            id: 7,
            at: Shop.noon,
            actor: "cli:<root>@host",
            action: "restock",
            product: .first,
            detail: #"{"units":5}"#,
            result: "done"
        )
        return [record]
    }

    func failedEntries(limit: Int, after: Int64?) async throws -> [FailedEntry] {
        [FailedEntry(id: 12, product: .first, place: nil, reason: "<b>bad</b>", attempts: 3, at: Shop.noon)]
    }

    func payments(_ concern: PaymentConcern, limit: Int) async throws -> [PaymentOfConcern] { [] }
}

/// The operator's listener over a desk in memory.
struct OperatorShop {
    static let key = "a-key-of-the-operator"

    let desk: MemoryOperatorDesk
    let metrics = TestMetrics()
    let now = Changing(Shop.noon)

    init() throws { desk = MemoryOperatorDesk(try Shop.product()) }

    var keys: OperatorKeys {
        guard let keys = OperatorKeys([Self.key]) else { preconditionFailure("the key is long enough") }
        return keys
    }

    /// A session that holds at noon, and the token of its forms.
    var session: (cookie: String, token: String) {
        let session = keys.session(at: Shop.noon, nonce: 1)
        return ("flashsale_operator=\(session)", keys.formToken(of: session))
    }

    var api: OperatorAPI {
        OperatorAPI(
            desk: desk,
            keys: keys,
            checks: [ReadinessCheck(name: "redis_breaker") { .working("closed") }],
            listener: Listener(port: 0),
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { [now] in now.value }
        )
    }

    func test<R>(_ body: @Sendable (any TestClientProtocol) async throws -> R) async throws -> R {
        try await api.buildApplication().test(.router) { try await body($0) }
    }
}

/// A value that a test changes while the server reads it.
final class Changing<Value: Sendable>: Sendable {
    private let box: Mutex<Value>
    init(_ value: Value) { box = Mutex(value) }
    var value: Value {
        get { box.withLock { $0 } }
        set { box.withLock { $0 = newValue } }
    }
}
