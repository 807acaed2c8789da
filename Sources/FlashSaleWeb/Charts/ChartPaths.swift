/// The points of a chart's series, made ready to be drawn: thinned, stacked, cut at gaps.
enum ChartPaths {
    /// A stretch without gaps: its upper edge, and its lower edge where it is filled.
    struct Run: Equatable {
        var top: [ChartSeries.Point]
        var bottom: [ChartSeries.Point]?
    }

    /// At most `limit` points with the same extremes: of each stretch its lowest and its highest value.
    static func thinned(_ points: [ChartSeries.Point], limit: Int) -> [ChartSeries.Point] {
        guard points.count > limit, limit >= 4 else { return points }
        let stretches = (limit - 2) / 2
        var kept = [points[0]]
        for stretch in 0..<stretches {
            let inner = points.count - 2
            let range = (1 + inner * stretch / stretches)..<(1 + inner * (stretch + 1) / stretches)
            guard let low = range.min(by: { points[$0].y < points[$1].y }),
                let high = range.max(by: { points[$0].y < points[$1].y })
            else { continue }
            kept.append(points[min(low, high)])
            if low != high { kept.append(points[max(low, high)]) }
        }
        kept.append(points[points.count - 1])
        return kept
    }

    /// The runs of each series, in the series' order.
    static func runs(_ series: [ChartSeries], limit: Int) -> [[Run]] {
        var floor: [Double: Double] = [:]
        return series.map { series in
            guard series.style == .stacked else {
                let points = thinned(series.points, limit: limit)
                return cut(series.style == .step ? stairs(points) : points, filled: series.style == .area)
            }
            let points = everySo(series.points, limit: limit).filter { $0.x.isFinite && $0.y.isFinite }
            let bottom = points.map { ChartSeries.Point($0.x, floor[$0.x] ?? 0) }
            let top = zip(points, bottom).map { ChartSeries.Point($0.x, $0.y + $1.y) }
            for point in top { floor[point.x] = point.y }
            return top.isEmpty ? [] : [Run(top: top, bottom: bottom)]
        }
    }

    /// Every n-th point and the last: stacked series have to keep the same places.
    private static func everySo(_ points: [ChartSeries.Point], limit: Int) -> [ChartSeries.Point] {
        guard points.count > limit, let last = points.last else { return points }
        let stride = (points.count + limit - 1) / limit
        return points.dropLast().enumerated().filter { $0.offset % stride == 0 }.map(\.element) + [last]
    }

    private static func stairs(_ points: [ChartSeries.Point]) -> [ChartSeries.Point] {
        var stairs: [ChartSeries.Point] = []
        for point in points {
            if let before = stairs.last { stairs.append(.init(point.x, before.y)) }
            stairs.append(point)
        }
        return stairs
    }

    private static func cut(_ points: [ChartSeries.Point], filled: Bool) -> [Run] {
        let runs = points.split { !$0.x.isFinite || !$0.y.isFinite }
        return runs.map { run in
            Run(top: Array(run), bottom: filled ? run.map { .init($0.x, 0) } : nil)
        }
    }
}
