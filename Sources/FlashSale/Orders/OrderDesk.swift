/// Holds, orders and payments, as the API sees them.
///
/// Each change is committed in MariaDB first; then the line is told, so that status polling shows it and stock that came
/// back is served at once. Should the line be out of reach, the worker tells it later.
///
/// Every method throws ``StoreUnavailable`` or ``OutcomeUnknown`` when the books can't be reached; calling again is always
/// right.
public protocol OrderDesk: Sendable {
    /// An order, whatever became of it; nil when the ticket has none.
    func order(_ id: OrderID) async throws -> Order?

    /// One page of orders, by rising product and ticket.
    func orders(_ page: OrderPage) async throws -> [Order]

    /// Turns a hold into a pending order, once.
    func checkOut(_ hold: OrderID) async throws -> HoldAnswer

    /// Gives a hold back before its time.
    func giveBack(_ hold: OrderID) async throws -> HoldAnswer

    /// Takes in a payment event whose signature was verified.
    func record(_ event: PaymentEvent) async throws -> PaymentAnswer
}

/// What became of the wish to check a hold out, or to give it back.
public enum HoldAnswer: Hashable, Sendable {
    /// It was done now.
    case done(Order)
    /// It was done before.
    case again(Order)
    /// It can't be done.
    case refused(OrderTransition.Refusal)
}

/// Which orders to list: all that match every filter, a page at a time.
public struct OrderPage: Hashable, Sendable {
    /// The most orders of a page.
    public static let maximumSize = 500
    /// The orders of a page that does not say.
    public static let defaultSize = 50

    /// Only this product's.
    public var product: ProductID?
    /// Only in these states; empty for any.
    public var statuses: Set<OrderStatus>
    /// Only this user's.
    public var user: UserID?
    /// Only holds that were not checked out and are not over.
    public var isHolds: Bool
    /// Where the page before ended.
    public var after: OrderID?
    /// The most orders to list, 1…``maximumSize``.
    public var size: Int

    /// The first page of all orders, unless told otherwise.
    public init(
        product: ProductID? = nil,
        statuses: Set<OrderStatus> = [],
        user: UserID? = nil,
        isHolds: Bool = false,
        after: OrderID? = nil,
        size: Int = defaultSize
    ) {
        self.product = product
        self.statuses = statuses
        self.user = user
        self.isHolds = isHolds
        self.after = after
        self.size = size
    }
}
