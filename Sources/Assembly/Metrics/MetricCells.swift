import Metrics
import Synchronization

/// The value of one series, updated without a lock and without an allocation.
///
/// A reader may see an update of a histogram's bucket before that of its sum: each figure is exact, and scrapes are
/// seconds apart.
protocol MetricCell: AnyObject, Sendable {
    /// Appends the sample lines of this series.
    func appendSamples(name: String, labels: MetricLabels, to text: inout String)
}

/// A counter: a whole number that only rises.
final class CounterCell: MetricCell, CounterHandler {
    private let value = Atomic<Int64>(0)

    /// Amounts that are not positive are ignored: a counter that falls looks like a restart.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        // Wrapping, since trapping would stop the program; it takes 292,000 years at a million a second.
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func appendSamples(name: String, labels: MetricLabels, to text: inout String) {
        text.appendSample(name, labels.text, String(value.load(ordering: .relaxed)))
    }
}

/// A floating-point number that several threads add to.
struct AtomicDouble: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    func load() -> Double {
        Double(bitPattern: bits.load(ordering: .relaxed))
    }

    func store(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var current = bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: current) + amount
            let (done, original) = bits.weakCompareExchange(
                expected: current,
                desired: sum.bitPattern,
                ordering: .relaxed
            )
            if done { return }
            current = original
        }
    }
}

/// A counter of fractions: seconds spent, for example.
final class FloatingPointCounterCell: MetricCell, FloatingPointCounterHandler {
    private let value = AtomicDouble()

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        value.add(amount)
    }

    func reset() {
        value.store(0)
    }

    func appendSamples(name: String, labels: MetricLabels, to text: inout String) {
        text.appendSample(name, labels.text, prometheusNumber(value.load()))
    }
}

/// A gauge: a number that rises and falls.
final class GaugeCell: MetricCell, RecorderHandler, MeterHandler {
    private let value = AtomicDouble()

    func record(_ newValue: Int64) {
        value.store(Double(newValue))
    }

    func record(_ newValue: Double) {
        value.store(newValue)
    }

    func set(_ newValue: Int64) {
        value.store(Double(newValue))
    }

    func set(_ newValue: Double) {
        value.store(newValue)
    }

    func increment(by amount: Double) {
        value.add(amount)
    }

    func decrement(by amount: Double) {
        value.add(-amount)
    }

    func appendSamples(name: String, labels: MetricLabels, to text: inout String) {
        text.appendSample(name, labels.text, prometheusNumber(value.load()))
    }
}

extension String {
    /// Appends `name{labels} value` and a line break.
    mutating func appendSample(_ name: String, _ labels: String, _ value: String) {
        append(name)
        if !labels.isEmpty { append("{\(labels)}") }
        append(" \(value)\n")
    }
}

/// A number as the exposition format has it: Go's syntax, which Swift's is but for the infinities and NaN.
func prometheusNumber(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map { String($0) } ?? "\(value)"
}
