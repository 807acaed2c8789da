/// The names of a chart's series with their strokes, in as many rows as they need.
struct ChartLegend {
    private struct Entry {
        let series: Int
        let name: String
        let filled: Bool
        let left: Double
        let row: Int
    }

    private let entries: [Entry]
    private let rows: Int
    private static let rowHeight = 18.0

    /// How much room the legend takes, in the drawing's units.
    var height: Double { Double(rows) * Self.rowHeight }

    init(_ series: [ChartSeries], width: Double) {
        var entries: [Entry] = []
        var left = 0.0
        var row = 0
        for (index, series) in series.enumerated() {
            // 12 px letters are 6.6 px wide on average; a stroke and a gap are beside them.
            let needed = Double(series.name.count) * 6.6 + 46
            if left > 0, left + needed > width {
                left = 0
                row += 1
            }
            let filled = series.style == .stacked
            entries.append(Entry(series: index, name: series.name, filled: filled, left: left, row: row))
            left += needed
        }
        self.entries = entries
        rows = entries.isEmpty ? 0 : row + 1
    }

    func svg(left: Double, top: Double) -> String {
        entries.map { entry in
            let x = left + entry.left
            let y = top + Double(entry.row) * Self.rowHeight
            let name = ChartNumber.coordinate(x + 28)
            return stroke(entry, x: x, y: y)
                + #"<text class="chart-name" x="\#(name)" y="\#(ChartNumber.coordinate(y + 4))">"#
                + "\(entry.name.htmlEscaped)</text>\n"
        }.joined()
    }

    private func stroke(_ entry: Entry, x: Double, y: Double) -> String {
        let style = "chart-\(entry.series + 1)"
        let start = "M\(ChartNumber.coordinate(x)) \(ChartNumber.coordinate(y))"
        guard entry.filled else { return #"<path class="chart-line \#(style)" d="\#(start)h22"/>"# + "\n" }
        let box = "M\(ChartNumber.coordinate(x)) \(ChartNumber.coordinate(y - 5))h22v10h-22Z"
        return #"<path class="chart-stack \#(style)" d="\#(box)"/>"# + "\n"
    }
}
