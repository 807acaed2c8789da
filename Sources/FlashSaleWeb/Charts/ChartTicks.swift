/// Round values to write along an axis.
struct ChartTicks {
    /// The distance of two ticks.
    let step: Double
    /// The ticks, from the least to the greatest, at most ``limit``.
    let values: [Double]

    /// More ticks than fit beside any axis.
    static let limit = 24

    /// About `count` ticks within `range`; their step is 1, 2 or 5 times a power of ten, or a round stretch of time.
    init(_ range: ClosedRange<Double>, about count: Int, kind: ChartAxis.Kind) {
        let rough = (range.upperBound - range.lowerBound) / Double(max(count, 1))
        guard rough.isFinite, rough > 0 else {
            step = 1
            values = [range.lowerBound]
            return
        }
        let step = Self.step(atLeast: rough, kind: kind)
        self.step = step
        let first = (range.lowerBound / step).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        let steps = min(max(last - first, 0), Double(Self.limit - 1))
        values = (0...Int(steps)).map { (first + Double($0)) * step }
    }

    private static let stretchesOfTime: [Double] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    ]

    private static func step(atLeast rough: Double, kind: ChartAxis.Kind) -> Double {
        if kind != .number {
            if rough > 0.5, let stretch = stretchesOfTime.first(where: { $0 >= rough }) { return stretch }
            if rough > 86_400 { return (rough / 86_400).rounded(.up) * 86_400 }
        }
        var power = 1.0
        while power * 10 <= rough, power < 1e15 { power *= 10 }
        while power > rough, power > 1e-9 { power /= 10 }
        for factor in [1, 2, 5, 10] where power * Double(factor) >= rough * 0.999_999 {
            return power * Double(factor)
        }
        return power * 10
    }
}
