/// What must hold over both stores, whatever happened: the promise of the sale in eleven sentences.
public enum Invariant: Int, CaseIterable, Sendable, Comparable {
    /// The available stock is what the ledger says, and what nobody has.
    case stock = 1
    /// No ticket is forgotten, and none has two fates.
    case tickets
    /// Decisions and orders belong together, and nobody has two live orders.
    case orders
    /// Tickets are decided in their order, under fences that never fall.
    case order
    /// Units came back once for each order that is over, and for no other.
    case releases
    /// Redis shows what MariaDB knows.
    case copies
    /// Payments have had their effect once.
    case payments
    /// Nothing runs out early, nothing lives on late.
    case times
    /// Nothing is left lying in Redis.
    case leftovers
    /// What could not be processed is kept, and made no order.
    case deadLetters
    /// The drawn were drawn as was promised, and served in that order.
    case draw

    /// The invariant in one sentence.
    public var title: String {
        switch self {
        case .stock: "available stock = ledger, never below 0; live orders = total - available"
        case .tickets: "every ticket is decided, in line, in processing or in a range, exactly once"
        case .orders: "each decision 'ordered' has one order; one live order per user and product"
        case .order: "tickets are decided in order, under fences that never fall"
        case .releases: "units came back once for each order that is over, and for no other"
        case .copies: "outcomes and stock in Redis are those of MariaDB"
        case .payments: "a payment has its effect once: an order, or a refund"
        case .times: "nothing expires before its time or lives on after it"
        case .leftovers: "no stray keys, every cart has a TTL, no ticket above the last one"
        case .deadLetters: "dead letters have bytes, a reason, and no order"
        case .draw: "seed, roster and order of a draw are those that were published; decisions follow it"
        }
    }

    /// In the order of their numbers.
    public static func < (left: Invariant, right: Invariant) -> Bool { left.rawValue < right.rawValue }
}
