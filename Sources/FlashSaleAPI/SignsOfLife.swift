public import Hummingbird
public import Logging
public import Metrics

/// What a program tells those who watch it: `/health` (it runs), `/ready` (it can work) and `/metrics`.
///
/// The API has these routes among its own; the worker serves them alone, on a port of their own.
public struct SignsOfLife: Sendable {
    /// The program's name, for its log.
    public let name: String
    /// What has to work for the program to be of use; all are asked at once.
    public let checks: [ReadinessCheck]
    /// The metrics in the Prometheus text exposition format, version 0.0.4.
    public let metrics: @Sendable () -> String
    /// Whether the program is on its way down: it still answers, and wants no new work.
    public let isDraining: @Sendable () -> Bool

    /// What a program tells those who watch it.
    public init(
        name: String,
        checks: [ReadinessCheck],
        metrics: @escaping @Sendable () -> String,
        isDraining: @escaping @Sendable () -> Bool
    ) {
        self.name = name
        self.checks = checks
        self.metrics = metrics
        self.isDraining = isDraining
    }

    /// A server with these routes only.
    ///
    /// - Parameters:
    ///   - listener: Where to listen.
    ///   - metricsFactory: Where the counters of these routes are made.
    ///   - logger: Takes a line for each request at debug.
    ///   - onBound: Called with the TCP port once connections are accepted.
    public func buildApplication(
        listener: Listener,
        metricsFactory: any MetricsFactory = MetricsSystem.factory,
        logger: Logger,
        onBound: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        // Each of these routes is always answered: nothing enters the gate.
        Surface(endpoints: endpoints(), gate: RequestGate(maximum: 0), metricsFactory: metricsFactory)
            .buildApplication(listener: listener, logger: logger, onBound: onBound)
    }
}

/// One thing that has to work for a program to be ready.
public struct ReadinessCheck: Sendable {
    /// What a check found.
    public enum Outcome: Hashable, Sendable {
        /// It works.
        case ok
        /// It works, and in which way: one line that may be shown as well.
        case working(String)
        /// It does not, and why: one line that may be shown to whoever can reach `/ready`.
        case failed(String)

        /// Whether it works.
        var isWorking: Bool { if case .failed = self { false } else { true } }

        /// What there is to say; nil for nothing.
        var detail: String? {
            switch self {
            case .ok: nil
            case .working(let detail), .failed(let detail): detail
            }
        }
    }

    /// The thing's name, such as `redis`.
    public let name: String
    /// How long the check may take before it counts as failed.
    public let deadline: Duration
    private let check: @Sendable () async -> Outcome

    /// A check.
    ///
    /// - Parameters:
    ///   - name: The thing's name, such as `redis`.
    ///   - deadline: How long the check may take before it counts as failed.
    ///   - check: Tries the thing out. It has to end soon after its task is cancelled: the answer waits for it.
    public init(
        name: String,
        deadline: Duration = .seconds(2),
        check: @escaping @Sendable () async -> Outcome
    ) {
        self.name = name
        self.deadline = deadline
        self.check = check
    }

    /// Runs the check against its deadline.
    func outcome() async -> Outcome {
        await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await check() }
            group.addTask {
                try? await Task.sleep(for: deadline)
                return nil
            }
            // The first of the two decides; the group then waits for the other, which is cancelled.
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failed("no answer within \(deadline)")
        }
    }
}
