/// A chart of a few series over one horizontal axis, drawn as SVG without scripts.
///
/// The size is fixed in the drawing's own units and scales with the page. Colours and fonts come from classes, so a page
/// that shows a chart holds ``styleSheet`` too; it has a light and a dark palette. Series also differ in their dashes and
/// are named in a legend, so that nothing depends on colour alone. All texts are escaped.
public struct Chart: Sendable {
    /// The heading, above the drawing; also what a screen reader says first.
    public var title: String
    /// The horizontal axis.
    public var xAxis: ChartAxis
    /// The vertical axis; it begins at zero.
    public var yAxis: ChartAxis
    /// What is drawn, at most ``maximumSeries``; further ones are left out.
    public var series: [ChartSeries]
    /// The drawing's width and height, in its own units (pixels, if the page does not scale it).
    public var size: (width: Double, height: Double)
    /// The `id` of the drawing in its page; without it, one made of the title.
    public var identifier: String?

    /// As many series as there are colours that can be told apart.
    public static let maximumSeries = 8
    /// As many points as are drawn of one series; of more, the lowest and highest of each stretch are drawn.
    public static let maximumPoints = 1000

    /// A chart; `size` and `identifier` have defaults that fit a page with one column.
    public init(
        title: String,
        xAxis: ChartAxis,
        yAxis: ChartAxis,
        series: [ChartSeries],
        size: (width: Double, height: Double) = (720, 260),
        identifier: String? = nil
    ) {
        self.title = title
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.series = series
        self.size = size
        self.identifier = identifier
    }

    /// The drawing, as one `svg` element to be put into a page.
    public func svg() -> String {
        ChartDrawing(self).svg()
    }
}

/// One series of a chart.
public struct ChartSeries: Sendable {
    /// How a series is drawn.
    public enum Style: Sendable {
        /// A line from point to point.
        case line
        /// A line with what is below it filled.
        case area
        /// A line that keeps each value until the next point, for counts and states.
        case step
        /// Filled from the stacked series before it; the stacked series of a chart should share their `x`.
        case stacked
    }

    /// One value.
    ///
    /// A `y` that is not finite is a gap: the line ends and begins again after it.
    public struct Point: Sendable, Equatable {
        /// Where on the horizontal axis, in the axis's unit.
        public var x: Double
        /// The value.
        public var y: Double

        /// A value at a place.
        public init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Its name in the legend.
    public var name: String
    /// The values in rising order of `x`.
    public var points: [Point]
    /// How it is drawn.
    public var style: Style

    /// A series of values in rising order of `x`.
    public init(name: String, points: [Point], style: Style = .line) {
        self.name = name
        self.points = points
        self.style = style
    }
}
