import FlashSaleAPI
import HTTPTypes
import HummingbirdTesting
import Logging
import MetricsTestKit
import NIOCore
import Testing

@Suite("Signs of life")
struct SignsOfLifeTests {
    private static let working = ReadinessCheck(name: "redis") { .ok }
    private static let failing = ReadinessCheck(name: "mariadb") { .failed("access denied") }

    @Test("Who runs is healthy, whatever does not work")
    func health() async throws {
        var shop = try Shop()
        shop.checks = [Self.failing]
        shop.isDraining = true
        try await shop.test { client in
            let answer = try await client.send(.get, "/health")
            #expect(answer.status == 200)
            #expect(answer.text == #"{"status":"ok"}"#)
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }

    @Test("Ready when every check is")
    func ready() async throws {
        var shop = try Shop()
        shop.checks = [Self.working]
        try await shop.test { client in
            let answer = try await client.send(.get, "/ready")
            #expect(answer.status == 200)
            #expect(answer.text == #"{"status":"ready","checks":[{"name":"redis","ok":true}]}"#)
        }
    }

    @Test("A check may say in which state a thing is that works")
    func detail() async throws {
        var shop = try Shop()
        shop.checks = [ReadinessCheck(name: "redis_breaker") { .working("half_open") }]
        try await shop.test { client in
            let answer = try await client.send(.get, "/ready")
            #expect(answer.status == 200)
            #expect(
                answer.text == """
                    {"status":"ready","checks":[{"name":"redis_breaker","ok":true,"detail":"half_open"}]}
                    """
            )
        }
    }

    @Test("Not ready when one check fails; all are named in their order")
    func notReady() async throws {
        var shop = try Shop()
        shop.checks = [Self.failing, Self.working]
        try await shop.test { client in
            let answer = try await client.send(.get, "/ready")
            #expect(answer.status == 503)
            #expect(
                answer.text == """
                    {"status":"not_ready","checks":[{"name":"mariadb","ok":false,"detail":"access denied"},\
                    {"name":"redis","ok":true}]}
                    """
            )
        }
    }

    @Test("A check that does not answer in time has failed, and is cancelled")
    func deadline() async throws {
        let (cancellations, continuation) = AsyncStream.makeStream(of: Void.self)
        var shop = try Shop()
        shop.checks = [
            ReadinessCheck(name: "stuck", deadline: .milliseconds(20)) {
                try? await Task.sleep(for: .seconds(3_600))
                continuation.yield()
                return .ok
            }
        ]
        try await shop.test { client in
            let answer = try await client.send(.get, "/ready")
            #expect(answer.status == 503)
            #expect(answer.text.contains("no answer within 0.02 seconds"))
        }
        continuation.finish()
        #expect(await cancellations.reduce(into: 0) { count, _ in count += 1 } == 1)
    }

    @Test("On its way down it is not ready, and tries nothing out")
    func draining() async throws {
        var shop = try Shop()
        shop.checks = [Self.working]
        shop.isDraining = true
        try await shop.test { client in
            let answer = try await client.send(.get, "/ready")
            #expect(answer.status == 503)
            #expect(answer.text == #"{"status":"draining","checks":[]}"#)
        }
    }

    @Test("Metrics are Prometheus text")
    func metrics() async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, "/metrics")
            #expect(answer.status == 200)
            #expect(answer.text == "flashsale_up 1\n")
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.headers[.cacheControl] == "no-store")
        }
    }

    @Test("The worker's port has these routes and no others")
    func alone() async throws {
        let signs = SignsOfLife(name: "worker", checks: [Self.working], metrics: { "" }, isDraining: { false })
        let application = signs.buildApplication(
            listener: Listener(port: 0),
            metricsFactory: TestMetrics(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await application.test(.router) { client in
            for (path, status) in ["/health": 200, "/ready": 200, "/metrics": 200, "/api/products": 404] {
                let answer = Answer(try await client.execute(uri: path, method: .get))
                #expect(answer.status == status, "\(path)")
                if status == 404 { #expect(answer.code == "not_found") }
            }
        }
    }
}
