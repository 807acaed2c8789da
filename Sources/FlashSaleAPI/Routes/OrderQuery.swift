import FlashSale

/// Which orders or holds a list shows: its query parameters, read and written.
struct OrderQuery: Hashable {
    /// What the store is asked for.
    let page: OrderPage

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - target: What was asked for.
    ///   - isHolds: Whether the list is that of live holds, which are all in one state.
    /// - Throws: ``Problem``: `invalid_field` with every parameter that is wrong.
    init(_ target: RequestTarget, isHolds: Bool) throws(Problem) {
        var query = QueryParameters(target)
        let product = query.value("product_id", "Send a product's number in plain digits") { ProductID(text: $0) }
        let user = query.value("user_id", Self.userRemedy) { try? UserID($0) }
        let after = query.value("after", "Send the last order_id of the page before") { OrderID(text: $0) }
        let size = query.value("limit", "Send a whole number from 1 to \(OrderPage.maximumSize)") { text in
            Int(text).flatMap { Self.sizes.contains($0) && String($0) == text ? $0 : nil }
        }
        let statuses = isHolds ? [] : query.list("status", Self.statusRemedy) { OrderStatus(rawValue: $0) }
        try query.check()
        page = OrderPage(
            product: product,
            statuses: Set(statuses),
            user: user,
            isHolds: isHolds,
            after: after,
            size: size ?? OrderPage.defaultSize
        )
    }

    /// Where the page after this one is read; nil when this one is not full, so that nothing can follow.
    func next(after orders: [Order]) -> String? {
        guard orders.count >= page.size, let last = orders.last else { return nil }
        var parts: [String] = []
        if let product = page.product { parts.append("product_id=\(product)") }
        let statuses = OrderStatus.allCases.filter(page.statuses.contains).map(\.rawValue)
        if !statuses.isEmpty { parts.append("status=\(statuses.joined(separator: ","))") }
        // A plus sign stands for itself here, but some libraries that read an address take it for a blank.
        if let user = page.user { parts.append("user_id=\(user.rawValue.replacing("+", with: "%2B"))") }
        if page.size != OrderPage.defaultSize { parts.append("limit=\(page.size)") }
        parts.append("after=\(last.id)")
        return (page.isHolds ? APIPath.holds : APIPath.orders) + "?" + parts.joined(separator: "&")
    }

    private static let sizes = 1...OrderPage.maximumSize
    private static let userRemedy = "Send 1 to \(UserID.maximumLength) characters of A-Z a-z 0-9 . _ @ + -"
    private static let statusRemedy =
        "Send one or more of \(OrderStatus.allCases.map(\.rawValue).joined(separator: ", "))"
}

extension OrderQuery {
    /// What `/openapi.json` says of the parameters.
    static func parameters(isHolds: Bool) -> [Endpoint.Parameter] {
        let status = Endpoint.Parameter(name: "status", schema: OpenAPISchemas.orderStatusFilter)
        return [
            Endpoint.Parameter(name: "product_id", schema: OpenAPISchemas.productID)
        ] + (isHolds ? [] : [status]) + [
            Endpoint.Parameter(name: "user_id", schema: OpenAPISchemas.userID),
            Endpoint.Parameter(name: "limit", schema: OpenAPISchemas.pageSize),
            Endpoint.Parameter(name: "after", schema: OpenAPISchemas.orderID),
        ]
    }
}
