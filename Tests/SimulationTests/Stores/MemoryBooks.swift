import FlashSale

/// MariaDB in memory, with a clock of its own.
///
/// Each method is a transaction: whatever throws does so before the first write. Rules that a key or a guard of the real
/// tables enforces are complaints here.
final class MemoryBooks {
    /// What is kept of each product, by its number less one.
    var shelves: [Shelf]
    /// The database's clock, in milliseconds.
    var now: Int64 = 5_000_000
    /// Rises with each transaction that changed a stock, an order or a decision.
    var changes = 0
    /// What is wrong with what was written.
    var complaints: [String] = []
    /// Users whose entries can never be stored.
    var unstorableUsers: Set<UserID> = []
    let paths: RarePathCounts
    /// When each worker is taken for dead.
    var workers: [(name: String, until: Int64)] = []

    init(products: [Product], paths: RarePathCounts) {
        shelves = products.map {
            Shelf(
                product: $0,
                prices: [(1, $0.price)],
                ledger: [Shelf.LedgerRow(delta: $0.availableStock)],
                draw: Self.draw(of: $0)
            )
        }
        self.paths = paths
    }

    func lastDecidedTicket(of product: ProductID) -> Int64 { shelves[product.index].lastDecidedTicket }

    func nameLine(of product: ProductID, nonce: String) -> (product: Product, isNew: Bool) {
        let isNew = shelves[product.index].product.nonce == nil
        if isNew { shelves[product.index].product.nonce = nonce }
        return (shelves[product.index].product, isNew)
    }

    func recordLostLine(
        of product: ProductID,
        newNonce: String,
        fence: Fence
    ) throws -> (product: Product, lastTicket: Int64) {
        try compareFence(fence, of: product)
        let index = product.index
        let known = shelves[index].lastKnownTicket
        let lastTicket = known + Int64(max(1_000_000, 2 * shelves[index].product.limits.maxQueue))
        refundWaiting(index, known + 1, lastTicket)
        if shelves[index].product.soldOutAfter == nil {
            addRange(index, Shelf.TicketRange(from: known + 1, to: lastTicket, outcome: .lost))
        }
        for row in shelves[index].orders.indices { shelves[index].orders[row].isUnshown = true }
        shelves[index].product.nonce = newNonce
        paths.count(.lostLineRecorded)
        return (shelves[index].product, lastTicket)
    }

    func reopen(_ product: ProductID, lastTicket: Int64, fence: Fence) throws -> Product {
        try compareFence(fence, of: product)
        let index = product.index
        let isOpen = { (range: Shelf.TicketRange) in range.outcome == .soldOut && range.to == nil }
        shelves[index].ranges.removeAll { isOpen($0) && $0.from > lastTicket }
        for row in shelves[index].ranges.indices where isOpen(shelves[index].ranges[row]) {
            shelves[index].ranges[row].to = lastTicket
        }
        shelves[index].product.soldOutAfter = nil
        changes += 1
        return shelves[index].product
    }

    /// Throws ``Fenced`` unless the fence is that of the lease.
    func compareFence(_ fence: Fence, of product: ProductID) throws {
        guard shelves[product.index].lease.fence == fence.rawValue else { throw Fenced(product: product, fence: fence) }
    }

    // MARK: What transactions share

    /// Declares every ticket above this one sold out; payments that wait for one of them go back.
    func openSoldOutRange(_ index: Int, after ticket: Int64) {
        let shelf = shelves[index]
        if shelf.product.availableStock != 0 || shelf.held != 0 {
            complaints.append(
                "product \(index + 1): sold out with \(shelf.product.availableStock) + \(shelf.held) units"
            )
        }
        shelves[index].product.soldOutAfter = ticket
        addRange(index, Shelf.TicketRange(from: ticket + 1, to: nil, outcome: .soldOut))
        refundWaiting(index, ticket + 1, .max)
    }

    func addRange(_ index: Int, _ range: Shelf.TicketRange) {
        if shelves[index].ranges.contains(where: { $0.from == range.from }) {
            complaints.append("product \(index + 1): two ranges start at ticket \(range.from)")
        }
        shelves[index].ranges.append(range)
        changes += 1
    }

    /// Ends the wait of events whose tickets were decided without an order.
    func refundWaiting(_ index: Int, _ from: Int64, _ to: Int64) {
        for row in shelves[index].events.indices where shelves[index].events[row].result == .waiting {
            let event = shelves[index].events[row].event
            guard (from...to).contains(event.order.ticket.rawValue) else { continue }
            resolveWithoutOrder(index, row)
        }
    }

    /// What becomes of a waiting event that no order will ever come of.
    func resolveWithoutOrder(_ index: Int, _ row: Int) {
        let event = shelves[index].events[row].event
        let transition = OrderTransition(event.orderEvent, on: nil, willNeverExist: true)
        shelves[index].events[row].result = PaymentResult(transition.answer)
        if let message = transition.message { tell(index, event.order.ticket, message, event.id) }
    }

    func tell(_ index: Int, _ ticket: Ticket, _ message: OutboxEvent, _ payment: String?) {
        if message == .refundDue { paths.count(.refundDue) }
        shelves[index].messages.append(Shelf.MessageRow(ticket: ticket, event: message, payment: payment))
    }

    /// Moves units, as a row of the ledger and in the stock; a unique key allows an order one row of each direction.
    func moveUnits(_ index: Int, _ delta: Int, of ticket: Ticket?) {
        if let ticket, shelves[index].ledger.contains(where: { $0.ticket == ticket && ($0.delta > 0) == (delta > 0) }) {
            complaints.append("order \(index + 1)-\(ticket): its units moved by \(delta) a second time")
        }
        shelves[index].ledger.append(Shelf.LedgerRow(delta: delta, ticket: ticket))
        let available = shelves[index].product.availableStock + delta
        if available < 0 { complaints.append("product \(index + 1): \(available) units available") }
        shelves[index].product.availableStock = available
        changes += 1
    }
}

extension PaymentEvent {
    /// As the state machine knows it.
    var orderEvent: OrderEvent { status == .paid ? .paid : .failed }
}

extension PaymentResult {
    /// What the state machine's answer means for the event.
    init(_ answer: OrderTransition.Answer) {
        switch answer {
        case .done: self = .processed
        case .again: self = .duplicate
        case .waiting: self = .waiting
        case .recovered: self = .recovered
        case .refundDue: self = .refundDue
        case .conflicting, .refused: self = .conflicting
        }
    }
}
