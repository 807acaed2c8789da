import FlashSale

/// A new product as somebody typed it: texts, nil for what was left out.
struct NewProductForm {
    var name: String
    var price: String
    var stock: String
    var currency = "USD"
    var checkout = Checkout.instant.rawValue
    var access = Access.Kind.fifo.rawValue
    var drawAt: String?
    var beaconChain: String?
    var beaconRound: String?
    var opensAt: String?
    var closesAt: String?
    var maxPerUser: String?
    var maxQueue: String?
    var cartSeconds: String?
    var holdSeconds: String?
    var paymentSeconds: String?

    /// The product.
    ///
    /// - Throws: ``InvalidValues`` with everything that is wrong, not only the first.
    func product() throws(InvalidValues) -> NewProduct {
        var check = FieldCheck()
        check.name(name)
        let price = check.value { () throws(InvalidValue) in
            try Money(text: self.price, currency: Currency(typed: currency))
        }
        let stock = check.number("stock", self.stock) { (stock, price) throws(InvalidValue) in
            try NewProduct(name: "-", price: price, stock: stock)
        }
        let checkout = check.value { () throws(InvalidValue) in try Checkout(typed: self.checkout) }
        let opensAt = check.time("opens_at", self.opensAt)
        let closesAt = check.time("closes_at", self.closesAt)
        let limits = limits(&check)
        let access = access(&check)
        guard let price, let stock, let checkout, let access, check.problems.isEmpty else {
            throw InvalidValues(values: check.problems)
        }
        do throws(InvalidValue) {
            return try NewProduct(
                name: name,
                price: price,
                stock: stock,
                checkout: checkout,
                opensAt: opensAt,
                closesAt: closesAt,
                limits: limits,
                access: access
            )
        } catch {
            // Each field is right by itself: this is about how they go together.
            throw InvalidValues(values: [error])
        }
    }

    private func access(_ check: inout FieldCheck) -> Access? {
        let kind = check.value { () throws(InvalidValue) in try Access.Kind(typed: self.access) }
        let time = check.time("draw_at", drawAt)
        let beacon = beacon(&check)
        return check.value { () throws(InvalidValue) in
            try Access(kind, drawAt: time, isTimeGiven: drawAt != nil, beacon, isBeaconGiven: beaconRound != nil)
        }
    }

    private func beacon(_ check: inout FieldCheck) -> DrawBeacon? {
        guard beaconChain != nil || beaconRound != nil else { return nil }
        return check.value { () throws(InvalidValue) in
            let chain = DrawBeacon.Chain(text: beaconChain ?? "")
            guard let chain else {
                throw InvalidValue(
                    field: "beacon_chain",
                    problem: beaconChain.map { "'\($0)' is not a chain that is known" } ?? "is missing",
                    remedy: "Choose \(DrawBeacon.Chain.allCases.map { "\($0)" }.joined(separator: " or "))"
                )
            }
            guard let round = beaconRound.flatMap({ Int64($0) }), let beacon = DrawBeacon(chain: chain, round: round)
            else {
                throw InvalidValue(
                    field: "beacon_round",
                    problem: beaconRound.map { "'\($0)' is not a round" } ?? "is missing",
                    remedy: "Give the number of a round that is out after draw_at"
                )
            }
            return beacon
        }
    }

    private func limits(_ check: inout FieldCheck) -> Product.Limits {
        var limits = Product.Limits()
        let fields: [(String, String?, WritableKeyPath<Product.Limits, Int>)] = [
            ("max_per_user", maxPerUser, \.maxPerUser), ("max_queue", maxQueue, \.maxQueue),
            ("cart_seconds", cartSeconds, \.cartSeconds), ("hold_seconds", holdSeconds, \.holdSeconds),
            ("payment_seconds", paymentSeconds, \.paymentSeconds),
        ]
        for (field, text, path) in fields {
            guard let text else { continue }
            let number = check.number(field, text) { (number, price) throws(InvalidValue) in
                var probe = Product.Limits()
                probe[keyPath: path] = number
                return try NewProduct(name: "-", price: price, stock: 1, limits: probe)
            }
            if let number { limits[keyPath: path] = number }
        }
        return limits
    }
}
