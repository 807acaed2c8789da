import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MetricsTestKit
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

@testable import FlashSaleAPI

@Suite("Events: the client's end")
struct ConnectionEndTests {
    /// An event stream with a greeting and nothing behind it, as endless as its connection.
    private func surface(_ slot: EventSlot, onEnd: @escaping @Sendable () -> Void) -> Surface {
        let endpoint = Endpoint(
            method: .get,
            path: "/events",
            operation: Endpoint.Operation(id: "events", summary: "Events.", answers: [])
        ) { _, _ in
            let body = ResponseBody { writer in
                try await writer.write(EventText.greeting)
                let end = try #require(ConnectionEnd.current)
                let more = await end.closing(slot) { await slot.next() }
                #expect(more == nil)
                onEnd()
                try await writer.finish(nil)
            }
            return Response(status: .ok, headers: [.contentType: MediaType.events], body: body)
        }
        return Surface(endpoints: [endpoint], gate: RequestGate(maximum: 10), metricsFactory: TestMetrics())
    }

    @Test("Whoever waits for the next event of a stream hears that its client is gone, without sending anything")
    func wiring() async throws {
        let slot = EventSlot()
        let hasEnded = NIOLockedValueBox(false)
        let surface = surface(slot) { hasEnded.withLockedValue { $0 = true } }
        let application = surface.buildApplication(
            listener: Listener(port: 0),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onBound: { _ in }
        )
        try await application.test(.live) { client in
            // A server that does not see the end would wait for this one before it stops.
            defer { slot.close() }
            let stream = try await RawConnection.open(port: try #require(client.port))
            stream.send(Array("GET /events HTTP/1.1\r\nHost: shop\r\n\r\n".utf8))
            _ = try await stream.text(with: "retry: 2000")
            #expect(!hasEnded.withLockedValue { $0 })
            stream.close()
            try await eventually(within: .seconds(30), "the stream has ended") { hasEnded.withLockedValue { $0 } }
        }
    }

    @Test("A connection that ended before its stream began closes it at once; one that ends after it closes nothing")
    func order() async {
        let early = ConnectionEnd()
        early.come()
        let first = EventSlot()
        #expect(await early.closing(first) { await first.next() } == nil)
        let late = ConnectionEnd()
        let second = EventSlot()
        await late.closing(second) {}
        late.come()
        second.put(EventText.heartbeat, at: .now)
        #expect(await second.next() == EventText.heartbeat)
    }
}
