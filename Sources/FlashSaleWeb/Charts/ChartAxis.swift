/// What an axis measures, and how its values are written.
public struct ChartAxis: Sendable {
    /// What the values of an axis are.
    public enum Kind: Sendable {
        /// Plain numbers: `1,500`, `0.25`, `2M`.
        case number
        /// Seconds since a beginning: `30 s`, `5 min`, `2 h`.
        case elapsedSeconds
        /// Seconds since 1970, written as time of day in UTC: `14:05`.
        case timeOfDay
    }

    /// What is measured, with its unit: `tickets per second`.
    public var label: String
    /// What the values are.
    public var kind: Kind
    /// The least and the greatest value to show; without them, those of the data (from zero upwards on a vertical axis).
    public var range: ClosedRange<Double>?

    /// An axis; `range` overrides what the data would give.
    public init(_ label: String, kind: Kind = .number, range: ClosedRange<Double>? = nil) {
        self.label = label
        self.kind = kind
        self.range = range
    }

    /// A value as it stands beside a tick, where ticks are `step` apart.
    func text(_ value: Double, step: Double) -> String {
        switch kind {
        case .number: ChartNumber.short(value, step: step)
        case .elapsedSeconds: Self.elapsed(value, step: step)
        case .timeOfDay: Self.timeOfDay(value, step: step)
        }
    }

    private static func elapsed(_ seconds: Double, step: Double) -> String {
        if seconds == 0 { return "0" }
        if step < 60 { return ChartNumber.short(seconds, step: step) + " s" }
        if step < 3600 { return ChartNumber.short(seconds / 60, step: step / 60) + " min" }
        return ChartNumber.short(seconds / 3600, step: step / 3600) + " h"
    }

    private static func timeOfDay(_ seconds: Double, step: Double) -> String {
        let whole = ChartNumber.whole(seconds.rounded(.down))
        let day = ((whole % 86_400) + 86_400) % 86_400
        let text = ChartNumber.two(day / 3600) + ":" + ChartNumber.two(day / 60 % 60)
        return step < 60 ? text + ":" + ChartNumber.two(day % 60) : text
    }
}
