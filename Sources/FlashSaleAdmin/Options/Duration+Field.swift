import FlashSale

extension Duration {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// A duration as somebody typed it: a whole number and its unit, as in the configuration.
    ///
    /// - Throws: `InvalidValue` that names the field.
    init(field: String, text: String, in range: ClosedRange<Duration>, example: String) throws(InvalidValue) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = Self.units.first { $0.name == text.dropFirst(digits.count) }
        // Nine digits of hours stay far below what 64 bits of milliseconds hold.
        if let unit, digits.count <= 9, let number = Int64(digits) {
            let duration = Duration.milliseconds(number * unit.milliseconds)
            if range.contains(duration) {
                self = duration
                return
            }
        }
        throw InvalidValue(
            field: field,
            problem: "'\(text)' is not a time that is allowed",
            remedy: "Give a whole number with its unit, ms, s, m or h, as in \(example); "
                + "from \(range.lowerBound.words) to \(range.upperBound.words)"
        )
    }

    /// In the largest unit that needs no fraction: `10m`; nothing finer than a millisecond is kept.
    var words: String {
        let milliseconds = components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0, let unit = Self.units.first(where: { milliseconds % $0.milliseconds == 0 }) else {
            return "0s"
        }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
