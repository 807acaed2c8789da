import Metrics
import Synchronization

/// A histogram: how many values were at most as large as each of a few bounds.
// @unchecked: `counts` points to atomics that are made in init, never moved, and freed with the cell.
final class HistogramCell: MetricCell, TimerHandler, RecorderHandler, @unchecked Sendable {
    /// Bounds for durations, in seconds: from an enqueue on a quiet machine to a deadline.
    static let secondsBounds = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Bounds for sizes: batches, pages, bytes of small bodies.
    static let sizeBounds: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000]

    private let bounds: [Double]
    /// One for each bound, and one for what is larger than all of them.
    private let counts: UnsafeMutablePointer<Atomic<UInt64>>
    private let sum = AtomicDouble()

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = .allocate(capacity: bounds.count + 1)
        for index in 0...bounds.count { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: bounds.count + 1)
        counts.deallocate()
    }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        counts[index].wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }

    func appendSamples(name: String, labels: MetricLabels, to text: inout String) {
        let prefix = labels.text.isEmpty ? "" : labels.text + ","
        var total: UInt64 = 0
        for (index, bound) in (bounds + [.infinity]).enumerated() {
            total += counts[index].load(ordering: .relaxed)
            text.appendSample("\(name)_bucket", #"\#(prefix)le="\#(prometheusNumber(bound))""#, String(total))
        }
        text.appendSample("\(name)_sum", labels.text, prometheusNumber(sum.load()))
        // From the buckets: `_count` must equal the last of them in the same scrape.
        text.appendSample("\(name)_count", labels.text, String(total))
    }
}
