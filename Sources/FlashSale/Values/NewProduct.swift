/// A product that an operator wants to create, checked field by field.
public struct NewProduct: Hashable, Sendable {
    /// The most units a product may have.
    public static let maximumStock = 1_000_000_000
    /// The most bytes of UTF-8 a name may have.
    public static let maximumNameLength = 200

    /// What people call it.
    public var name: String
    /// What one unit costs.
    public var price: Money
    /// Units on sale.
    public var stock: Int
    /// Where an ordered ticket enters the order's life.
    public var checkout: Checkout
    /// How places in line are given.
    public var access: Access
    /// When joining starts; nil: at once.
    public var opensAt: Timestamp?
    /// When joining ends; nil: never.
    public var closesAt: Timestamp?
    /// The limits of the line.
    public var limits: Product.Limits

    /// Checks every field.
    ///
    /// - Throws: ``InvalidValue`` that names the first field that is wrong.
    public init(
        name: String,
        price: Money,
        stock: Int,
        checkout: Checkout = .instant,
        opensAt: Timestamp? = nil,
        closesAt: Timestamp? = nil,
        limits: Product.Limits = Product.Limits(),
        access: Access = .fifo
    ) throws(InvalidValue) {
        try Self.checkName(name)
        try Self.check("stock", stock, in: 1...Self.maximumStock)
        try Self.check("max_per_user", limits.maxPerUser, in: 1...1_000_000)
        try Self.check("max_queue", limits.maxQueue, in: 1...100_000_000)
        try Self.check("cart_seconds", limits.cartSeconds, in: 1...86_400)
        try Self.check("hold_seconds", limits.holdSeconds, in: 1...86_400)
        try Self.check("payment_seconds", limits.paymentSeconds, in: 1...604_800)
        if let opensAt, let closesAt, closesAt <= opensAt {
            throw InvalidValue(
                field: "closes_at",
                problem: "\(closesAt) is not after opens_at \(opensAt)",
                remedy: "Close the sale after it opens"
            )
        }
        if let terms = access.draw { try Self.check(terms, opensAt: opensAt, closesAt: closesAt) }
        self.access = access
        self.name = name
        self.price = price
        self.stock = stock
        self.checkout = checkout
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.limits = limits
    }

    /// Entering takes time, and what comes after the draw does, too.
    private static func check(
        _ terms: DrawTerms,
        opensAt: Timestamp?,
        closesAt: Timestamp?
    ) throws(InvalidValue) {
        if let opensAt, terms.drawAt <= opensAt {
            throw InvalidValue(
                field: "draw_at",
                problem: "\(terms.drawAt) is not after opens_at \(opensAt)",
                remedy: "Draw after the sale has opened: people enter in between"
            )
        }
        if let closesAt, closesAt <= terms.drawAt {
            throw InvalidValue(
                field: "draw_at",
                problem: "\(terms.drawAt) is not before closes_at \(closesAt)",
                remedy: "Draw before the sale closes"
            )
        }
        if let beacon = terms.beacon {
            _ = try DrawBeacon(chain: beacon.chain, round: beacon.round, after: terms.drawAt)
        }
    }

    private static func checkName(_ name: String) throws(InvalidValue) {
        let hasControl = name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        let isBlank = name.allSatisfy(\.isWhitespace)
        guard !isBlank, !hasControl, name.utf8.count <= maximumNameLength else {
            throw InvalidValue(
                field: "name",
                problem: isBlank ? "is blank" : hasControl ? "has a control character" : "is too long",
                remedy: "Give 1 to \(maximumNameLength) bytes of printable text"
            )
        }
    }

    private static func check(_ field: String, _ value: Int, in range: ClosedRange<Int>) throws(InvalidValue) {
        guard range.contains(value) else {
            throw InvalidValue(
                field: field,
                problem: "is \(value)",
                remedy: "Give a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
    }
}
