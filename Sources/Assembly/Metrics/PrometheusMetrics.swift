public import Metrics
import NIOConcurrencyHelpers

/// A swift-metrics backend whose figures are read in Prometheus's text exposition format 0.0.4.
///
/// | swift-metrics | Prometheus |
/// |---|---|
/// | `Counter`, `FloatingPointCounter` | counter, the name ending in `_total` |
/// | `Gauge`, `Meter`, `Recorder` that does not aggregate | gauge |
/// | `Timer` | histogram in seconds, the name ending in `_seconds` |
/// | `Recorder` that aggregates | histogram |
///
/// Making a metric takes a lock; updating one takes none. A metric that is made twice is one series. A series over the
/// bound, or a name that is already in use for another type, is counted and not exposed.
public final class PrometheusMetrics: MetricsFactory {
    /// The name of the counter of series that were not taken.
    public static let droppedSeriesName = "flashsale_metrics_dropped_series_total"

    private struct Family {
        let type: String
        let help: String
        var series: [MetricLabels: any MetricCell] = [:]
    }

    private struct Registry {
        var families: [String: Family] = [:]
        var seriesCount = 0
    }

    private let registry = NIOLockedValueBox(Registry())
    private let dropped = CounterCell()
    private let help: [String: String]
    private let maximumSeries: Int

    /// An empty collection.
    ///
    /// `help` explains metrics by their swift-metrics label; one without is explained by its label. `maximumSeries`
    /// bounds the memory that labels taken from outside could cost.
    public init(help: [String: String] = [:], maximumSeries: Int = 2_000) {
        self.help = help
        self.maximumSeries = maximumSeries
    }

    /// All series, families and series sorted by name, in text exposition format 0.0.4.
    ///
    /// The content type is `text/plain; version=0.0.4; charset=utf-8`.
    public func prometheusText() -> String {
        let families = registry.withLockedValue { $0.families }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text.appendHeader(name, type: family.type, help: family.help)
            for (labels, cell) in family.series.sorted(by: { $0.key.text < $1.key.text }) {
                cell.appendSamples(name: name, labels: labels, to: &text)
            }
        }
        text.appendHeader(Self.droppedSeriesName, type: "counter", help: "Metric series that were not taken.")
        dropped.appendSamples(name: Self.droppedSeriesName, labels: MetricLabels([]), to: &text)
        return text
    }

    /// The series called so; a new one from `make` when there is none.
    private func cell<Cell: MetricCell>(
        name: String,
        label: String,
        type: String,
        dimensions: [(String, String)],
        make: () -> Cell
    ) -> Cell {
        let labels = MetricLabels(dimensions)
        let cell: Cell? = registry.withLockedValue { registry in
            var family = registry.families[name] ?? Family(type: type, help: help[label] ?? label)
            if let existing = family.series[labels] { return existing as? Cell }
            guard family.type == type, registry.seriesCount < maximumSeries, name != Self.droppedSeriesName else {
                return nil
            }
            let new = make()
            family.series[labels] = new
            registry.families[name] = family
            registry.seriesCount += 1
            return new
        }
        if let cell { return cell }
        dropped.increment(by: 1)
        return make()
    }

    private func remove(_ handler: any AnyObject) {
        registry.withLockedValue { registry in
            for (name, family) in registry.families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                registry.families[name]?.series[labels] = nil
                registry.seriesCount -= 1
                if registry.families[name]?.series.isEmpty == true { registry.families[name] = nil }
                return
            }
        }
    }
}

extension PrometheusMetrics {
    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let name = MetricName.metric(label, ending: "_total")
        return cell(name: name, label: label, type: "counter", dimensions: dimensions) { CounterCell() }
    }

    /// A counter of fractions.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let name = MetricName.metric(label, ending: "_total")
        return cell(name: name, label: label, type: "counter", dimensions: dimensions) { FloatingPointCounterCell() }
    }

    /// A gauge, or a histogram when it aggregates.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let name = MetricName.metric(label)
        guard aggregate else {
            return cell(name: name, label: label, type: "gauge", dimensions: dimensions) { GaugeCell() }
        }
        return cell(name: name, label: label, type: "histogram", dimensions: dimensions) {
            HistogramCell(bounds: HistogramCell.sizeBounds)
        }
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(name: MetricName.metric(label), label: label, type: "gauge", dimensions: dimensions) { GaugeCell() }
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricName.metric(label, ending: "_seconds")
        return cell(name: name, label: label, type: "histogram", dimensions: dimensions) {
            HistogramCell(bounds: HistogramCell.secondsBounds)
        }
    }

    /// Forgets a counter.
    public func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    /// Forgets a counter of fractions.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }

    /// Forgets a gauge or histogram.
    public func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    /// Forgets a gauge.
    public func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    /// Forgets a histogram.
    public func destroyTimer(_ handler: any TimerHandler) { remove(handler) }
}

extension String {
    /// Appends a family's HELP and TYPE lines.
    mutating func appendHeader(_ name: String, type: String, help: String) {
        let escaped = help.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: #"\\"#)
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: #"\n"#)
        append("# HELP \(name) \(escaped)\n# TYPE \(name) \(type)\n")
    }
}
