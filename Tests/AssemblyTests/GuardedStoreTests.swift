import FlashSale
import Logging
import Metrics
import Redis
import Synchronization
import TestSupport
import Testing

@testable import Assembly
@testable import FlashSaleAPI

@Suite("Guarded stores")
struct GuardedStoreTests {
    private let metrics = PrometheusMetrics()

    private func store(_ name: String = "redis", arguments: [String] = []) throws -> GuardedStore {
        let configuration = try APIConfiguration.load(
            ConfigurationSources(arguments: arguments, environment: [:], file: "no-such-file.yaml")
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return GuardedStore(name, settings: configuration.breaker, metrics: metrics, logger: logger)
    }

    private func value(_ name: String) throws -> Double? {
        try ExpositionParser(metrics.prometheusText()).families[name]?.value(["store": "redis"])
    }

    /// A Redis that is not there, and how often it was asked.
    private final class AbsentLine: PurchaseLine, WatchedLine {
        private let asked = Mutex(0)
        private let isBack = Mutex(false)

        var calls: Int { asked.withLock { $0 } }

        func comeBack() { isBack.withLock { $0 = true } }

        private func ask() throws {
            asked.withLock { $0 += 1 }
            if isBack.withLock({ $0 }) { return }
            throw StoreUnavailable(reason: "Redis did not run the script", cause: RedisError(.notConnected, "refused"))
        }

        func look(at product: ProductID, for users: [WatchedUser]) async throws -> LineSighting {
            try ask()
            throw UnknownSale(product: product)
        }

        func leave(_ product: ProductID, user: UserID) async throws -> LeaveAnswer {
            try ask()
            return .notInLine
        }

        func join(_ request: JoinRequest, answer: @escaping (Result<JoinAnswer, any Error>) -> Void) {
            answer(Result { try ask() }.map { .refused(.soldOut) })
        }

        func standing(
            of user: UserID,
            for product: ProductID,
            renewsCart: Bool,
            answer: @escaping (Result<Standing?, any Error>) -> Void
        ) {
            answer(Result { try ask() }.map { nil })
        }
    }

    private struct Wish {
        let product: ProductID
        let user: UserID

        init() throws {
            product = try #require(ProductID(1))
            user = try UserID("alice")
        }

        /// Asks a line for something, in turn for everything that it can be asked.
        func ask(_ line: any PurchaseLine, _ turn: Int) async throws {
            switch turn % 3 {
            case 0: _ = try await line.join(JoinRequest(product: product, user: user, quantity: 1))
            case 1: _ = try await line.standing(of: user, for: product, renewsCart: true)
            default: _ = try await line.leave(product, user: user)
            }
        }
    }

    @Test("After five failures in a row the line is not asked any more, whatever the call")
    func opens() async throws {
        let absent = AbsentLine()
        let store = try store()
        let line = GuardedPurchaseLine(line: absent, store: store)
        let wish = try Wish()
        #expect(try value("flashsale_breaker_state") == 0)
        for turn in 0..<100 { await #expect(throws: StoreUnavailable.self) { try await wish.ask(line, turn) } }
        #expect(absent.calls == 5)
        #expect(try value("flashsale_breaker_state") == 2)
        #expect(try value("flashsale_breaker_opened_total") == 1)
        #expect(await store.readinessCheck.outcome() == .failed("open"))
    }

    @Test("Sold out, five hundred times, opens nothing")
    func refusals() async throws {
        let present = AbsentLine()
        present.comeBack()
        let store = try store()
        let line = GuardedPurchaseLine(line: present, store: store)
        let wish = try Wish()
        for turn in 0..<500 { try await wish.ask(line, turn) }
        #expect(present.calls == 500)
        #expect(try value("flashsale_breaker_state") == 0)
        #expect(await store.readinessCheck.outcome() == .working("closed"))
    }

    @Test("The first ping that is answered lets a call try the store: nobody waits for the rest of the 30 s")
    func comesBackByItself() async throws {
        let absent = AbsentLine()
        // On a busy machine the 30 s of the default could be over by themselves.
        let store = try store(arguments: ["--breaker-open", "10m"])
        let line = GuardedPurchaseLine(line: absent, store: store)
        let wish = try Wish()
        for turn in 0..<5 { await #expect(throws: StoreUnavailable.self) { try await wish.ask(line, turn) } }
        let pings = Mutex(0)
        let answersPings = Mutex(false)
        let watch = Task {
            await store.watch(every: .milliseconds(1)) {
                pings.withLock { $0 += 1 }
                if !answersPings.withLock({ $0 }) { throw RedisError(.notConnected, "refused") }
            }
        }
        try await eventually("it is pinged again and again") { pings.withLock { $0 } > 3 }
        #expect(store.state == .open)
        #expect(absent.calls == 5)
        absent.comeBack()
        answersPings.withLock { $0 = true }
        try await eventually("it is half open") { store.state == .halfOpen }
        #expect(await store.readinessCheck.outcome() == .working("half_open"))
        #expect(try value("flashsale_breaker_state") == 1)
        try await wish.ask(line, 0)
        #expect(store.state == .closed)
        #expect(try value("flashsale_breaker_state") == 0)
        watch.cancel()
        await watch.value
    }

    @Test("Every call of the API's desk goes through MariaDB's breaker")
    func desk() async throws {
        let absent = AbsentBooks()
        let store = try store("mariadb")
        let desk = GuardedOrderDesk(desk: absent, store: store)
        let id = try #require(OrderID(text: "1-1"))
        _ = try? await desk.order(id)
        _ = try? await desk.orders(OrderPage())
        _ = try? await desk.checkOut(id)
        _ = try? await desk.giveBack(id)
        #expect(store.state == .closed)
        _ = try? await desk.order(id)
        #expect(store.state == .open)
        await #expect(throws: StoreUnavailable.self) { try await desk.order(id) }
        #expect(absent.calls == 5)
    }

    @Test("While MariaDB's breaker is open, no call of the worker reaches it")
    func books() async throws {
        let absent = AbsentBooks()
        let store = try store("mariadb")
        let books = GuardedSaleBooks(books: absent, store: store)
        let product = try #require(ProductID(1))
        let claim = Claim(number: 1, entries: [])
        for _ in 0..<2 {
            _ = try? await books.renewLeases(worker: "w", for: .seconds(3), maximum: 1)
            _ = try? await books.product(product)
            _ = try? await books.settle(claim, of: product, fence: Fence(1))
            _ = try? await books.productsToSweep(limit: 1)
            _ = try? await books.lastDecidedTicket(of: product)
            try? await books.releaseLeases(worker: "w")
            _ = try? await books.putAside(claim, of: product, fence: Fence(1), reason: "")
            _ = try? await books.nameLine(of: product, nonce: "n")
            _ = try? await books.recordLostLine(of: product, newNonce: "n", fence: Fence(1))
            _ = try? await books.reopen(product, lastTicket: 1, fence: Fence(1))
            _ = try? await books.sweep(product, fence: Fence(1), limit: 1)
        }
        #expect(store.state == .open)
        #expect(absent.calls == 5)
    }

    @Test("The settings decide how many failures it takes")
    func settings() async throws {
        let absent = AbsentLine()
        let line = GuardedPurchaseLine(line: absent, store: try store(arguments: ["--breaker-failures=2"]))
        let wish = try Wish()
        for turn in 0..<10 { try? await wish.ask(line, turn) }
        #expect(absent.calls == 2)
    }
}
