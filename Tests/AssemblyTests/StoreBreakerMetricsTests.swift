import Logging
import Metrics
import Redis
import Resilience
import Synchronization
import TestSupport
import Testing

@testable import Assembly
@testable import FlashSaleAPI

@Suite("Breakers: what is seen of them")
struct StoreBreakerMetricsTests {
    private let metrics = PrometheusMetrics()

    private func breaker(_ arguments: [String] = []) throws -> StoreBreaker {
        let configuration = try APIConfiguration.load(
            ConfigurationSources(arguments: arguments, environment: [:], file: "no-such-file.yaml")
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return StoreBreaker("redis", settings: configuration.breaker, metrics: metrics, logger: logger)
    }

    private func value(_ name: String) throws -> Double? {
        try ExpositionParser(metrics.prometheusText()).families[name]?.value(["store": "redis"])
    }

    /// Fails some calls; returns how many were made.
    private func fail(_ count: Int, _ breaker: StoreBreaker) async -> Int {
        let calls = Mutex(0)
        for _ in 0..<count {
            try? await breaker.run {
                calls.withLock { $0 += 1 }
                throw RedisError(.notConnected, "refused")
            }
        }
        return calls.withLock { $0 }
    }

    @Test("After five failures in a row metrics and readiness show that the store is not asked any more")
    func opens() async throws {
        let breaker = try breaker()
        #expect(try value("flashsale_breaker_state") == 0)
        #expect(await breaker.readinessCheck.outcome() == .working("closed"))
        #expect(await fail(100, breaker) == 5)
        #expect(try value("flashsale_breaker_state") == 2)
        #expect(try value("flashsale_breaker_opened_total") == 1)
        #expect(await breaker.readinessCheck.outcome() == .failed("open"))
    }

    @Test("The first ping that is answered lets a call try the store: nobody waits for the rest of the 30 s")
    func comesBackByItself() async throws {
        // On a busy machine the 30 s of the default could be over by themselves.
        let breaker = try breaker(["--breaker-open", "10m"])
        #expect(await fail(5, breaker) == 5)
        let pings = Mutex(0)
        let answersPings = Mutex(false)
        let watch = Task {
            await breaker.watch(every: .milliseconds(1)) {
                pings.withLock { $0 += 1 }
                if !answersPings.withLock({ $0 }) { throw RedisError(.notConnected, "refused") }
            }
        }
        try await eventually("it is pinged again and again") { pings.withLock { $0 } > 3 }
        #expect(breaker.state == .open)
        #expect(await fail(1, breaker) == 0)
        answersPings.withLock { $0 = true }
        try await eventually("it is half open") { breaker.state == .halfOpen }
        #expect(await breaker.readinessCheck.outcome() == .working("half_open"))
        #expect(try value("flashsale_breaker_state") == 1)
        try await breaker.run {}
        #expect(breaker.state == .closed)
        #expect(try value("flashsale_breaker_state") == 0)
        watch.cancel()
        await watch.value
    }

    @Test("The settings decide how many failures it takes")
    func settings() async throws {
        #expect(await fail(10, try breaker(["--breaker-failures=2"])) == 2)
    }
}
