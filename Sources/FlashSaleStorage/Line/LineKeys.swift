import FlashSale

/// The names of a product's keys in Redis.
///
/// The braces are literal: they put all keys of a product on one shard.
struct LineKeys: Sendable {
    let product: ProductID

    init(_ product: ProductID) { self.product = product }

    /// Hash: the live state of the sale.
    var sale: String { "flash_sale:{\(product)}" }
    /// List: the line.
    ///
    /// New entries on the left, served from the right.
    var queue: String { "flash_sale_queue:{\(product)}" }
    /// List: the batch that a worker has claimed and not acknowledged, with its cart verdicts.
    var processing: String { "flash_sale_processing:{\(product)}" }
    /// Hash: user → latest outcome.
    ///
    /// A cache of MariaDB.
    var outcomes: String { "flash_sale_outcome:{\(product)}" }
    /// String: the available stock.
    ///
    /// A cache of MariaDB.
    var stock: String { "flash_sale_stock:{\(product)}" }
    /// Set: tickets whose users left and whose entries are still in the line.
    var left: String { "flash_sale_left:{\(product)}" }
    /// List: entries for the draw.
    ///
    /// New entries on the left.
    var entries: String { "flash_sale_entries:{\(product)}" }
    /// List: the drawn, in drawn order; served before the line.
    var drawn: String { "flash_sale_drawn:{\(product)}" }
    /// Hash: how fast the line moved in the last minutes.
    var pace: String { "flash_sale_pace:{\(product)}" }
    /// String: the product's document, at most 60 s old.
    var productCache: String { "flash_sale_product:{\(product)}" }
    /// String: counts the changes of what the document shows.
    var productChanges: String { "flash_sale_product_changes:{\(product)}" }

    /// String with a TTL: the user's claim to a place.
    func cart(of user: UserID) -> String { "\(Self.cartBeginning)\(user)\(userKeyEnd)" }
    /// String with a TTL of a minute: the user's repeated calls.
    func rate(of user: UserID) -> String { "\(Self.rateBeginning)\(user)\(userKeyEnd)" }

    /// What stands before the user in ``cart(of:)``.
    static let cartBeginning: StaticString = "cart_item:"
    /// What stands before the user in ``rate(of:)``.
    static let rateBeginning: StaticString = "flash_sale_rate:"
    /// What stands behind the user in both.
    var userKeyEnd: String { ":{\(product)}" }

    /// What `opens_at` is in the sale's hash of a product that is drawn, in milliseconds: the end of the year 9999.
    ///
    /// A script that knows nothing of draws takes nobody in, so nobody who has entered loses the entry to a place at the back.
    static let neverOpens: Int64 = 253_402_300_799_000

    /// String: the document of all products, at most 60 s old.
    static let allProductsCache = "flash_sale_products"
    /// String: counts the changes of what that document shows.
    static let allProductsChanges = "flash_sale_products_changes"
    /// Channel: ids of products whose line or rules have changed.
    static let wakeChannel = "flash_sale_wake"
    /// Every key of ours starts with one of these.
    static let prefixes = ["flash_sale", "cart_item:"]
}
