import FlashSale
import Logging
import ServiceLifecycle
import Testing

@testable import FlashSaleWorker

@Suite("Delivery of messages", .timeLimit(.minutes(5)))
struct DeliveryServiceTests {
    private static let forever = Duration.seconds(3_600)

    private func settings(concurrency: Int = 8, maximumAttempts: Int = 12) -> DeliverySettings {
        DeliverySettings(
            concurrency: concurrency,
            pollInterval: .milliseconds(1),
            deliveryDeadline: Self.forever,
            claimDuration: Self.forever * 2,
            maximumAttempts: maximumAttempts,
            shutdownGrace: Self.forever
        )
    }

    /// Runs the service while `body` looks on, then shuts it down gracefully and waits for its end.
    private func deliver(
        _ outbox: MemoryOutbox,
        to receiver: ScriptedReceiver,
        _ settings: DeliverySettings,
        metrics: CountingMetrics = CountingMetrics(),
        while body: (_ shutDown: @Sendable () async throws -> Void) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = DeliveryService(
            outbox: outbox,
            receiver: receiver,
            settings: settings,
            metrics: metrics,
            logger: logger
        )
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger
            )
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            do {
                try await body {
                    await services.triggerGracefulShutdown()
                    try await until { service.isStopping }
                }
            } catch {
                group.cancelAll()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Polls: the suite's time limit bounds it.
    private func until(_ condition: () async -> Bool) async throws {
        while await !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test("Every message arrives once, an order's messages in their order, also when tries fail")
    func order() async throws {
        let messages = try (0..<60).map { try OutboxMessage.waiting(Int64($0 + 1), ofTicket: Int64($0 % 5 + 1)) }
        let outbox = MemoryOutbox(messages)
        let receiver = ScriptedReceiver { $0.id % 3 == 0 && $0.attempts < 3 }
        try await deliver(outbox, to: receiver, settings()) { _ in
            try await until { await outbox.reports.count { $0.retryAfter == nil } == messages.count }
        }
        let arrived = await receiver.tries.filter { $0.id % 3 != 0 || $0.attempts == 3 }
        #expect(arrived.count == messages.count)
        for ticket in Set(messages.map(\.order)) {
            let ids = arrived.filter { $0.order == ticket }.map(\.id)
            #expect(ids == messages.filter { $0.order == ticket }.map(\.id))
        }
    }

    @Test("A message that never arrives is tried ever more rarely, and given up after the last try")
    func backOff() async throws {
        let outbox = try MemoryOutbox([.waiting(1, ofTicket: 1), .waiting(2, ofTicket: 2)])
        let receiver = ScriptedReceiver { $0.id == 1 }
        let metrics = CountingMetrics()
        try await deliver(outbox, to: receiver, settings(maximumAttempts: 5), metrics: metrics) { _ in
            try await until { await outbox.reports.count == 6 }
        }
        #expect(
            metrics.counts == [
                "flashsale_messages_delivered_total": 1, "flashsale_messages_failed_total": 5,
                "flashsale_messages_dead_total": 1,
            ]
        )
        let failures = await outbox.reports.filter { $0 != .delivered(2) }
        for (delay, seconds) in zip(failures.map(\.retryAfter), [1, 2, 4, 8]) {
            let delay = try #require(delay)
            #expect((.seconds(seconds) * 0.75 ... .seconds(seconds)).contains(delay))
        }
        #expect(failures.count == 5)
        #expect(failures.last == .failed(1, retryAfter: nil, reason: "the shop answered 500"))
        #expect(await receiver.tries.count { $0.id == 1 } == 5)
    }

    @Test("A message that a worker crashed on too often has one try left")
    func attemptsOfOthers() async throws {
        var message = try OutboxMessage.waiting(1, ofTicket: 1)
        message.attempts = 40
        let outbox = MemoryOutbox([message])
        try await deliver(outbox, to: ScriptedReceiver { _ in true }, settings()) { _ in
            try await until { await !outbox.reports.isEmpty }
        }
        #expect(await outbox.reports == [.failed(1, retryAfter: nil, reason: "the shop answered 500")])
    }

    @Test("Only what can be sent at once is claimed, so that no claim runs out in a queue")
    func concurrency() async throws {
        let messages = try (1...20).map { try OutboxMessage.waiting($0, ofTicket: $0) }
        let outbox = MemoryOutbox(messages)
        let receiver = ScriptedReceiver()
        await receiver.close()
        try await deliver(outbox, to: receiver, settings(concurrency: 3)) { _ in
            try await until { await receiver.tries.count == 3 }
            #expect(await outbox.claims.map(\.limit) == [3])
            #expect(await outbox.claims.allSatisfy { $0.duration == Self.forever * 2 })
            await receiver.open()
            try await until { await outbox.reports.count == messages.count }
        }
        #expect(await receiver.busiest == 3)
        #expect(await receiver.tries.count == messages.count)
    }

    @Test("A database that is away stops nothing for good: claims and reports are tried again")
    func storeAway() async throws {
        let outbox = try MemoryOutbox([.waiting(1, ofTicket: 1)])
        await outbox.fail(claims: 3, reports: 2)
        let receiver = ScriptedReceiver()
        try await deliver(outbox, to: receiver, settings()) { _ in
            try await until { await !outbox.reports.isEmpty }
        }
        #expect(await outbox.reports == [.delivered(1)])
        #expect(await receiver.tries.count == 1)
    }

    @Test("A shop that does not answer in time has not got the message")
    func deadline() async throws {
        let outbox = try MemoryOutbox([.waiting(1, ofTicket: 1)])
        let receiver = ScriptedReceiver()
        await receiver.close()
        var settings = settings(maximumAttempts: 1)
        settings.deliveryDeadline = .milliseconds(20)
        try await deliver(outbox, to: receiver, settings) { _ in
            try await until { await !outbox.reports.isEmpty }
        }
        #expect(await outbox.reports == [.failed(1, retryAfter: nil, reason: "no answer within 0.02 seconds")])
    }

    @Test("Shutdown claims nothing more and ends what is under way")
    func shutdown() async throws {
        let outbox = try MemoryOutbox([.waiting(1, ofTicket: 1), .waiting(2, ofTicket: 1)])
        let receiver = ScriptedReceiver()
        await receiver.close()
        var settings = settings()
        // Nothing but the shutdown wakes the service, so that no claim is under way then.
        settings.pollInterval = Self.forever
        try await deliver(outbox, to: receiver, settings) { shutDown in
            try await until { await receiver.tries.count == 1 }
            try await shutDown()
            await receiver.open()
        }
        #expect(await outbox.reports == [.delivered(1)])
    }

    @Test("Shutdown does not wait for ever: a message that was cut off is nobody's until its claim ends")
    func shutdownGrace() async throws {
        let outbox = try MemoryOutbox([.waiting(1, ofTicket: 1)])
        let receiver = ScriptedReceiver()
        await receiver.close()
        var settings = settings()
        settings.shutdownGrace = .milliseconds(20)
        try await deliver(outbox, to: receiver, settings) { _ in
            try await until { await receiver.tries.count == 1 }
        }
        #expect(await outbox.reports.isEmpty)
    }

    @Test("Cancellation ends deliveries without a report")
    func cancellation() async throws {
        let outbox = try MemoryOutbox([.waiting(1, ofTicket: 1)])
        let receiver = ScriptedReceiver()
        await receiver.close()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = DeliveryService(outbox: outbox, receiver: receiver, settings: settings(), logger: logger)
        let run = Task { try await service.run() }
        try await until { await receiver.tries.count == 1 }
        run.cancel()
        try await run.value
        #expect(await outbox.reports.isEmpty)
    }
}

@Suite("Waits between tries")
struct RetryDelayTests {
    @Test(
        "They double up to the maximum",
        arguments: [(1, 1), (2, 2), (3, 4), (9, 256), (10, 300), (12, 300), (100, 300), (Int.max, 300), (0, 1)]
    )
    func doubling(attempt: Int, seconds: Int) {
        #expect(RetryDelay().wait(after: attempt, jitter: 0) == .seconds(seconds))
        #expect(RetryDelay().wait(after: attempt, jitter: 1) == .seconds(seconds) * 0.75)
    }
}
