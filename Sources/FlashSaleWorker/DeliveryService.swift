public import FlashSale
public import Logging
public import Metrics
public import ServiceLifecycle
import Synchronization

/// Delivers messages to the shop: at least once, an order's messages in their order.
///
/// A message is claimed only when it can be sent at once, so that its claim always outlasts its delivery. Whatever goes
/// unreported (a crash, a database that is away) is delivered again when the claim has run out.
public final class DeliveryService: Service {
    private let outbox: any Outbox
    private let receiver: any MessageReceiver
    private let settings: DeliverySettings
    private let metrics: DeliveryMetrics
    private let logger: Logger
    /// A delivery has ended, or the service has to.
    private let news = WakeSignal()
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        var underWay = 0
        /// Whether the latest delivery failed: only changes are worth a line in the log.
        var isFailing = false

        /// Whether this is a change.
        mutating func setFailing(_ isFailing: Bool) -> Bool {
            defer { self.isFailing = isFailing }
            return self.isFailing != isFailing
        }
    }

    /// A service that delivers messages.
    ///
    /// - Parameters:
    ///   - outbox: Where messages wait.
    ///   - receiver: Where they go; it has to obey cancellation, which is how a delivery's deadline is kept.
    ///   - settings: Times and limits.
    ///   - metrics: Where counters are made.
    ///   - logger: Takes a line when deliveries begin to fail, arrive again, or a message is given up.
    public init(
        outbox: any Outbox,
        receiver: any MessageReceiver,
        settings: DeliverySettings = DeliverySettings(),
        metrics: any MetricsFactory = MetricsSystem.factory,
        logger: Logger
    ) {
        self.outbox = outbox
        self.receiver = receiver
        self.settings = settings
        self.metrics = DeliveryMetrics(factory: metrics)
        self.logger = logger
    }

    /// Delivers until graceful shutdown, which lets deliveries end for ``DeliverySettings/shutdownGrace``, or cancellation.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await deliverMessages()
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.news.signal()
        }
    }

    /// Whether no further message is claimed.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    private func deliverMessages() async {
        await withDiscardingTaskGroup { group in
            var failures = 0
            while !isStopping, !Task.isCancelled {
                do {
                    try await claim(&group)
                    failures = 0
                } catch {
                    failures += 1
                    logger.warning("no messages can be claimed, they wait", metadata: ["error": "\(error)"])
                }
                let backOff = min(settings.pollInterval * (1 << min(failures, 10)), .seconds(5))
                await news.sleep(atMost: failures == 0 ? settings.pollInterval : backOff)
            }
            let deadline = ContinuousClock.now + settings.shutdownGrace
            while state.withLock({ $0.underWay }) > 0, !Task.isCancelled, ContinuousClock.now < deadline {
                await news.sleep(atMost: deadline - .now)
            }
            group.cancelAll()
        }
    }

    /// Claims as many messages as can be sent right now, and sends them.
    private func claim(_ group: inout DiscardingTaskGroup) async throws {
        let limit = settings.concurrency - state.withLock { $0.underWay }
        guard limit > 0 else { return }
        for message in try await outbox.claim(limit: limit, for: settings.claimDuration) {
            state.withLock { $0.underWay += 1 }
            group.addTask {
                await self.deliver(message)
                // Half of the places free: few claims with many messages each, and no wait when there is little to do.
                let left = self.state.withLock { state in
                    state.underWay -= 1
                    return state.underWay
                }
                if left <= self.settings.concurrency / 2 { self.news.signal() }
            }
        }
    }

    private func deliver(_ message: OutboxMessage) async {
        do {
            try await deliverInTime(message)
        } catch {
            // Cut off by the end of this process: whether it arrived is unknown, the claim's end brings it back.
            guard !Task.isCancelled else { return }
            await didFail(message, error)
            return
        }
        metrics.delivered.increment()
        if state.withLock({ $0.setFailing(false) }) { logger.notice("messages arrive again") }
        logger.debug("a message has arrived", metadata: metadata(of: message))
        await report(message) { try await self.outbox.delivered(message) }
    }

    private func deliverInTime(_ message: OutboxMessage) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await self.receiver.deliver(message) }
            group.addTask {
                try await Task.sleep(for: self.settings.deliveryDeadline)
                throw DeliveryDeadlineExceeded(deadline: self.settings.deliveryDeadline)
            }
            try await group.next()
        }
    }

    private func didFail(_ message: OutboxMessage, _ error: any Error) async {
        metrics.failed.increment()
        var metadata = metadata(of: message)
        metadata["error"] = "\(error)"
        let isDead = message.attempts >= settings.maximumAttempts
        let delay = isDead ? nil : settings.retryDelay.wait(after: message.attempts, jitter: .random(in: 0...1))
        if isDead {
            metrics.dead.increment()
            logger.error("a message is given up until an operator retries it", metadata: metadata)
        } else if state.withLock({ $0.setFailing(true) }) {
            logger.warning("messages do not arrive, they are tried again", metadata: metadata)
        } else {
            logger.debug("a message has not arrived", metadata: metadata)
        }
        await report(message) { try await self.outbox.failed(message, retryAfter: delay, reason: "\(error)") }
    }

    /// Puts on record what became of a message.
    ///
    /// Three tries: a lost report means that the shop is sent the same message again.
    private func report(_ message: OutboxMessage, _ record: () async throws -> Void) async {
        for wait in [Duration.milliseconds(100), .seconds(1), nil] {
            do { return try await record() } catch {
                var metadata = metadata(of: message)
                metadata["error"] = "\(error)"
                guard let wait, !Task.isCancelled else {
                    logger.warning("a delivery is not on record, it will be repeated", metadata: metadata)
                    return
                }
                try? await Task.sleep(for: wait)
            }
        }
    }

    private func metadata(of message: OutboxMessage) -> Logger.Metadata {
        [
            "message": "\(message.webhookID)", "order": "\(message.order)", "event": "\(message.event.rawValue)",
            "attempt": "\(message.attempts)",
        ]
    }
}

/// A receiver has taken too long.
struct DeliveryDeadlineExceeded: Error, CustomStringConvertible {
    let deadline: Duration

    var description: String { "no answer within \(deadline)" }
}
