import Metrics
import Testing

@testable import Assembly

@Suite("Prometheus metrics")
struct MetricsTests {
    private func families(_ metrics: PrometheusMetrics) throws -> [String: ExpositionParser.Family] {
        try ExpositionParser(metrics.prometheusText()).families
    }

    @Test("Every kind of metric appears with its type, its help and its value")
    func kinds() throws {
        let metrics = PrometheusMetrics(help: ["requests": "Requests\nanswered \\ refused."])
        Counter(label: "requests", dimensions: [("code", "200")], factory: metrics).increment(by: 3)
        FloatingPointCounter(label: "busy.seconds", factory: metrics).increment(by: 0.25)
        Gauge(label: "line.length", factory: metrics).record(1_000_000)
        Meter(label: "temperature", factory: metrics).set(-1.5)
        Recorder(label: "batch.size", factory: metrics).record(50)
        Timer(label: "http.request", factory: metrics).recordMilliseconds(3)

        let families = try families(metrics)
        #expect(families["requests_total"]?.type == "counter")
        #expect(families["requests_total"]?.help == #"Requests\nanswered \\ refused."#)
        #expect(families["requests_total"]?.value(["code": "200"]) == 3)
        #expect(families["busy_seconds_total"]?.value() == 0.25)
        #expect(families["line_length"]?.type == "gauge")
        #expect(families["line_length"]?.value() == 1_000_000)
        #expect(families["temperature"]?.value() == -1.5)
        #expect(families["batch_size"]?.value(["le": "20"], name: "batch_size_bucket") == 0)
        #expect(families["batch_size"]?.value(["le": "50"], name: "batch_size_bucket") == 1)
        let timer = families["http_request_seconds"]
        #expect(timer?.type == "histogram")
        #expect(timer?.value(["le": "0.0025"], name: "http_request_seconds_bucket") == 0)
        #expect(timer?.value(["le": "0.005"], name: "http_request_seconds_bucket") == 1)
        #expect(timer?.value(name: "http_request_seconds_sum") == 0.003)
        #expect(timer?.value(name: "http_request_seconds_count") == 1)
    }

    @Test("The text is exactly this")
    func exactText() {
        let metrics = PrometheusMetrics()
        Counter(label: "a.b", dimensions: [("z", "1"), ("k", "2")], factory: metrics).increment()
        #expect(
            metrics.prometheusText() == """
                # HELP a_b_total a.b
                # TYPE a_b_total counter
                a_b_total{k="2",z="1"} 1
                # HELP flashsale_metrics_dropped_series_total Metric series that were not taken.
                # TYPE flashsale_metrics_dropped_series_total counter
                flashsale_metrics_dropped_series_total 0

                """
        )
    }

    @Test(
        "Any text can be a label's value and comes back as it was",
        arguments: ["", "a\"b", #"back\slash"#, "line\nbreak", #"\n"#, "{}=,", "ünï→😀"]
    )
    func labelValues(value: String) throws {
        let metrics = PrometheusMetrics()
        Counter(label: "c", dimensions: [("path", value)], factory: metrics).increment()
        #expect(try families(metrics)["c_total"]?.value(["path": value]) == 1)
    }

    @Test("Names are made valid, and reserved labels renamed")
    func names() throws {
        let metrics = PrometheusMetrics()
        Gauge(label: "9 lives-left…", dimensions: [("le", "x"), ("__name", "y"), ("a.b:c", "z")], factory: metrics)
            .record(9)
        #expect(
            try families(metrics)["_9_lives_left_"]?.value(["exported_le": "x", "exported___name": "y", "a_b_c": "z"])
                == 9
        )
        #expect(MetricName.metric("") == "_")
        #expect(MetricName.metric("requests_total", ending: "_total") == "requests_total")
    }

    @Test("A metric that is made twice is one series; labels in another order are the same")
    func sameSeries() throws {
        let metrics = PrometheusMetrics()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment()
        #expect(try families(metrics)["c_total"]?.value(["a": "1", "b": "2"]) == 2)
    }

    @Test("A counter does not fall; a reset begins again; infinities and NaN have their words")
    func edges() throws {
        let metrics = PrometheusMetrics()
        let counter = Counter(label: "c", factory: metrics)
        counter.increment(by: 5)
        counter.increment(by: -2)
        #expect(try families(metrics)["c_total"]?.value() == 5)
        counter.reset()
        #expect(try families(metrics)["c_total"]?.value() == 0)
        let meter = Meter(label: "m", factory: metrics)
        meter.set(2)
        meter.increment(by: 1.5)
        meter.decrement(by: 3)
        #expect(try families(metrics)["m"]?.value() == 0.5)
        for (value, word) in [(Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300")] {
            #expect(prometheusNumber(value) == word)
        }
        let recorder = Recorder(label: "r", factory: metrics)
        recorder.record(Double.nan)
        recorder.record(1e9)
        #expect(try families(metrics)["r"]?.value(name: "r_count") == 1)
    }

    @Test("The number of series is bounded, and what is over the bound is counted and works all the same")
    func bound() throws {
        let metrics = PrometheusMetrics(maximumSeries: 10)
        let counters = (0..<15).map { Counter(label: "c", dimensions: [("user", "\($0)")], factory: metrics) }
        for counter in counters { counter.increment() }
        let families = try families(metrics)
        #expect(families["c_total"]?.samples.count == 10)
        #expect(families[PrometheusMetrics.droppedSeriesName]?.value() == 5)
        counters[0].destroy()
        Counter(label: "c", dimensions: [("user", "15")], factory: metrics).increment()
        #expect(try self.families(metrics)["c_total"]?.value(["user": "15"]) == 1)
    }

    @Test("A name cannot have two types, nor be that of the counter of dropped series")
    func conflicts() throws {
        let metrics = PrometheusMetrics()
        Gauge(label: "x_total", factory: metrics).record(1)
        Counter(label: "x", factory: metrics).increment()
        FloatingPointCounter(label: "y", factory: metrics).increment(by: 0.5)
        Counter(label: "y", factory: metrics).increment()
        Counter(label: PrometheusMetrics.droppedSeriesName, factory: metrics).increment(by: 100)
        let text = metrics.prometheusText()
        #expect(text.contains("# TYPE x_total gauge\nx_total 1\n"))
        #expect(text.contains("y_total 0.5\n"))
        #expect(text.hasSuffix("\(PrometheusMetrics.droppedSeriesName) 3\n"))
    }

    @Test("What is destroyed is gone, the last of its family with its header")
    func destroyed() throws {
        let metrics = PrometheusMetrics()
        let timer = Timer(label: "t", factory: metrics)
        let gauge = Gauge(label: "g", factory: metrics)
        timer.destroy()
        gauge.destroy()
        #expect(try families(metrics).keys.sorted() == [PrometheusMetrics.droppedSeriesName])
    }

    @Test("No update is lost, and every scrape in between is valid")
    func concurrency() async throws {
        let metrics = PrometheusMetrics()
        let timer = Timer(label: "t", factory: metrics)
        let meter = Meter(label: "m", factory: metrics)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for _ in 0..<5_000 {
                        Counter(label: "c", dimensions: [("task", "\(task)")], factory: metrics).increment()
                        timer.recordNanoseconds(500_000_000)
                        meter.increment(by: 0.5)
                    }
                }
            }
            group.addTask { for _ in 0..<20 { _ = try ExpositionParser(metrics.prometheusText()) } }
            try await group.waitForAll()
        }
        let families = try families(metrics)
        #expect(families["c_total"]?.samples.map(\.value) == [5_000, 5_000, 5_000, 5_000])
        #expect(families["t_seconds"]?.value(["le": "0.25"], name: "t_seconds_bucket") == 0)
        #expect(families["t_seconds"]?.value(["le": "0.5"], name: "t_seconds_bucket") == 20_000)
        #expect(families["t_seconds"]?.value(name: "t_seconds_sum") == 10_000)
        #expect(families["m"]?.value() == 10_000)
    }
}
