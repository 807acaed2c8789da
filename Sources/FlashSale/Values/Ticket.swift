/// A place in a product's line: 1 for the first who joins, one more for each that follows, never given twice.
public struct Ticket: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The largest ticket: 2^53 − 1, above which Lua and JSON lose digits.
    public static let maximum: Int64 = ProductID.maximum

    /// The number itself.
    public let rawValue: Int64

    /// Nil when the number is outside 1…``maximum``.
    public init?(_ rawValue: Int64) {
        guard (1...Self.maximum).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// Reads the one decimal spelling of a ticket; nil for anything else.
    public init?(text: some StringProtocol) {
        guard let value = DecimalText.positiveInteger(text) else { return nil }
        self.init(value)
    }

    /// The decimal spelling.
    public var description: String { String(rawValue) }

    /// Orders by place in line.
    public static func < (left: Ticket, right: Ticket) -> Bool { left.rawValue < right.rawValue }
}
