import Testing

@testable import FlashSaleWeb

@Suite
struct ChartTests {
    private func chart(_ series: [ChartSeries]) -> String {
        Chart(
            title: "Waiting",
            xAxis: .init("seconds", kind: .elapsedSeconds),
            yAxis: .init("people"),
            series: series
        ).svg()
    }

    @Test("Ticks are round, rise, and stay within the range")
    func ticks() {
        #expect(ChartTicks(0...97, about: 4, kind: .number).values == [0, 50])
        #expect(ChartTicks(0...100, about: 5, kind: .number).values == [0, 20, 40, 60, 80, 100])
        #expect(ChartTicks(0...3600, about: 6, kind: .elapsedSeconds).values == [0, 600, 1200, 1800, 2400, 3000, 3600])
        #expect(ChartTicks(0...0.4, about: 4, kind: .number).step == 0.1)
        #expect(ChartTicks(5...5, about: 4, kind: .number).values == [5])
        #expect(ChartTicks(0...1e12, about: 500, kind: .number).values.count <= ChartTicks.limit)
    }

    @Test(
        "Numbers are short and grouped",
        arguments: [
            (1234.0, 1.0, "1,234"), (0.25, 0.05, "0.25"), (2_500_000, 1_000_000, "2.5M"), (-1500, 100, "-1,500"),
            (0, 1, "0"), (99.95, 0.5, "100"), (1.5, 0.5, "1.5"), (1_000_000, 500_000, "1,000,000"),
        ]
    )
    func numbers(value: Double, step: Double, text: String) {
        #expect(ChartNumber.short(value, step: step) == text)
    }

    @Test("Each kind of axis writes its values in its unit")
    func axes() {
        #expect(ChartAxis("", kind: .elapsedSeconds).text(300, step: 60) == "5 min")
        #expect(ChartAxis("", kind: .elapsedSeconds).text(30, step: 10) == "30 s")
        #expect(ChartAxis("", kind: .timeOfDay).text(1_763_707_505, step: 60) == "06:45")
        #expect(ChartAxis("", kind: .timeOfDay).text(1_763_707_505, step: 10) == "06:45:05")
    }

    @Test("Names from outside are escaped, in title, legend and description")
    func escaped() {
        let svg = Chart(
            title: "<script>&",
            xAxis: .init("a<b"),
            yAxis: .init("\"c\""),
            series: [.init(name: "<i>x</i>", points: [.init(0, 1), .init(1, 2)])]
        ).svg()
        #expect(!svg.contains("<script>") && !svg.contains("<i>"))
        #expect(svg.contains("&lt;script&gt;&amp;") && svg.contains("&lt;i&gt;x&lt;/i&gt;"))
    }

    @Test("A screen reader hears the last and the highest value")
    func described() {
        let svg = chart([.init(name: "waiting", points: [.init(0, 5), .init(1, 900), .init(2, 120)])])
        #expect(svg.contains("waiting: last 120, highest 900."))
        #expect(svg.contains(#"role="img" aria-labelledby="chart-waiting-t chart-waiting-d""#))
    }

    @Test("A value lies where the scale says: the highest tick at the top, zero on the axis")
    func places() {
        let svg = chart([.init(name: "a", points: [.init(0, 0), .init(10, 100)])])
        // 720 by 260, one row of legend: the plot is from (62, 78) to (686, 218).
        #expect(svg.contains(#"<path class="chart-line chart-1" d="M62 218L686 78"/>"#))
    }

    @Test("A gap ends the line, a single point is a dot, nothing at all is said")
    func gaps() {
        let svg = chart([.init(name: "a", points: [.init(0, 1), .init(1, 2), .init(2, .nan), .init(3, 2)])])
        #expect(svg.contains("<circle"))
        #expect(!svg.contains("nan") && !svg.contains("inf"))
        #expect(chart([]).contains("No figures yet"))
        #expect(chart([.init(name: "a", points: [])]).contains("No figures yet"))
    }

    @Test("Stacked series stand on each other")
    func stacked() {
        let runs = ChartPaths.runs(
            [
                .init(name: "a", points: [.init(0, 1), .init(1, 2)], style: .stacked),
                .init(name: "b", points: [.init(0, 10), .init(1, 20)], style: .stacked),
            ],
            limit: 100
        )
        #expect(runs[1][0].top == [.init(0, 11), .init(1, 22)])
        #expect(runs[1][0].bottom == [.init(0, 1), .init(1, 2)])
    }

    @Test("Steps keep a value until the next")
    func steps() {
        let runs = ChartPaths.runs([.init(name: "a", points: [.init(0, 1), .init(5, 3)], style: .step)], limit: 100)
        #expect(runs[0][0].top == [.init(0, 1), .init(5, 1), .init(5, 3)])
    }

    @Test("A hundred thousand points are drawn as a thousand, with the same peak, first and last")
    func thinned() {
        var points = (0..<100_000).map { ChartSeries.Point(Double($0), Double($0 % 7)) }
        points[51_234].y = 500
        points[7777].y = -3
        let thin = ChartPaths.thinned(points, limit: 1000)
        #expect(thin.count <= 1000)
        #expect(thin.first == points.first && thin.last == points.last)
        #expect(thin.contains(points[51_234]) && thin.contains(points[7777]))
        #expect(zip(thin, thin.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test("More series than can be told apart are left out, and there is a style for each that is drawn")
    func bounds() {
        let svg = chart((1...20).map { .init(name: "s\($0)", points: [.init(0, 1), .init(1, Double($0))]) })
        #expect(svg.contains("chart-8") && !svg.contains("chart-9"))
        for series in 1...Chart.maximumSeries { #expect(Chart.styleSheet.contains(".chart-\(series){")) }
    }
}
