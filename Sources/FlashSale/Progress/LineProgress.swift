/// How a product's line stands and moves, the same for everybody.
public struct LineProgress: Hashable, Sendable {
    /// The product.
    public var product: ProductID
    /// Names the line's data: another one is another line.
    public var nonce: String
    /// When it was seen, by the line's clock.
    public var seenAt: Timestamp
    /// The state of the sale.
    public var saleState: SaleState
    /// What is left of the stock.
    public var stockState: StockState
    /// Units that nobody has bought or holds.
    public var availableStock: Int
    /// The place that was decided last.
    public var servedTicket: Int64
    /// The place that was handed out last.
    public var lastTicket: Int64
    /// Every ticket above this one is sold out.
    public var soldOutAfter: Int64?
    /// When joining starts, while that lies ahead.
    public var opensAt: Timestamp?
    /// How long a cart lives, in seconds.
    public var cartSeconds: Int
    /// How fast the line moved in the last minutes.
    public var pace: RecentPace
    /// The draw that people enter; nil where there is none, or it is over.
    public var draw: PendingDraw?

    /// Describes how a line stands.
    public init(
        product: ProductID,
        nonce: String,
        seenAt: Timestamp,
        saleState: SaleState,
        stockState: StockState,
        availableStock: Int,
        servedTicket: Int64,
        lastTicket: Int64,
        soldOutAfter: Int64?,
        opensAt: Timestamp?,
        cartSeconds: Int,
        pace: RecentPace,
        draw: PendingDraw? = nil
    ) {
        self.product = product
        self.nonce = nonce
        self.seenAt = seenAt
        self.saleState = saleState
        self.stockState = stockState
        self.availableStock = availableStock
        self.servedTicket = servedTicket
        self.lastTicket = lastTicket
        self.soldOutAfter = soldOutAfter
        self.opensAt = opensAt
        self.cartSeconds = cartSeconds
        self.pace = pace
        self.draw = draw
    }
}
