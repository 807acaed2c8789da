import FlashSale

/// Redis in memory: the scripts of the line, each one atomic, with a clock of its own.
///
/// The scripts' texts say why each line is there; what only spares memory (the life of outcomes) or shows the product to
/// shoppers (caches, opening times) is left out.
final class MemoryLine {
    /// What is kept of each product, by its number less one.
    var products: [LineState]
    /// Redis's clock, in milliseconds.
    var now: Int64 = 1_000_000
    /// What is wrong with how the line was used.
    private(set) var complaints: [String] = []
    let paths: RarePathCounts

    init(products: Int, paths: RarePathCounts) {
        self.products = Array(repeating: LineState(), count: products)
        self.paths = paths
    }

    func publish(_ product: Product, fence: Fence?) throws -> PublishAnswer {
        let index = product.id.index
        guard var sale = products[index].sale, let nonce = sale.nonce, nonce == product.nonce else {
            try keepFence(fence, of: product.id)
            return .missing
        }
        if let fence {
            try compare(fence, sale, product.id)
            sale.fence = fence.rawValue
            sale.availableStock = product.availableStock
            products[index].stock = product.availableStock
        }
        if sale.version <= product.version { sale.take(product) }
        products[index].sale = sale
        return .published(lastTicket: sale.lastTicket, rebuildAfter: sale.rebuildAfter)
    }

    func prepare(_ product: ProductID, unlessAlive nonce: String?, opening: String, fence: Fence) throws -> Bool {
        let index = product.index
        if let sale = products[index].sale {
            try compare(fence, sale, product)
            if let nonce, sale.nonce == nonce { return false }
            if sale.lastTicket > 0 { paths.count(.lineReplaced) }
        }
        var state = LineState()
        state.carts = products[index].carts
        state.outcomes = products[index].outcomes
        state.stock = products[index].stock
        state.sale = LineState.Sale(opening: opening, fence: fence.rawValue)
        products[index] = state
        return true
    }

    func open(_ product: Product, lastTicket: Int64) throws {
        let index = product.id.index
        if let nonce = products[index].sale?.nonce, nonce == product.nonce { return }
        guard var sale = products[index].sale, let nonce = product.nonce, sale.opening == nonce else {
            paths.count(.openingGone)
            throw StoreUnavailable(reason: "the line that was to be opened is gone, or another one's")
        }
        if lastTicket == 0 { products[index].outcomes = [:] } else { sale.rebuildAfter = 0 }
        sale.nonce = nonce
        sale.opening = nil
        sale.lastTicket = lastTicket
        sale.servedTicket = lastTicket
        sale.claimedTicket = lastTicket
        sale.firstTicket = lastTicket
        sale.claim = lastTicket
        sale.soldOutAfter = product.soldOutAfter
        sale.availableStock = product.availableStock
        sale.take(product)
        products[index].sale = sale
        products[index].stock = product.availableStock
    }

    /// - Parameter list: Whose entries are taken: those of the line, or those of the drawn.
    func claim(
        _ product: ProductID,
        from list: WritableKeyPath<LineState, [LineState.Entry]> = \.queue,
        fence: Fence,
        limit: Int,
        dropLimit: Int
    ) throws -> ClaimAnswer {
        let index = product.index
        guard var sale = products[index].sale, sale.nonce != nil else { return .missing }
        try compare(fence, sale, product)
        sale.fence = fence.rawValue
        defer { products[index].sale = sale }
        if !products[index].processing.isEmpty {
            sale.attempts += 1
            paths.count(.claimRecovered)
            return .claimed(batch(products[index], sale, list))
        }
        if sale.soldOutAfter != nil {
            let dropped = min(dropLimit, products[index][keyPath: list].count)
            if dropped > 0 { paths.count(.entriesDropped) }
            products[index][keyPath: list].removeFirst(dropped)
            if products[index][keyPath: list].isEmpty { products[index].left = [] }
            return .soldOut(remaining: products[index][keyPath: list].count, lastTicket: sale.lastTicket)
        }
        if sale.isPaused { return .paused }
        let entries = products[index][keyPath: list].prefix(sale.alone > 0 ? 1 : limit)
        if entries.isEmpty { return .empty }
        var last: Int64 = 0
        for entry in entries {
            products[index].processing.append(element(entry, products[index]))
            if case .place(let ticket, _, _) = entry { last = max(last, ticket.rawValue) }
        }
        products[index][keyPath: list].removeFirst(entries.count)
        if last > 0 { sale.claimedTicket = last }
        sale.claim += 1
        sale.attempts = 1
        return .claimed(batch(products[index], sale, list))
    }

    func acknowledge(_ acknowledgement: Acknowledgement) throws {
        let index = acknowledgement.product.index
        guard var sale = products[index].sale, sale.nonce != nil else { return }
        try compare(acknowledgement.fence, sale, acknowledgement.product)
        guard sale.claim == acknowledgement.claimNumber, !products[index].processing.isEmpty else {
            paths.count(.acknowledgementStale)
            return
        }
        for decision in acknowledgement.decisions {
            products[index].show(decision)
            if products[index].carts[decision.user]?.ticket == decision.ticket {
                products[index].carts[decision.user] = nil
            }
            products[index].left.remove(decision.ticket.rawValue)
        }
        sale.servedTicket = max(sale.servedTicket, acknowledgement.decisions.map(\.ticket.rawValue).max() ?? 0)
        let waiting = acknowledgement.waiting
        if !waiting.isEmpty {
            let places = waiting.map { LineState.Entry.place($0.ticket, $0.user, quantity: $0.quantity) }
            let list: WritableKeyPath<LineState, [LineState.Entry]> = acknowledgement.isOfDrawn ? \.drawn : \.queue
            products[index][keyPath: list].insert(contentsOf: places, at: 0)
            sale.claimedTicket = sale.servedTicket
        }
        if acknowledgement.isSplit {
            sale.alone = waiting.count
            paths.count(.batchSplit)
        } else if sale.alone > 0, waiting.isEmpty {
            sale.alone -= 1
        }
        if let soldOutAfter = acknowledgement.soldOutAfter { sale.soldOutAfter = soldOutAfter }
        sale.availableStock = acknowledgement.availableStock
        products[index].stock = acknowledgement.availableStock
        products[index].processing = []
        products[index].sale = sale
    }

    /// - Parameter stock: What the worker knows of the stock; nil from an API process.
    func show(_ orders: [Order], of product: ProductID, by fence: Fence?, stock: Product?) throws {
        let index = product.index
        guard var sale = products[index].sale, sale.nonce != nil else { return }
        if let fence { try compare(fence, sale, product) }
        // An API process may have read long ago: only the worker knows that an order is still over.
        for order in orders { products[index].show(order.decision, endsRefusal: fence != nil) }
        guard let stock else { return }
        sale.availableStock = stock.availableStock
        products[index].stock = stock.availableStock
        if let soldOutAfter = stock.soldOutAfter { sale.soldOutAfter = soldOutAfter }
        products[index].sale = sale
    }

    func rebuild(_ page: OutcomePage, of product: ProductID, fence: Fence) throws {
        let index = product.index
        guard let sale = products[index].sale, sale.nonce != nil else { return }
        try compare(fence, sale, product)
        guard sale.rebuildAfter == page.after else { return }
        for outcome in page.outcomes { products[index].show(outcome) }
        products[index].sale?.rebuildAfter = page.lastTicket
        if page.after > 0, page.lastTicket == nil { paths.count(.outcomesRebuilt) }
    }

    func reopen(_ product: Product, fence: Fence) throws {
        let index = product.id.index
        guard var sale = products[index].sale, sale.nonce != nil else { return }
        try compare(fence, sale, product.id)
        guard sale.soldOutAfter != nil else { return }
        guard products[index].queue.isEmpty, products[index].processing.isEmpty else {
            // Nobody joins a sold-out line, so only bytes that somebody else has pushed may have come in since.
            if !products[index].processing.isEmpty || products[index].queue.contains(where: \.isPlace) {
                complaints.append("product \(product.id): reopened while entries are left to drop")
            }
            throw StoreUnavailable(reason: "entries came into the sold-out line, they are dropped first")
        }
        paths.count(.lineReopened)
        sale.servedTicket = sale.lastTicket
        sale.claimedTicket = sale.lastTicket
        sale.soldOutAfter = nil
        products[index].sale = sale
    }

    /// A line that is not there keeps the fence of whoever is about to open it: an older worker that wakes up can't any more.
    private func keepFence(_ fence: Fence?, of product: ProductID) throws {
        guard let fence else { return }
        var sale = products[product.index].sale ?? LineState.Sale()
        try compare(fence, sale, product)
        sale.fence = fence.rawValue
        products[product.index].sale = sale
    }

    func compare(_ fence: Fence, _ sale: LineState.Sale, _ product: ProductID) throws {
        if fence.rawValue < sale.fence { throw Fenced(product: product, fence: fence) }
    }

    private func element(_ entry: LineState.Entry, _ state: LineState) -> LineState.Element {
        switch entry {
        case .unreadable(let number): return .unreadable(number)
        case .place(let ticket, let user, let quantity):
            var verdict = CartVerdict.expired
            if state.left.contains(ticket.rawValue) {
                verdict = .left
            } else if let cart = state.carts[user], cart.expiresAt > now, cart.ticket == ticket, cart.quantity > 0,
                !cart.isEntry
            {
                verdict = .live
            }
            return .entry(ClaimedEntry(ticket: ticket, user: user, quantity: quantity, cart: verdict))
        }
    }

    private func batch(
        _ state: LineState,
        _ sale: LineState.Sale,
        _ list: WritableKeyPath<LineState, [LineState.Entry]>
    ) -> Claim {
        var claim = Claim(
            number: sale.claim,
            attempts: sale.attempts,
            entries: [],
            lineLength: state[keyPath: list].count,
            lastTicket: sale.lastTicket
        )
        for element in state.processing {
            switch element {
            case .entry(let entry): claim.entries.append(entry)
            case .unreadable(let number):
                claim.unreadable.append(UnreadableEntry(raw: [number], reason: "not of the form of an entry"))
            }
        }
        return claim
    }
}

extension LineState.Sale {
    fileprivate mutating func take(_ product: Product) {
        version = product.version
        isPaused = product.isPaused
        cartSeconds = product.limits.cartSeconds
        maxQueue = product.limits.maxQueue
        maxPerUser = product.limits.maxPerUser
        drawAt = product.access.draw?.drawAt.milliseconds
    }
}

extension LineState {
    /// Shows an outcome unless what is shown is younger, or the same order further on.
    ///
    /// - Parameter endsRefusal: Whether whoever was refused for an order they have hears of that order's end.
    fileprivate mutating func show(_ decision: Decision, endsRefusal: Bool = true) {
        guard let known = outcomes[decision.user] else {
            outcomes[decision.user] = decision
            return
        }
        if decision.ticket < known.ticket {
            guard endsRefusal, known.status == .alreadyPurchased, known.order == decision.order,
                decision.status.endsOrder
            else { return }
        } else if decision.ticket == known.ticket {
            guard decision.status.progress >= known.status.progress else { return }
        }
        outcomes[decision.user] = decision
    }
}

extension PurchaseStatus {
    /// How far an order has come.
    var progress: Int {
        switch self {
        case .held: 1
        case .pending: 2
        case .cancelled, .expired: 3
        case .completed, .refundDue: 4
        case .entered, .queued, .left, .cartExpired, .soldOut, .alreadyPurchased, .failed: 0
        }
    }

    /// Whether an order in this state has lost its units.
    var endsOrder: Bool { self == .cancelled || self == .expired || self == .refundDue }
}

extension ProductID {
    /// Where the product stands in the stores' arrays.
    var index: Int { Int(rawValue) - 1 }
}
