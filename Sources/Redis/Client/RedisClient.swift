public import Logging
public import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// A client for one Redis server, which all tasks share.
///
/// It keeps one connection on each event loop of its group. A caller that runs on one of these loops uses that loop's
/// connection, all others take turns. The commands of one turn of an event loop are written together, so that
/// concurrent callers form pipelines by themselves. While there is no connection, commands fail at once; none is ever
/// queued for a later connection or sent twice.
///
/// ``run()`` keeps the connections and must be running for commands to succeed. The group must outlive the client.
public final class RedisClient: Service, Sendable {
    let configuration: RedisConfiguration
    let connector: Connector
    let eventLoopGroup: any EventLoopGroup
    let subscriptions = SubscriptionRegistry()

    private let keepers: [ConnectionKeeper]
    private let keepersByEventLoop: [ObjectIdentifier: ConnectionKeeper]
    private let readiness: Readiness
    private let requestCount = Atomic<UInt64>(0)
    private let hasRun = Atomic(false)

    /// Creates a client that connects once ``run()`` is called.
    public init(configuration: RedisConfiguration, eventLoopGroup: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
        self.eventLoopGroup = eventLoopGroup
        let connector = Connector(configuration)
        self.connector = connector
        let readiness = Readiness(configuration.address)
        self.readiness = readiness
        keepers = eventLoopGroup.makeIterator().map { eventLoop in
            ConnectionKeeper(
                configuration: configuration,
                connector: connector,
                eventLoop: eventLoop,
                readiness: readiness,
                logger: logger
            )
        }
        keepersByEventLoop = Dictionary(uniqueKeysWithValues: keepers.map { (ObjectIdentifier($0.eventLoop), $0) })
    }

    /// Whether at least one connection is open and has passed its handshake.
    public var isReady: Bool { keepers.contains(where: \.isReady) }

    /// Keeps the connections until it is cancelled or gracefully shut down.
    ///
    /// A graceful shutdown takes no more commands, and awaits the replies on their way for at most the command timeout;
    /// cancellation closes at once. Call it once. Throws ``RedisError/Code/invalidConfiguration`` if the TLS settings
    /// cannot be used.
    public func run() async throws {
        precondition(!hasRun.exchange(true, ordering: .relaxed), "run() is called once")
        try connector.validate()
        subscriptions.open()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withDiscardingTaskGroup { group in
                    for keeper in keepers {
                        group.addTask { await keeper.run() }
                    }
                }
            } onGracefulShutdown: {
                self.shutDown(gracefully: true)
            }
        } onCancel: {
            shutDown(gracefully: false)
        }
    }

    /// Returns once the first connection is ready.
    ///
    /// Throws why the last attempt to connect failed, if none has succeeded within `limit`: for instance
    /// ``RedisError/Code/authenticationFailed``.
    public func waitUntilReady(within limit: Duration) async throws {
        try await withThrowingTaskGroup { [readiness] group in
            group.addTask { try await readiness.wait() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw readiness.lastCause
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func shutDown(gracefully: Bool) {
        subscriptions.close()
        for keeper in keepers {
            keeper.shutDown(gracefully: gracefully)
        }
    }
}

extension RedisClient {
    /// A number for a request of its own.
    func nextRequestID() -> UInt64 {
        requestCount.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The connection of the event loop that the caller runs on; nil on any other thread.
    var ownKeeper: ConnectionKeeper? {
        MultiThreadedEventLoopGroup.currentEventLoop.flatMap { keepersByEventLoop[ObjectIdentifier($0)] }
    }

    /// The connection for the present caller: its event loop's, or the next in turn, and rather a ready one.
    func keeper(for id: UInt64) -> ConnectionKeeper {
        if let ownKeeper, ownKeeper.isReady { return ownKeeper }
        let first = Int(truncatingIfNeeded: id % UInt64(keepers.count))
        for offset in 0..<keepers.count {
            let keeper = keepers[(first + offset) % keepers.count]
            if keeper.isReady { return keeper }
        }
        return keepers[first]
    }
}
