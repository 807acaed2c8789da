import FlashSale
import Foundation
import Hummingbird
import Logging
import Synchronization
import Testing

@testable import Assembly

@Suite("Delivery as configured", .timeLimit(.minutes(5)))
struct MessageDeliveryTests {
    /// One message that is due until it has arrived or is given up.
    private actor OneMessage: Outbox {
        private(set) var isClaimed = false
        private(set) var isDelivered = false
        private(set) var delays: [Duration?] = []
        private(set) var reasons: [String] = []
        private var message: OutboxMessage

        init() throws {
            message = try OutboxMessage(
                id: 42,
                order: #require(OrderID(text: "7-1042")),
                event: .refundDue,
                payload: #"{"order_id":"7-1042"}"#,
                attempts: 0,
                createdAt: Timestamp(microseconds: 0)
            )
        }

        var isOver: Bool { isDelivered || delays.contains(nil) }

        func claim(limit: Int, for duration: Duration) -> [OutboxMessage] {
            guard !isOver, !isClaimed else { return [] }
            isClaimed = true
            message.attempts += 1
            return [message]
        }

        func delivered(_ message: OutboxMessage) { isDelivered = true }

        func failed(_ message: OutboxMessage, retryAfter delay: Duration?, reason: String) {
            isClaimed = false
            delays.append(delay)
            reasons.append(reason)
        }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(_ arguments: String...) throws -> OutboxSettings {
        let sources = ConfigurationSources(
            arguments: arguments,
            environment: ["FLASHSALE_OUTBOX_SECRET": "a secret of 16 bytes or more"],
            file: "no-such-file.yaml"
        )
        return try WorkerConfiguration.load(sources).outbox
    }

    private func deliver(_ outbox: OneMessage, _ settings: OutboxSettings, logger: Logger = silent) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let delivery = MessageDelivery(outbox: outbox, settings: settings, logger: logger)
            group.addTask { try await delivery.run() }
            while await !outbox.isOver { try await Task.sleep(for: .milliseconds(1)) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("What the shop answers with 500 is sent again, under the same id, until it arrives")
    func retry() async throws {
        let answers = Mutex(0)
        let shop = WebhookShop { _ in
            let isFirst = answers.withLock { count in
                count += 1
                return count == 1
            }
            return Response(status: isFirst ? .internalServerError : .ok)
        }
        let outbox = try OneMessage()
        try await shop.open { url in try await deliver(outbox, settings("--outbox-url", url)) }
        #expect(shop.received.map(\.webhookHeaders.ids) == [["msg_42"], ["msg_42"]])
        #expect(await outbox.reasons == ["the shop answered 500"])
        #expect(await outbox.isDelivered)
    }

    @Test("The configured number of tries and wait between them hold")
    func limits() async throws {
        let shop = WebhookShop { _ in Response(status: .badRequest) }
        let outbox = try OneMessage()
        try await shop.open { url in
            let arguments = try settings("--outbox-url=\(url)", "--outbox-max-attempts=2", "--outbox-retry-base=40s")
            try await deliver(outbox, arguments)
        }
        #expect(shop.received.count == 2)
        let wait = try #require(await outbox.delays.first ?? nil)
        #expect((.seconds(30) ... .seconds(40)).contains(wait))
        #expect(await outbox.delays.last == .some(nil))
    }

    @Test("outbox.url log writes messages into the log")
    func log() async throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let logger = Logger(label: "worker") { label in
            LineLogHandler(label: label, level: .info, format: .text(colour: false), output: output)
        }
        let outbox = try OneMessage()
        try await deliver(outbox, settings("--outbox-url=log"), logger: logger)
        try pipe.fileHandleForWriting.close()
        let written = try #require(try pipe.fileHandleForReading.readToEnd())
        #expect(
            String(decoding: written, as: UTF8.self).hasSuffix(
                #"""
                 NOTICE   worker: message to the shop: refund.due id=msg_42 order=7-1042 \#
                payload="{\"order_id\":\"7-1042\"}"

                """#
            )
        )
        #expect(await outbox.isDelivered)
    }

    @Test("Without outbox.url messages stay where they are")
    func none() async throws {
        let outbox = try OneMessage()
        var settings = try settings("--outbox-url=log")
        settings.target = nil
        try await MessageDelivery(outbox: outbox, settings: settings, logger: Self.silent).run()
        #expect(await !outbox.isClaimed)
    }
}
