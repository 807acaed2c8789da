/// The number of a product: 1 to 2^53 − 1, so that it survives JSON and Lua, which count in doubles.
public struct ProductID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The largest id: 2^53 − 1.
    public static let maximum: Int64 = 9_007_199_254_740_991

    /// The number itself.
    public let rawValue: Int64

    /// Nil when the number is outside 1…``maximum``.
    public init?(_ rawValue: Int64) {
        guard (1...Self.maximum).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// Reads the one decimal spelling of an id: ASCII digits, no sign, no leading zero.
    ///
    /// Nil for anything else.
    public init?(text: some StringProtocol) {
        guard let value = DecimalText.positiveInteger(text) else { return nil }
        self.init(value)
    }

    /// The decimal spelling.
    public var description: String { String(rawValue) }

    /// Orders by number.
    public static func < (left: ProductID, right: ProductID) -> Bool { left.rawValue < right.rawValue }
}
