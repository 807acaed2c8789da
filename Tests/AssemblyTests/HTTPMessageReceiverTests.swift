import FlashSale
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Assembly

@Suite("Delivery to a shop over HTTP", .timeLimit(.minutes(5)))
struct HTTPMessageReceiverTests {
    private static func secret(_ letter: Character) throws -> WebhookSecret {
        try WebhookSecret(String(repeating: letter, count: 32))
    }

    private func message() throws -> OutboxMessage {
        try OutboxMessage(
            id: 42,
            order: #require(OrderID(text: "7-1042")),
            event: .completed,
            payload: #"{"type":"order.completed","name":"Käfer"}"#,
            attempts: 1,
            createdAt: Timestamp(microseconds: 0)
        )
    }

    private func send(
        to url: String,
        secrets: [WebhookSecret],
        deadline: Duration = .seconds(120),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) async throws {
        let message = try message()
        try await HTTPMessageReceiver.withClient { client in
            let receiver = HTTPMessageReceiver(client: client, url: url, secrets: secrets, deadline: deadline, now: now)
            try await receiver.deliver(message)
        }
    }

    @Test("A message arrives as it is, once, with a signature that each of the secrets verifies")
    func signature() async throws {
        let secrets = [try Self.secret("a"), try Self.secret("b")]
        let now = Timestamp(microseconds: 1_700_000_000_999_999)
        let shop = WebhookShop { _ in Response(status: .noContent) }
        try await shop.open { url in try await send(to: url, secrets: secrets, now: { now }) }
        let request = try #require(shop.received.first)
        #expect(shop.received.count == 1)
        #expect(request.path == "/orders")
        #expect(request.headers[.contentType] == "application/json")
        #expect(try request.body == Array(message().payload.utf8))
        #expect(request.webhookHeaders.ids == ["msg_42"])
        #expect(request.webhookHeaders.timestamps == ["1700000000"])
        for secret in secrets {
            try WebhookVerifier(secrets: [secret]).verify(request.webhookHeaders, body: request.body, now: now)
        }
        let stranger = try Self.secret("c")
        #expect(throws: WebhookRefusal.self) {
            try WebhookVerifier(secrets: [stranger]).verify(request.webhookHeaders, body: request.body, now: now)
        }
    }

    @Test(
        "An answer that is not 2xx means that the message has not arrived",
        arguments: [.internalServerError, .badRequest, .unauthorized, .tooManyRequests, .gone] as [HTTPResponse.Status]
    )
    func refused(status: HTTPResponse.Status) async throws {
        let shop = WebhookShop { _ in Response(status: status) }
        try await shop.open { url in
            let refusal = await #expect(throws: HTTPMessageReceiver.Refused.self) {
                try await send(to: url, secrets: [Self.secret("a")])
            }
            #expect(refusal?.description == "the shop answered \(status.code)")
        }
    }

    @Test("A redirect is not followed, and is a failure", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let shop = WebhookShop { path in
            path == "/orders"
                ? Response(status: .init(code: status), headers: [.location: "/elsewhere"]) : Response(status: .ok)
        }
        try await shop.open { url in
            let refusal = await #expect(throws: HTTPMessageReceiver.Refused.self) {
                try await send(to: url, secrets: [Self.secret("a")])
            }
            #expect(refusal?.description == "the shop answered \(status), and redirects are not followed")
        }
        #expect(shop.received.map(\.path) == ["/orders"])
    }

    @Test("An answer of any size is no obstacle")
    func longAnswer() async throws {
        let shop = WebhookShop { _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x20, count: 1 << 20)))
        }
        try await shop.open { url in try await send(to: url, secrets: [Self.secret("a")]) }
        #expect(shop.received.count == 1)
    }

    @Test("A shop that does not answer is a failure at the deadline")
    func silence() async throws {
        let shop = WebhookShop { _ in
            try await Task.sleep(for: .seconds(3_600))
            return Response(status: .ok)
        }
        try await shop.open { url in
            await #expect(throws: HTTPMessageReceiver.Unreachable.self) {
                try await send(to: url, secrets: [Self.secret("a")], deadline: .milliseconds(50))
            }
        }
    }

    @Test("A shop that is not there is a failure, told in words", arguments: ["127.0.0.1", "localhost"])
    func nobodyThere(host: String) async throws {
        // Port 1 (tcpmux) belongs to the system, and nothing listens there.
        let error = await #expect(throws: HTTPMessageReceiver.Unreachable.self) {
            try await send(to: "http://\(host):1/", secrets: [Self.secret("a")])
        }
        #expect(error?.description == "the shop can't be reached: Connection refused")
    }
}
