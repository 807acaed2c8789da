import NIOCore

/// The latencies of a run: every single one, so that percentiles are exact.
struct RateResult {
    /// Microseconds from when an answered request was due to its answer.
    var latencies: [UInt32] = []
    /// Answers other than 2xx, and requests without an answer.
    var errors = 0
    /// When the last connection was done.
    var ended = NIODeadline.now()

    mutating func note(status: Int, latency: TimeAmount) {
        guard (200...299).contains(status) else {
            errors += 1
            return
        }
        latencies.append(UInt32(clamping: latency.nanoseconds / 1_000))
    }

    mutating func add(_ other: RateResult) {
        latencies += other.latencies
        errors += other.errors
        ended = max(ended, other.ended)
    }

    /// The line that `deploy/bench` reads.
    func line(since start: NIODeadline) -> String {
        let sorted = latencies.sorted()
        func percentile(_ share: Double) -> UInt32 {
            guard let last = sorted.indices.last else { return 0 }
            return sorted[min(last, Int(Double(sorted.count) * share))]
        }
        let seconds = Double((ended - start).nanoseconds) / 1e9
        let figures = [0.5, 0.99, 0.999, 1].map { String(percentile($0)) }.joined(separator: " ")
        return "BENCH \(sorted.count) \(seconds) \(errors) \(figures)"
    }
}
