import Hummingbird
import HummingbirdTesting
import Logging
import MetricsTestKit
import NIOCore
import TestSupport
import Testing

@testable import FlashSaleAPI

@Suite("Large answers")
struct LargeAnswerTests {
    @Test("A body of more bytes than a connection takes at once arrives whole", arguments: [65_535, 70_000, 5_000_000])
    func whole(bytes: Int) async throws {
        let endpoint = Endpoint(
            method: .get,
            path: "/large",
            operation: Endpoint.Operation(id: "large", summary: "Large.", answers: [])
        ) { _, _ in
            Response(status: .ok, cache: .never, body: ByteBuffer(repeating: UInt8(ascii: "x"), count: bytes))
        }
        let surface = Surface(endpoints: [endpoint], gate: RequestGate(maximum: 10), metricsFactory: TestMetrics())
        let application = surface.buildApplication(
            listener: Listener(port: 0),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onBound: { _ in }
        )
        try await application.test(.live) { client in
            let connection = try await RawConnection.open(port: try #require(client.port))
            connection.send(Array("GET /large HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n".utf8))
            let answer = try #require(try await connection.reply().answers.first)
            #expect(answer.status == 200)
            #expect(answer.header("content-length") == String(bytes))
            #expect(answer.body.utf8.count == bytes)
        }
    }
}
