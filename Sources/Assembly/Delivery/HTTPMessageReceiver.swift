import AsyncHTTPClient
import FlashSale
import NIOCore
import NIOHTTP1

/// Delivers messages by HTTP POST, signed as Standard Webhooks has it.
///
/// A message has arrived when the answer is 2xx. A redirect is a failure: whoever can redirect us could collect messages.
struct HTTPMessageReceiver: MessageReceiver {
    /// The most of an answer that is read, which lets the connection be used again.
    private static let maximumAnswerBytes = 64 * 1024

    private let client: HTTPClient
    private let url: String
    private let secrets: [WebhookSecret]
    private let deadline: Duration
    private let now: @Sendable () -> Timestamp

    /// A receiver; the client is one of ``withClient(_:)``.
    ///
    /// The deadline is for the whole exchange, and comes before the worker's own of 10 s.
    init(
        client: HTTPClient,
        url: String,
        secrets: [WebhookSecret],
        deadline: Duration = .seconds(8),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.client = client
        self.url = url
        self.secrets = secrets
        self.deadline = deadline
        self.now = now
    }

    /// Runs `body` with a client as it is needed here, and closes it afterwards.
    static func withClient<Result: Sendable>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(3), read: .seconds(5))
        // The outbox tries again, later; repeating here would only hide why.
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { try await body($0) }
    }

    func deliver(_ message: OutboxMessage) async throws {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request(for: message), timeout: TimeAmount(deadline))
        } catch {
            throw Unreachable(cause: error)
        }
        guard (200...299).contains(response.status.code) else { throw Refused(status: response.status.code) }
        // It has arrived, whatever comes of the rest of the answer.
        _ = try? await response.body.collect(upTo: Self.maximumAnswerBytes)
    }

    private func request(for message: OutboxMessage) -> HTTPClientRequest {
        let body = Array(message.payload.utf8)
        let timestamp = now().microseconds / 1_000_000
        let signatures = secrets.map { secret in
            WebhookSignature.sign(id: message.webhookID, timestamp: timestamp, body: body, with: secret)
        }
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "user-agent", value: "FlashSale")
        request.headers.add(name: WebhookHeaders.idName, value: message.webhookID)
        request.headers.add(name: WebhookHeaders.timestampName, value: "\(timestamp)")
        request.headers.add(name: WebhookHeaders.signatureName, value: signatures.joined(separator: " "))
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    /// There was no answer; its description is what an operator reads beside the message.
    struct Unreachable: Error, CustomStringConvertible {
        let cause: any Error

        var description: String { "the shop can't be reached: \(HTTPFailure.reason(cause))" }
    }

    /// The shop's answer was not 2xx.
    struct Refused: Error, Equatable, CustomStringConvertible {
        let status: UInt

        var description: String {
            (300...399).contains(status)
                ? "the shop answered \(status), and redirects are not followed" : "the shop answered \(status)"
        }
    }
}
