public import FlashSale

/// Who looks at a product's page, as far as that is known.
public enum PageVisitor: Hashable, Sendable {
    /// Anyone may say any name: the page asks for it. The name that was given last, if there is one.
    case named(UserID?)
    /// The shop has said who it is.
    case signed(UserID)
    /// The shop has yet to say who it is.
    case unknown
}

extension ShopPages {
    /// The page of all products.
    public func products(_ products: [Product], now: Timestamp, language: PageLanguage) -> String {
        let text = PageText.of(language)
        let tiles = products.map { product -> [String: Any] in
            let state = product.saleState(at: now).rawValue
            return product.picture.merging([
                "id": product.id.rawValue, "name": product.name, "state": state, "state_text": text["state_\(state)"],
                "price": text.money(product.price.minorUnits, product.price.currency),
            ]) { $1 }
        }
        return page(
            "products",
            text,
            title: text["list_title"],
            ["products": tiles, "has_products": !tiles.isEmpty]
        )
    }

    /// A product's page: what is left, when it opens, and the form to join.
    ///
    /// - Parameters:
    ///   - place: Where the visitor stands; who waits or has an order has nothing to join. Nil for nowhere.
    ///   - entrants: How many have entered the draw that is still to come; nil where that is not known.
    public func product(
        _ product: Product,
        visitor: PageVisitor,
        place: PurchaseStatus?,
        entrants: Int64? = nil,
        now: Timestamp,
        language: PageLanguage
    ) -> String {
        let text = PageText.of(language)
        let state = product.saleState(at: now)
        var values: [String: Any] = product.picture
        values["id"] = product.id.rawValue
        values["name"] = product.name
        values["now"] = now.milliseconds
        values["state"] = state.rawValue
        values["state_text"] = text["state_\(state.rawValue)"]
        values["price"] = text.money(product.price.minorUnits, product.price.currency)
        if state != .closed, state != .soldOut {
            values["total"] = text.number(Int64(product.totalStock))
            values["stock"] = Self.stock(of: product, text)
        }
        values.merge(Self.draw(of: product, entrants: entrants, state, now: now, text)) { $1 }
        if let place, place == .entered || place == .queued || place.hasOrder {
            values["place"] = text[place == .entered ? "have_entry" : place == .queued ? "have_place" : "have_order"]
        } else {
            values.merge(Self.joining(product, visitor, state, now: now, text)) { $1 }
        }
        return page("product", text, title: product.name, refreshSeconds: Self.refreshSeconds(state), values)
    }

    private static func stock(of product: Product, _ text: PageText) -> String {
        guard product.stockState == .available else { return text["stock_all_held"] }
        let (available, total) = (Int64(product.availableStock), Int64(product.totalStock))
        return text.filled("stock", ["available": text.number(available), "total": text.number(total)])
    }

    /// That a product is drawn, and when.
    private static func draw(
        of product: Product,
        entrants: Int64?,
        _ state: SaleState,
        now: Timestamp,
        _ text: PageText
    ) -> [String: Any] {
        guard let terms = product.access.draw else { return [:] }
        guard now < terms.drawAt else {
            return state == .open ? ["draw": true, "draw_over": text["draw_over"]] : ["draw": true]
        }
        var values: [String: Any] = ["draw": true, "draw_moment": moment(terms.drawAt, now: now)]
        if let entrants { values["draw_entrants"] = text.number(entrants) }
        return values
    }

    /// The way in, or why there is none.
    private static func joining(
        _ product: Product,
        _ visitor: PageVisitor,
        _ state: SaleState,
        now: Timestamp,
        _ text: PageText
    ) -> [String: Any] {
        guard state == .open else {
            var values: [String: Any] = ["closed": text["closed_\(state.rawValue)"]]
            if state == .upcoming, let opensAt = product.opensAt { values["opens"] = moment(opensAt, now: now) }
            return values
        }
        let isEntering = product.access.draw.map { now < $0.drawAt } ?? false
        let word = isEntering ? "enter" : "join"
        var values: [String: Any] = [
            "join": true, "join_title": text["\(word)_title"], "join_button": text["\(word)_button"],
            "join_note": text["\(word)_note"],
        ]
        switch visitor {
        case .named(let user): values.merge(["named": true, "user": user?.rawValue ?? ""]) { $1 }
        case .signed(let user): values["signed"] = text.filled("join_as", ["user": user.rawValue])
        case .unknown: return ["sign_in": true]
        }
        let maximum = product.limits.maxPerUser
        if maximum > 1 {
            values["several"] = ["max": maximum, "hint": text.filled("join_quantity_hint", ["max": "\(maximum)"])]
        }
        return values
    }

    /// A time that comes, as a countdown and as such.
    static func moment(_ time: Timestamp, now: Timestamp) -> [String: Any] {
        [
            "ms": time.milliseconds, "left": time.countdown(from: now), "iso": time.description,
            "text": time.minuteText,
        ]
    }

    /// Without scripts a page that may open soon asks again; one with a form leaves it to the reader, who may be typing.
    private static func refreshSeconds(_ state: SaleState) -> Int64? {
        switch state {
        case .upcoming, .paused: 10
        case .open, .soldOut, .closed: nil
        }
    }
}
