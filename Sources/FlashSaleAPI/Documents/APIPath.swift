import FlashSale

/// The addresses that answers point to.
///
/// Neither a user id nor an order id has a character that a path would have to escape.
enum APIPath {
    /// Where orders are listed, and holds are checked out.
    static let orders = "/api/orders"
    /// Where holds are listed.
    static let holds = "/api/holds"

    /// Where a product is read.
    static func product(_ product: ProductID) -> String { "/api/products/\(product)" }

    /// Where a product's line is joined.
    static func line(of product: ProductID) -> String { "\(self.product(product))/queue" }

    /// Where a user's standing is read, and the place given up.
    static func standing(of user: UserID, for product: ProductID) -> String { "\(line(of: product))/\(user)" }

    /// Where a user's standing is sent from as it changes.
    static func events(of user: UserID, for product: ProductID) -> String {
        "\(standing(of: user, for: product))/events"
    }

    /// Where a line's progress is read.
    static func progress(of product: ProductID) -> String { "\(self.product(product))/progress" }

    /// Where a draw is read.
    static func draw(of product: ProductID) -> String { "\(self.product(product))/draw" }

    /// Where an order is read.
    static func order(_ order: OrderID) -> String { "\(orders)/\(order)" }
}
