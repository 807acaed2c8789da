/// A chart on its way to SVG: the scales, then the parts of the drawing from back to front.
struct ChartDrawing {
    private let chart: Chart
    private let series: [ChartSeries]
    private let runs: [[ChartPaths.Run]]
    private let x: ClosedRange<Double>
    private let y: ClosedRange<Double>
    private let xTicks: ChartTicks
    private let yTicks: ChartTicks
    private let legend: ChartLegend
    private let plot: (left: Double, top: Double, right: Double, bottom: Double)

    init(_ chart: Chart) {
        self.chart = chart
        series = Array(chart.series.prefix(Chart.maximumSeries))
        runs = ChartPaths.runs(series, limit: Chart.maximumPoints)
        let points = runs.joined().flatMap { $0.top }
        x = chart.xAxis.range ?? Self.extent(points.map(\.x))
        let height = Self.extent(points.map(\.y))
        let rough =
            chart.yAxis.range ?? min(height.lowerBound, 0)...max(height.upperBound, height.lowerBound < 0 ? 0 : 1)
        let ticks = ChartTicks(rough, about: 4, kind: chart.yAxis.kind)
        // The uppermost line is a tick, so that the highest value has a scale above it.
        let above = (rough.upperBound / ticks.step).rounded(.up) * ticks.step
        y = chart.yAxis.range ?? (rough.lowerBound / ticks.step).rounded(.down) * ticks.step...above
        yTicks = ChartTicks(y, about: 4, kind: chart.yAxis.kind)
        legend = ChartLegend(series, width: chart.size.width - 16)
        plot = (62, 60 + legend.height, chart.size.width - 34, chart.size.height - 42)
        xTicks = ChartTicks(x, about: max(Int((plot.right - plot.left) / 90), 2), kind: chart.xAxis.kind)
    }

    /// The whole element.
    func svg() -> String {
        let id = chart.identifier ?? "chart-" + Self.slug(chart.title)
        let size = "\(number(chart.size.width)) \(number(chart.size.height))"
        return """
            <svg class="chart" id="\(id.htmlEscaped)" viewBox="0 0 \(size)" role="img" \
            aria-labelledby="\(id.htmlEscaped)-t \(id.htmlEscaped)-d" xmlns="http://www.w3.org/2000/svg">
            <title id="\(id.htmlEscaped)-t">\(chart.title.htmlEscaped)</title>
            <desc id="\(id.htmlEscaped)-d">\(description.htmlEscaped)</desc>
            <text class="chart-title" x="8" y="18">\(chart.title.htmlEscaped)</text>
            \(legend.svg(left: 8, top: 38))\(grid)\(isEmpty ? nothing : shapes)\(axes)</svg>
            """
    }

    /// What a screen reader says of the figures: of each series, the last and the highest value.
    private var description: String {
        guard !isEmpty else { return "No figures yet." }
        let lines = series.compactMap { series -> String? in
            let values = series.points.map(\.y).filter(\.isFinite)
            guard let last = values.last, let highest = values.max() else { return nil }
            let step = highest < 10 && highest > 0 ? 0.01 : 1
            return "\(series.name): last \(ChartNumber.short(last, step: step)), "
                + "highest \(ChartNumber.short(highest, step: step))."
        }
        return "\(chart.yAxis.label) over \(chart.xAxis.label). " + lines.joined(separator: " ")
    }

    private var isEmpty: Bool { runs.allSatisfy(\.isEmpty) }

    private var nothing: String {
        let middle = (plot.left + plot.right) / 2
        return text("chart-empty", middle, (plot.top + plot.bottom) / 2, "No figures yet", anchor: "middle")
    }

    // MARK: From back to front

    private var grid: String {
        yTicks.values.map { value in
            let height = number(place(y: value))
            return #"<path class="chart-grid" d="M\#(number(plot.left)) \#(height)H\#(number(plot.right))"/>"# + "\n"
                + text(
                    "chart-tick",
                    plot.left - 8,
                    place(y: value) + 4,
                    label(chart.yAxis, value, yTicks),
                    anchor: "end"
                )
        }.joined()
    }

    private var shapes: String {
        var fills = ""
        var lines = ""
        for (index, runs) in runs.enumerated() {
            let classes = "chart-\(index + 1)"
            for run in runs {
                if let bottom = run.bottom {
                    let path = moves(run.top) + moves(bottom.reversed()).replacingFirst("M", with: "L") + "Z"
                    let fill = series[index].style == .stacked ? "chart-stack" : "chart-area"
                    fills += #"<path class="\#(fill) \#(classes)" d="\#(path)"/>"# + "\n"
                }
                if run.top.count == 1 {
                    let point = run.top[0]
                    let place = #"cx="\#(number(place(x: point.x)))" cy="\#(number(place(y: point.y)))""#
                    lines += #"<circle class="chart-dot \#(classes)" \#(place) r="2.5"/>"# + "\n"
                } else {
                    lines += #"<path class="chart-line \#(classes)" d="\#(moves(run.top))"/>"# + "\n"
                }
            }
        }
        return fills + lines
    }

    private var axes: String {
        let left = number(plot.left)
        let bottom = number(plot.bottom)
        var parts = #"<path class="chart-axis" d="M\#(left) \#(bottom)H\#(number(plot.right))"/>"# + "\n"
        if !isEmpty {
            for value in xTicks.values {
                let place = place(x: value)
                parts += #"<path class="chart-axis" d="M\#(number(place)) \#(bottom)v4"/>"# + "\n"
                parts += text(
                    "chart-tick",
                    place,
                    plot.bottom + 17,
                    label(chart.xAxis, value, xTicks),
                    anchor: "middle"
                )
            }
        }
        parts += text("chart-label", plot.left, plot.top - 8, chart.yAxis.label, anchor: "start")
        parts += text("chart-label", plot.right, plot.bottom + 34, chart.xAxis.label, anchor: "end")
        return parts
    }

    // MARK: Scales

    private func place(x value: Double) -> Double {
        plot.left + share(value, of: x) * (plot.right - plot.left)
    }

    private func place(y value: Double) -> Double {
        plot.bottom - share(value, of: y) * (plot.bottom - plot.top)
    }

    /// Where in a range a value lies, from 0 to 1; what is outside is drawn at the edge.
    private func share(_ value: Double, of range: ClosedRange<Double>) -> Double {
        let width = range.upperBound - range.lowerBound
        return width > 0 ? min(max((value - range.lowerBound) / width, 0), 1) : 0
    }

    private func moves(_ points: [ChartSeries.Point]) -> String {
        var path = ""
        for point in points {
            path += (path.isEmpty ? "M" : "L") + number(place(x: point.x)) + " " + number(place(y: point.y))
        }
        return path
    }

    private func text(_ style: String, _ x: Double, _ y: Double, _ text: String, anchor: String) -> String {
        let place = #"x="\#(number(x))" y="\#(number(y))" text-anchor="\#(anchor)""#
        return #"<text class="\#(style)" \#(place)>\#(text.htmlEscaped)</text>"# + "\n"
    }

    private func label(_ axis: ChartAxis, _ value: Double, _ ticks: ChartTicks) -> String {
        axis.text(value, step: ticks.step)
    }

    private func number(_ value: Double) -> String { ChartNumber.coordinate(value) }

    private static func extent(_ values: [Double]) -> ClosedRange<Double> {
        guard let least = values.min(), let greatest = values.max() else { return 0...1 }
        return least...greatest
    }

    private static func slug(_ title: String) -> String {
        String(title.lowercased().unicodeScalars.map { $0.isASCII && $0.properties.isAlphabetic ? Character($0) : "-" })
    }
}

extension String {
    fileprivate func replacingFirst(_ character: Character, with other: Character) -> String {
        first == character ? String(other) + dropFirst() : self
    }
}
