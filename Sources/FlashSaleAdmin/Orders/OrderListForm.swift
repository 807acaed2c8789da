import FlashSale

/// Which orders somebody wants to see, as typed: nil for what was left out.
struct OrderListForm {
    var product: String?
    /// Each one state, or several with commas between them.
    var statuses: [String] = []
    var user: String?
    var after: String?
    var limit: LimitOption

    /// The page to read.
    ///
    /// - Throws: ``InvalidValues`` with everything that is wrong, not only the first.
    func page() throws(InvalidValues) -> OrderPage {
        var check = FieldCheck()
        var page = OrderPage()
        if let product {
            page.product = check.value { () throws(InvalidValue) in try ProductID(typed: product, field: "product") }
        }
        for word in statuses.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            if let status = check.value({ () throws(InvalidValue) in try OrderStatus(typed: word) }) {
                page.statuses.insert(status)
            }
        }
        if let user { page.user = check.value { () throws(InvalidValue) in try Self.user(user) } }
        if let after {
            page.after = check.value { () throws(InvalidValue) in try OrderID(typed: after, field: "after") }
        }
        page.size = check.value { () throws(InvalidValue) in try limit.count() } ?? OrderPage.defaultSize
        guard check.problems.isEmpty else { throw InvalidValues(values: check.problems) }
        return page
    }

    /// The domain names the field of its document; here it is an option.
    private static func user(_ text: String) throws(InvalidValue) -> UserID {
        do throws(InvalidValue) {
            return try UserID(text)
        } catch {
            throw InvalidValue(field: "user", problem: error.problem, remedy: error.remedy)
        }
    }
}

extension OrderStatus {
    /// A state as somebody typed it: `refund_due`, or `refund-due`.
    ///
    /// - Throws: `InvalidValue` that names `status`.
    init(typed text: some StringProtocol) throws(InvalidValue) {
        guard let status = OrderStatus(rawValue: String(text).replacing("-", with: "_")) else {
            throw InvalidValue(
                field: "status",
                problem: "'\(text)' is not a state of an order",
                remedy: "Choose \(Self.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        self = status
    }
}
