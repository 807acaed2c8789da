/// Numbers as text, without locale and without Foundation.
enum ChartNumber {
    /// The whole part of a number, and the nearest that fits where it does not fit.
    static func whole(_ value: Double) -> Int {
        guard value.isFinite else { return 0 }
        return Int(min(max(value, -9e15), 9e15))
    }

    /// A coordinate: at most two digits after the point.
    static func coordinate(_ value: Double) -> String {
        decimal(value, digits: 2)
    }

    /// Two digits, for times of day.
    static func two(_ value: Int) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }

    /// A value beside a tick or in a description: as many digits as `step` has, thousands apart, millions as `M`.
    static func short(_ value: Double, step: Double) -> String {
        if step >= 1_000_000 { return decimal(value / 1_000_000, digits: step < 10_000_000 ? 1 : 0) + "M" }
        let digits = step >= 1 ? (step == step.rounded() ? 0 : 1) : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3
        let text = decimal(value, digits: digits)
        let parts = text.split(separator: ".", maxSplits: 1)
        let sign = text.hasPrefix("-") ? "-" : ""
        let fraction = parts.count > 1 ? "." + parts[1] : ""
        return sign + grouped(parts[0].drop { $0 == "-" }) + fraction
    }

    private static func grouped(_ digits: Substring) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    private static func decimal(_ value: Double, digits: Int) -> String {
        let scale = [1, 10, 100, 1000][digits]
        let scaled = whole((value * Double(scale)).rounded())
        let magnitude = scaled.magnitude
        var text = String(magnitude / UInt(scale))
        var fraction = String(magnitude % UInt(scale))
        if digits > 0, fraction != "0" {
            fraction = String(repeating: "0", count: digits - fraction.count) + fraction
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        return scaled < 0 ? "-" + text : text
    }
}
