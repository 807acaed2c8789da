import Metrics
import Synchronization

/// Keeps the counters that are made with it, and nothing else.
final class CountingMetrics: MetricsFactory {
    private let values = Mutex<[String: Int64]>([:])

    /// Each counter's value, by its label.
    var counts: [String: Int64] { values.withLock { $0 } }

    private final class Cell: CounterHandler {
        let label: String
        let metrics: CountingMetrics

        init(label: String, metrics: CountingMetrics) {
            self.label = label
            self.metrics = metrics
        }

        func increment(by amount: Int64) { metrics.values.withLock { $0[label, default: 0] += amount } }
        func reset() { metrics.values.withLock { $0[label] = 0 } }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Cell(label: label, metrics: self)
    }

    func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { NOOPMetricsHandler.instance }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
