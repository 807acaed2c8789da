public import FlashSale

/// What an audit found.
public struct AuditReport: Sendable {
    /// One entry for each invariant, in the order of their numbers.
    public var invariants: [InvariantReport]
    /// How many products were looked at.
    public var products: Int
    /// What the audit took from start to end.
    public var duration: Duration

    /// What an audit found.
    public init(invariants: [InvariantReport], products: Int, duration: Duration) {
        self.invariants = invariants
        self.products = products
        self.duration = duration
    }

    /// Violations of all invariants.
    public var violations: Int { invariants.reduce(0) { $0 + $1.violations } }

    /// Whether every invariant holds, as far as it could be judged.
    public var isClean: Bool { violations == 0 }
}

/// What an audit found about one invariant.
public struct InvariantReport: Sendable {
    /// The invariant.
    public var invariant: Invariant
    /// How many things were checked: ledger rows, tickets, orders, … as the invariant has it.
    public var checked = 0
    /// How many of them break it.
    public var violations = 0
    /// The first of them.
    public var rows: [AuditRow] = []
    /// Products that it could not be judged for, because their lines are at work or not there.
    public var notJudged: [NotJudged] = []
    /// The time that the checks of this invariant alone took.
    public var duration = Duration.zero

    /// An invariant that nothing is known of yet.
    public init(_ invariant: Invariant) { self.invariant = invariant }
}

/// A product that an invariant could not be judged for.
public struct NotJudged: Hashable, Sendable {
    /// The product.
    public var product: ProductID
    /// Why, in words for an operator.
    public var reason: String

    /// A product that an invariant could not be judged for.
    public init(product: ProductID, reason: String) {
        self.product = product
        self.reason = reason
    }
}

/// One violation, with all that is needed to look it up.
public struct AuditRow: Hashable, Sendable {
    /// What is wrong, in words for an operator.
    public var problem: String
    /// The row's columns, or what else identifies it.
    public var fields: [Field]

    /// A name and its value as text.
    public struct Field: Hashable, Sendable {
        /// The column's name.
        public var name: String
        /// The value as people read it.
        public var value: String

        /// A name and its value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A violation.
    public init(_ problem: String, _ fields: [Field]) {
        self.problem = problem
        self.fields = fields
    }
}
