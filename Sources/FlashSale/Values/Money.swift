/// An amount in the currency's minor unit (cents for USD), with its ISO 4217 code.
///
/// Never a floating point number.
public struct Money: Hashable, Sendable, CustomStringConvertible {
    /// The most that a price may be: 10^12 minor units.
    public static let maximumMinorUnits: Int64 = 1_000_000_000_000

    /// The amount in minor units.
    public let minorUnits: Int64
    /// The currency that the amount is in.
    public let currency: Currency

    /// An amount of 0…``maximumMinorUnits`` minor units; nil outside of that.
    public init?(minorUnits: Int64, currency: Currency) {
        guard (0...Self.maximumMinorUnits).contains(minorUnits) else { return nil }
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Reads an amount as people type it, `99.99`: digits, and a point with exactly the currency's decimals or none at all.
    ///
    /// - Throws: ``InvalidValue`` that names `price`.
    public init(text: some StringProtocol, currency: Currency) throws(InvalidValue) {
        let example = currency.decimals == 0 ? "100" : "99." + String(repeating: "9", count: currency.decimals)
        let invalid = InvalidValue(
            field: "price",
            problem: "'\(text)' is not an amount of \(currency)",
            remedy: "Write it with digits and a point, as in \(example)"
        )
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 13, whole.utf8.allSatisfy(Self.isDigit),
            parts.count == 1 || (parts[1].utf8.count == currency.decimals && currency.decimals > 0),
            parts.count == 1 || parts[1].utf8.allSatisfy(Self.isDigit)
        else { throw invalid }
        let decimals = parts.count == 2 ? String(parts[1]) : String(repeating: "0", count: currency.decimals)
        guard let units = Int64(String(whole) + decimals), let money = Money(minorUnits: units, currency: currency)
        else {
            throw invalid
        }
        self = money
    }

    /// As people read it, `99.99 USD`.
    public var description: String {
        guard currency.decimals > 0 else { return "\(minorUnits) \(currency)" }
        let digits = String(minorUnits)
        let padded = String(repeating: "0", count: max(0, currency.decimals + 1 - digits.count)) + digits
        return "\(padded.dropLast(currency.decimals)).\(padded.suffix(currency.decimals)) \(currency)"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
