public import FlashSale

/// What a visitor is shown of their place, order or outcome.
public struct PlacePage: Sendable {
    /// Where the visitor stands.
    public var standing: Standing
    /// The product; its name, limits and kind of checkout are shown.
    public var product: Product
    /// The order, where there is one: its amount, and when it runs out.
    public var order: Order?
    /// The ticket that was served last when the visitor joined: where the bar begins.
    public var startedAt: Int64
    /// What may be said of the time to wait.
    public var outlook: Outlook
    /// In how many seconds the visitor is served: half of all people sooner than the first, nine of ten than the second.
    public var waiting: WaitRange?
    /// When to ask again, in milliseconds.
    public var pollAfterMilliseconds: Int64
    /// Whether looking at the page keeps the place.
    public var renewsCarts: Bool
    /// Whether the visitor can pay here, with a payment that moves no money.
    public var offersSimulatedPayment: Bool
    /// The visitor's rank in the draw, from 1, and how many were drawn; nil for whom no draw has brought the place.
    public var drawn: (rank: Int64, entrants: Int)?

    /// What is shown of a place.
    public init(
        standing: Standing,
        product: Product,
        order: Order? = nil,
        startedAt: Int64 = 0,
        outlook: Outlook = .unknown,
        waiting: WaitRange? = nil,
        pollAfterMilliseconds: Int64 = 1_000,
        renewsCarts: Bool = true,
        offersSimulatedPayment: Bool = false,
        drawn: (rank: Int64, entrants: Int)? = nil
    ) {
        self.standing = standing
        self.product = product
        self.order = order
        self.startedAt = startedAt
        self.outlook = outlook
        self.waiting = waiting
        self.pollAfterMilliseconds = pollAfterMilliseconds
        self.renewsCarts = renewsCarts
        self.offersSimulatedPayment = offersSimulatedPayment
        self.drawn = drawn
    }
}

extension ShopPages {
    /// The page of a visitor's place: the waiting room, the hold, the order, or the outcome.
    public func place(_ place: PlacePage, now: Timestamp, language: PageLanguage) -> String {
        let text = PageText.of(language)
        let standing = place.standing
        let status = standing.status
        var values: [String: Any] = [
            "id": place.product.id.rawValue, "name": place.product.name, "status": status.rawValue,
            "heading": text["\(status.rawValue)_title"], "poll": place.pollAfterMilliseconds,
            "now": now.milliseconds,
        ]
        switch status {
        case .entered: values.merge(entry(place, now: now, text)) { $1 }
        case .queued: values.merge(waitingRoom(place, text)) { $1 }
        case .held, .pending: values.merge(order(place, now: now, text)) { $1 }
        case .completed, .left, .cartExpired, .soldOut, .cancelled, .expired, .alreadyPurchased, .refundDue, .failed:
            values.merge(outcome(place, text)) { $1 }
        }
        let isLive = status == .entered || status == .queued || status == .held || status == .pending
        values["live"] = isLive
        if let step = Self.step(status) { values["steps"] = ["step": Self.steps(at: step, text)] }
        if let drawn = place.drawn {
            values["drawn"] = text.filled(
                "drawn_rank",
                ["rank": text.number(drawn.rank), "entrants": text.number(Int64(drawn.entrants))]
            )
        }
        let title =
            standing.position.map { "\(text.number($0)) · \(place.product.name)" } ?? text["\(status.rawValue)_title"]
        let refresh = isLive ? max(2, (place.pollAfterMilliseconds + 999) / 1_000) : nil
        return page("place", text, title: title, refreshSeconds: refresh, values)
    }

    /// Entered, and the draw is still to come, or being made.
    private func entry(_ place: PlacePage, now: Timestamp, _ text: PageText) -> [String: Any] {
        var values: [String: Any] = [
            "text": filled("entered_text", place, text), "tone": "good", "hint": text["entered_hint"],
            "actions": [["action": "leave", "label": text["entered_leave"], "quiet": true]],
        ]
        if let draw = place.standing.draw {
            values["entrants"] = text.number(draw.entrants)
            values["draw"] = Self.moment(draw.drawAt, now: now)
        }
        return values
    }

    private func waitingRoom(_ place: PlacePage, _ text: PageText) -> [String: Any] {
        let standing = place.standing
        let limits = place.product.limits
        let ahead = standing.ticket.rawValue - place.startedAt
        let percent = ahead > 0 ? 100 * max(0, standing.servedTicket - place.startedAt) / ahead : 0
        let outlook =
            if place.outlook == .moving, let waiting = place.waiting {
                text.filled("eta", ["range": text.range(seconds: Int64(waiting.p50), Int64(waiting.p90))])
            } else {
                text[place.outlook == .moving ? "outlook_unknown" : "outlook_\(place.outlook.rawValue)"]
            }
        let seconds = place.product.checkout == .hold ? limits.holdSeconds : limits.paymentSeconds
        let next = text.filled(
            "next_\(place.product.checkout.rawValue)",
            ["time": text.duration(seconds: Int64(seconds))]
        )
        let kept =
            place.renewsCarts
            ? text.filled("close_renewed", ["time": text.duration(seconds: Int64(limits.cartSeconds))])
            : text.filled("close_fixed", ["time": standing.cartExpiresAt?.minuteText ?? "?"])
        return [
            "queued": true, "ticket": standing.ticket.rawValue, "position": text.number(standing.position ?? 1),
            "percent": min(99, percent), "from": place.startedAt, "outlook": place.outlook.rawValue,
            "outlook_text": outlook, "ticket_text": filled("queued_ticket", place, text), "next": next, "close": kept,
        ]
    }

    /// A hold or an order that waits for its payment.
    private func order(_ place: PlacePage, now: Timestamp, _ text: PageText) -> [String: Any] {
        let status = place.standing.status.rawValue
        var values: [String: Any] = ["text": filled("\(status)_text", place, text), "tone": "good"]
        if let end = place.order?.expiresAt { values["until"] = Self.moment(end, now: now) }
        if place.standing.status == .held {
            values["actions"] = [
                ["action": "checkout", "label": text["held_button"]],
                ["action": "give-back", "label": text["give_back_button"], "quiet": true],
            ]
        } else if place.offersSimulatedPayment {
            values["actions"] = [
                ["action": "pay", "field": "paid", "label": filled("pay_button", place, text)],
                ["action": "pay", "field": "failed", "label": text["pay_fail_button"], "quiet": true],
            ]
            values["hint"] = text["pay_note"]
        } else {
            values["hint"] = text["pending_shop"]
        }
        return values
    }

    private func outcome(_ place: PlacePage, _ text: PageText) -> [String: Any] {
        let status = place.standing.status
        let isGood = status == .completed || status == .alreadyPurchased || status == .refundDue
        return [
            "text": filled("\(status.rawValue)_text", place, text), "tone": isGood ? "good" : "bad", "link": true,
        ]
    }

    /// A sentence with everything that a place can tell.
    private func filled(_ key: String, _ place: PlacePage, _ text: PageText) -> String {
        let amount = place.order.map { text.money($0.amount, $0.unitPrice.currency) } ?? ""
        return text.filled(
            key,
            [
                "quantity": text.number(Int64(place.standing.quantity)), "product": place.product.name,
                "ticket": text.number(place.standing.ticket.rawValue), "amount": amount,
                "order": place.standing.order.description,
            ]
        )
    }

    /// How far a purchase has come: 0 in line, 1 the visitor's turn, 2 done; nil when it came to nothing.
    private static func step(_ status: PurchaseStatus) -> Int? {
        switch status {
        case .entered: nil
        case .queued: 0
        case .held, .pending: 1
        case .completed: 2
        case .left, .cartExpired, .soldOut, .cancelled, .expired, .alreadyPurchased, .refundDue, .failed: nil
        }
    }

    private static func steps(at current: Int, _ text: PageText) -> [[String: Any]] {
        let keys = ["step_line", "step_turn", "step_done"]
        return keys.enumerated().map { index, key in
            ["text": text[key], "here": index == current, "done": index < current || current == keys.count - 1]
        }
    }
}
