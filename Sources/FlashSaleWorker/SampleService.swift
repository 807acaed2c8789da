public import FlashSale
public import Logging
public import ServiceLifecycle

/// Leaves a sample of each line that this worker serves every few seconds, for the operator's charts.
///
/// Nothing depends on it: a sample that fails is only logged, and the next one is taken in its time.
public struct SampleService: Service {
    /// How many old samples one sweep removes.
    private static let sweepSize = 1_000
    /// A sweep follows every so many rounds of samples: once a minute.
    private static let roundsPerSweep = 60 / LineSampling.periodSeconds

    private let sampler: any LineSampler
    private let worker: String
    private let period: Duration
    private let logger: Logger

    /// A service that takes samples.
    ///
    /// - Parameters:
    ///   - sampler: Where samples go.
    ///   - worker: The name that the worker holds its leases under.
    ///   - period: From one round to the next.
    ///   - logger: Takes a line when samples begin to fail, and when they are taken again.
    public init(
        sampler: any LineSampler,
        worker: String,
        period: Duration = .seconds(LineSampling.periodSeconds),
        logger: Logger
    ) {
        self.sampler = sampler
        self.worker = worker
        self.period = period
        self.logger = logger
    }

    /// Takes samples until graceful shutdown or cancellation.
    public func run() async {
        await cancelWhenGracefulShutdown { await takeSamples() }
    }

    private func takeSamples() async {
        var isFailing = false
        var rounds = 0
        while !Task.isCancelled {
            do {
                _ = try await sampler.takeSamples(worker: worker)
                if rounds % Self.roundsPerSweep == 0 { _ = try await sampler.removeOldSamples(limit: Self.sweepSize) }
                if isFailing { logger.notice("samples are taken again") }
                isFailing = false
            } catch {
                if !isFailing, !Task.isCancelled {
                    logger.warning("no samples for the charts", metadata: ["error": "\(error)"])
                }
                isFailing = true
            }
            rounds += 1
            do { try await Task.sleep(for: period) } catch { return }
        }
    }
}
