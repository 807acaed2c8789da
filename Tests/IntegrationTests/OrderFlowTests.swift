import FlashSale
import FlashSaleStorage
import MariaDB
import TestSupport
import Testing

/// From the place in line to the paid unit, and every way to lose it, in both stores.
@Suite("Orders: the flow")
struct OrderFlowTests {
    @Test("Joined, held, ordered, paid: both stores, the ledger and the outbox tell the same story")
    func holdToCompleted() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2, checkout: .hold)
            let lease = try await sale.lease(product.id)
            let order = try await sale.join(product.id, "ann").order
            try await sale.serve(lease)
            #expect(try await sale.standing(product.id, "ann")?.status == .held)
            let hold = try #require(try await sale.desk.order(order))
            #expect(hold.holdExpiresAt == hold.expiresAt)
            #expect(hold.expiresAt.map { $0.microseconds - hold.createdAt.microseconds } == 120_000_000)

            guard case .done(let pending) = try await sale.desk.checkOut(order) else { throw Unexpected() }
            #expect(pending.status == .pending)
            #expect(try await sale.standing(product.id, "ann")?.status == .pending)
            #expect(try await sale.desk.record(sale.event("e1", order)) == .recorded(.processed))
            #expect(try await sale.standing(product.id, "ann")?.status == .completed)
            let paid = try #require(try await sale.desk.order(order))
            #expect(paid.paidAt != nil && paid.expiresAt == nil && paid.amount == 9_999)
            #expect(try await sale.messages(order) == ["order.held", "order.completed"])
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Checking out again finds the same order; what is over says in which way")
    func checkoutTwice() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 4, checkout: .hold)
            let lease = try await sale.lease(product.id)
            let orders = try await ["ann", "bob", "cid", "dan"].asyncMap { try await sale.join(product.id, $0).order }
            try await sale.serve(lease)
            guard case .done(let first) = try await sale.desk.checkOut(orders[0]),
                case .again(let second) = try await sale.desk.checkOut(orders[0])
            else { throw Unexpected() }
            #expect(first == second, "the clock of a pending order does not start again")
            #expect(try await sale.desk.giveBack(orders[0]) == .refused(.used))
            guard case .done = try await sale.desk.giveBack(orders[1]),
                case .again = try await sale.desk.giveBack(orders[1])
            else { throw Unexpected() }
            #expect(try await sale.desk.checkOut(orders[1]) == .refused(.released))
            try await sale.makeDue(orders[2])
            #expect(try await sale.desk.checkOut(orders[2]) == .refused(.expired), "also before any worker came by")
            #expect(try await sale.status(orders[2]) == .expired)
            #expect(try await sale.desk.record(sale.event("e", orders[3], .failed)) == .recorded(.processed))
            #expect(try await sale.desk.checkOut(orders[3]) == .refused(.used))
            #expect(
                try await sale.desk.checkOut(OrderID(product: product.id, ticket: #require(Ticket(77))))
                    == .refused(.notFound)
            )
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("A failed payment gives the unit to the next in line, and its user may join again")
    func failedPayment() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1, checkout: .payment)
            let lease = try await sale.lease(product.id)
            let order = try await sale.join(product.id, "ann").order
            try await sale.join(product.id, "bob")
            try await sale.serve(lease)
            let waiting = try #require(try await sale.standing(product.id, "bob"))
            #expect(waiting.status == .queued)
            #expect(waiting.stockState == .allHeld, "the line says why it does not move")
            #expect(try await sale.desk.record(sale.event("e1", order, .failed)) == .recorded(.processed))
            try await sale.serve(lease)
            #expect(try await sale.standing(product.id, "ann")?.status == .cancelled)
            #expect(try await sale.standing(product.id, "bob")?.status == .pending)
            #expect(try await sale.messages(order) == ["order.cancelled"])
            try await sale.join(product.id, "ann")
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Silence: the hold runs out, and the unit goes to whoever waits")
    func silence() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1, checkout: .hold)
            let lease = try await sale.lease(product.id)
            let order = try await sale.join(product.id, "ann").order
            try await sale.join(product.id, "bob")
            try await sale.serve(lease)
            #expect(try await sale.sweep(lease).expired == 0, "not before its time")
            try await sale.makeDue(order)
            try await sale.serve(lease)
            #expect(try await sale.standing(product.id, "ann")?.status == .expired)
            #expect(try await sale.standing(product.id, "bob")?.status == .held)
            #expect(try await sale.messages(order) == ["order.held", "order.expired"])
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("The stock of a paid order does not come back when its old hold would have run out")
    func paidOrderKeepsItsUnit() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(
                stock: 1,
                checkout: .hold,
                limits: Product.Limits(holdSeconds: 1, paymentSeconds: 900)
            )
            let lease = try await sale.lease(product.id)
            let order = try await sale.join(product.id, "ann").order
            try await sale.serve(lease)
            _ = try await sale.desk.checkOut(order)
            _ = try await sale.desk.record(sale.event("e1", order))
            try await eventually("the hold's time is over") {
                try await sale.count("SELECT COUNT(*) FROM orders WHERE hold_expires_at < NOW(6)") == 1
            }
            #expect(try await sale.sweep(lease).expired == 0)
            #expect(try await sale.status(order) == .completed)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Sold out only with the last unit paid for; whoever still waits is told at once, and nobody can join")
    func soldOutWithLastPayment() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1, checkout: .payment)
            let lease = try await sale.lease(product.id)
            let order = try await sale.join(product.id, "ann").order
            for user in ["bob", "cid"] { try await sale.join(product.id, user) }
            try await sale.serve(lease)
            #expect(try await sale.standing(product.id, "bob")?.status == .queued)
            #expect(try await sale.desk.record(sale.event("e1", order)) == .recorded(.processed))
            try await sale.serve(lease)
            for user in ["bob", "cid"] { #expect(try await sale.standing(product.id, user)?.status == .soldOut) }
            #expect(try await sale.answer(product.id, "dan") == .refused(.soldOut))
            let ranges = try await sale.count(
                "SELECT COUNT(*) FROM ticket_ranges WHERE outcome = 'sold_out' AND from_ticket = 2 AND to_ticket IS NULL"
            )
            #expect(ranges == 1, "one row for everybody who still waits")
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test(
        "Thirty users want ten units each of a hundred: ten are served, twenty wait, and are sold out once all is paid"
    )
    func groupsOfTen() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(
                stock: 100,
                checkout: .payment,
                limits: Product.Limits(maxPerUser: 10)
            )
            let lease = try await sale.lease(product.id)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for user in 1...30 {
                    group.addTask { try await sale.join(product.id, "user-\(user)", quantity: 10) }
                }
                try await group.waitForAll()
            }
            try await sale.serve(lease)
            let pending = try await sale.desk.orders(OrderPage(product: product.id, statuses: [.pending]))
            #expect(pending.map(\.id.ticket.rawValue) == Array(1...10))
            #expect(try await sale.statuses(product.id, users: 30) == ["pending": 10, "queued": 20])
            for order in pending {
                let event = try sale.event("pay-\(order.id)", order.id, quantity: 10)
                #expect(try await sale.desk.record(event) == .recorded(.processed))
            }
            try await sale.serve(lease)
            #expect(try await sale.statuses(product.id, users: 30) == ["completed": 10, "sold_out": 20])
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Pages of orders follow each other without a gap, and filters hold")
    func pages() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 20, checkout: .hold)
            let lease = try await sale.lease(product.id)
            for user in 1...12 { try await sale.join(product.id, "user-\(user)") }
            try await sale.serve(lease)
            var page = OrderPage(product: product.id, size: 5)
            var tickets: [Int64] = []
            while true {
                let orders = try await sale.desk.orders(page)
                tickets += orders.map(\.id.ticket.rawValue)
                page.after = orders.last?.id
                if orders.count < page.size { break }
            }
            #expect(tickets == Array(1...12))
            _ = try await sale.desk.checkOut(OrderID(product: product.id, ticket: #require(Ticket(3))))
            let holds = OrderPage(product: product.id, isHolds: true)
            #expect(try await sale.desk.orders(holds).map(\.id.ticket.rawValue) == [1, 2] + Array(4...12))
            let ofUser = OrderPage(statuses: [.held, .pending], user: try UserID("user-3"))
            #expect(try await sale.desk.orders(ofUser).map(\.status) == [.pending])
        }
    }
}

/// An answer that the test does not go on from.
struct Unexpected: Error {}

extension Sale {
    /// How many of the users `user-1` … have which status.
    func statuses(_ product: ProductID, users: Int) async throws -> [String: Int] {
        var statuses: [String: Int] = [:]
        for user in 1...users {
            statuses[try await standing(product, "user-\(user)")?.words ?? "none", default: 0] += 1
        }
        return statuses
    }
}

extension Array {
    /// One after the other.
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
