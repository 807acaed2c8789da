import FlashSale

/// Collects what is wrong with fields that somebody typed.
///
/// The rules are the domain's: it is asked, field by field, for a product that is right in everything else.
struct FieldCheck {
    private(set) var problems: [InvalidValue] = []

    /// What `read` reads, or nil and a problem.
    mutating func value<V>(_ read: () throws(InvalidValue) -> V) -> V? {
        do throws(InvalidValue) {
            return try read()
        } catch {
            problems.append(error)
            return nil
        }
    }

    /// Notes what is wrong with a product's name.
    mutating func name(_ name: String) {
        _ = value { () throws(InvalidValue) in try NewProduct(name: name, price: Self.anyPrice(), stock: 1) }
    }

    /// A whole number that a product can have.
    mutating func number(
        _ field: String,
        _ text: String,
        rule: (_ number: Int, _ price: Money) throws(InvalidValue) -> NewProduct
    ) -> Int? {
        value { () throws(InvalidValue) in
            let number = try Int(field: field, text: text)
            _ = try rule(number, Self.anyPrice())
            return number
        }
    }

    /// A time of RFC 3339; nil for none.
    mutating func time(_ field: String, _ text: String?) -> Timestamp? {
        guard let text else { return nil }
        return value { () throws(InvalidValue) in
            guard let time = Timestamp(rfc3339: text) else {
                throw InvalidValue(
                    field: field,
                    problem: "'\(text)' is not a time",
                    remedy: "Write it as in RFC 3339: 2026-12-01T10:00:00Z or 2026-12-01T11:00:00+01:00"
                )
            }
            return time
        }
    }

    private static func anyPrice() throws(InvalidValue) -> Money {
        try Money(text: "0", currency: Currency(typed: "USD"))
    }
}

extension Currency {
    /// A currency as somebody typed it, in capitals or not.
    ///
    /// - Throws: `InvalidValue` that names `currency`.
    init(typed text: String) throws(InvalidValue) {
        guard let currency = Currency(text.uppercased()) else {
            throw InvalidValue(
                field: "currency",
                problem: "'\(text)' is not a currency code",
                remedy: "Give the three letters of ISO 4217, such as USD or EUR"
            )
        }
        self = currency
    }
}
