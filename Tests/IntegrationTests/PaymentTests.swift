import FlashSale
import FlashSaleStorage
import TestSupport
import Testing

/// Payment events as providers send them: early, late, twice, at once, wrong.
@Suite("Orders: payments")
struct PaymentTests {
    @Test("The same event fifty times at once has one effect")
    func sameEventAtOnce() async throws {
        try await Sale.with { sale in
            let (product, order) = try await sale.pendingOrder()
            let answers = try await withThrowingTaskGroup(of: PaymentAnswer.self) { group in
                for _ in 0..<50 { group.addTask { try await sale.desk.record(sale.event("same", order)) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0 == .recorded(.processed) }.count == 1)
            #expect(answers.filter { $0 == .recorded(.duplicate) }.count == 49)
            #expect(try await sale.messages(order) == ["order.completed"])
            #expect(try await sale.count("SELECT COUNT(*) FROM payment_events") == 1)
            try await sale.expectOrdersBalance(product)
        }
    }

    @Test("One id for two different events is refused, whichever order they name")
    func otherEventOfThisID() async throws {
        try await Sale.with { sale in
            let (product, order) = try await sale.pendingOrder()
            let (_, other) = try await sale.pendingOrder()
            #expect(try await sale.desk.record(sale.event("e", order)) == .recorded(.processed))
            #expect(try await sale.desk.record(sale.event("e", order, .failed)) == .otherEventOfThisID)
            #expect(try await sale.desk.record(sale.event("e", order, amount: 1)) == .otherEventOfThisID)
            #expect(try await sale.desk.record(sale.event("e", other)) == .otherEventOfThisID)
            #expect(try await sale.status(order) == .completed)
            #expect(try await sale.status(other) == .pending)
            try await sale.expectOrdersBalance(product)
        }
    }

    @Test("An amount or currency that is not the order's never pays for it, and is kept for a person")
    func wrongAmount() async throws {
        try await Sale.with { sale in
            let (product, order) = try await sale.pendingOrder()
            let usd = try #require(Currency("USD"))
            for (index, amount) in [Int64(0), 1, 9_998, 10_000, 99_990_000].enumerated() {
                let event = try sale.event("wrong-\(index)", order, amount: amount)
                #expect(try await sale.desk.record(event) == .wrongAmount(expected: 9_999, currency: usd))
                #expect(try await sale.desk.record(event) == .wrongAmount(expected: 9_999, currency: usd))
            }
            let euros = try sale.event("euros", order, currency: "EUR")
            #expect(try await sale.desk.record(euros) == .wrongAmount(expected: 9_999, currency: usd))
            #expect(try await sale.status(order) == .pending)
            let review = try await sale.admin.paymentsToReview(limit: 100)
            #expect(review.count == 6 && review.allSatisfy { $0.event.order == order })
            #expect(review.last?.event.raw == Array("{\"event_id\":\"euros\"}".utf8), "as it was received")
            #expect(try await sale.desk.record(sale.event("right", order)) == .recorded(.processed))
            try await sale.expectOrdersBalance(product)
        }
    }

    @Test(
        "An event before its order waits, and is applied by the transaction that makes the order",
        arguments: Checkout.allCases
    )
    func early(checkout: Checkout) async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 3, checkout: checkout)
            let lease = try await sale.lease(product.id)
            let paid = try await sale.join(product.id, "ann").order
            let failed = try await sale.join(product.id, "bob").order
            let wrong = try await sale.join(product.id, "cid").order
            #expect(try await sale.desk.record(sale.event("e1", paid)) == .recorded(.waiting))
            #expect(try await sale.desk.record(sale.event("e1", paid)) == .recorded(.duplicate))
            #expect(try await sale.desk.record(sale.event("e2", failed, .failed)) == .recorded(.waiting))
            #expect(try await sale.desk.record(sale.event("e3", wrong, amount: 5)) == .recorded(.waiting))
            try await sale.serve(lease)
            #expect(try await sale.status(paid) == .completed)
            #expect(try await sale.desk.order(paid)?.paidAt != nil)
            let firstStatus = OrderState(fresh: checkout).status
            #expect(try await sale.status(failed) == (checkout == .instant ? .completed : .cancelled))
            #expect(try await sale.status(wrong) == firstStatus, "a wrong amount is no payment")
            #expect(try await sale.admin.payments(of: wrong).map(\.result) == [.conflicting])
            #expect(try await sale.admin.payments(of: paid).map(\.result) == [.processed])
            #expect(try await sale.count("SELECT COUNT(*) FROM payment_events WHERE result = 'waiting'") == 0)
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Paid early, and then nothing was left: exactly one refund, on record for the operator")
    func earlyAndSoldOut() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1)
            let lease = try await sale.lease(product.id)
            try await sale.join(product.id, "ann")
            let refused = try await sale.join(product.id, "bob").order
            let left = try await sale.join(product.id, "cid").order
            let behind = try await sale.join(product.id, "dan").order
            _ = try await sale.line().leave(product.id, user: try UserID("cid"))
            for (id, order) in [("e1", refused), ("e2", left), ("e3", behind)] {
                #expect(try await sale.desk.record(sale.event(id, order)) == .recorded(.waiting))
            }
            // Three are decided one by one; the fourth is behind the mark that says: sold out.
            try await sale.settle(try await sale.claim(lease, limit: 3), lease)
            let afterwards = try #require(Ticket(5))
            let late = OrderID(product: product.id, ticket: afterwards)
            #expect(try await sale.desk.record(sale.event("e4", late)) == .recorded(.refundDue))
            let refunds = try await sale.admin.refundsDue(limit: 10)
            #expect(Set(refunds.map(\.event.id)) == ["e1", "e2", "e3", "e4"])
            for order in [refused, left, behind, late] { #expect(try await sale.messages(order) == ["refund.due"]) }
            #expect(try await sale.desk.record(sale.event("e1", refused)) == .recorded(.duplicate))
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("Paid late: taken up again while units are left, else exactly one refund")
    func late() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1, checkout: .payment)
            let lease = try await sale.lease(product.id)
            let order = try await sale.join(product.id, "ann").order
            try await sale.serve(lease)
            try await sale.makeDue(order)
            try await sale.sweep(lease)
            #expect(try await sale.status(order) == .expired)
            #expect(try await sale.desk.record(sale.event("e1", order)) == .recorded(.recovered))
            #expect(try await sale.status(order) == .completed)
            #expect(try await sale.messages(order) == ["order.expired", "order.completed"])

            let (second, lost) = try await sale.pendingOrder()
            let secondLease = try await sale.lease(second)
            try await sale.join(second, "rival")
            try await sale.makeDue(lost)
            try await sale.serve(secondLease)
            #expect(try await sale.desk.record(sale.event("e2", lost)) == .recorded(.refundDue))
            #expect(try await sale.desk.record(sale.event("e2", lost)) == .recorded(.duplicate))
            #expect(try await sale.desk.record(sale.event("e3", lost)) == .recorded(.duplicate))
            #expect(try await sale.admin.refundsDue(limit: 10).map(\.event.order) == [lost])
            #expect(try await sale.standing(second, "buyer")?.status == .refundDue)
            for id in [product.id, second] { try await sale.expectOrdersBalance(id) }
        }
    }

    @Test("Paid late by somebody who has bought since: one unit, one refund")
    func lateAfterBuyingAgain() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2, checkout: .payment)
            let lease = try await sale.lease(product.id)
            let first = try await sale.join(product.id, "ann").order
            try await sale.serve(lease)
            try await sale.makeDue(first)
            try await sale.sweep(lease)
            let second = try await sale.join(product.id, "ann").order
            try await sale.serve(lease)
            #expect(try await sale.desk.record(sale.event("e1", second)) == .recorded(.processed))
            #expect(try await sale.desk.record(sale.event("e2", first)) == .recorded(.refundDue))
            #expect(
                try await sale.standing(product.id, "ann")?.status == .completed,
                "the younger order is what counts"
            )
            try await sale.expectOrdersBalance(product.id)
        }
    }

    @Test("After a final state nothing is refused: a contradiction is kept for a person")
    func afterTheEnd() async throws {
        try await Sale.with { sale in
            let (product, order) = try await sale.pendingOrder()
            #expect(try await sale.desk.record(sale.event("e1", order)) == .recorded(.processed))
            #expect(try await sale.desk.record(sale.event("e2", order, .failed)) == .recorded(.conflicting))
            #expect(try await sale.desk.record(sale.event("e2", order, .failed)) == .recorded(.conflicting))
            #expect(try await sale.desk.record(sale.event("e3", order)) == .recorded(.duplicate))
            #expect(try await sale.status(order) == .completed)
            #expect(try await sale.admin.paymentsToReview(limit: 10).map(\.event.id) == ["e2"])
            let unknown = OrderID(product: try #require(ProductID(999)), ticket: order.ticket)
            #expect(try await sale.desk.record(sale.event("e4", unknown)) == .unknownProduct)
            try await sale.expectOrdersBalance(product)
        }
    }

    @Test("Payment and expiry at the same instant, 200 times: one winner each, and an exact ledger")
    func paymentAgainstExpiry() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 200, checkout: .payment)
            let lease = try await sale.lease(product.id)
            for user in 1...200 { try await sale.join(product.id, "user-\(user)") }
            try await sale.serve(lease)
            let orders = try await sale.desk.orders(OrderPage(product: product.id, size: 200))
            var results: [PaymentAnswer: Int] = [:]
            for order in orders {
                try await sale.makeDue(order.id)
                async let sweep = sale.books.sweep(product.id, fence: lease.fence, limit: 10)
                async let answer = sale.desk.record(sale.event("pay-\(order.id)", order.id))
                results[try await answer, default: 0] += 1
                let expired = try await sweep.expired
                // Either the payment came first, or the order ran out and the late payment took the unit up again.
                #expect(expired == (try await answer == .recorded(.recovered) ? 1 : 0))
            }
            #expect(results.values.reduce(0, +) == 200)
            #expect(Set(results.keys).isSubset(of: [.recorded(.processed), .recorded(.recovered)]))
            #expect(try await sale.count("SELECT COUNT(*) FROM orders WHERE status = 'completed'") == 200)
            try await sale.expectOrdersBalance(product.id)
        }
    }
}

extension Sale {
    /// A product's only unit, ordered by `buyer` and not paid.
    func pendingOrder() async throws -> (ProductID, OrderID) {
        let product = try await product(stock: 1, checkout: .payment)
        let order = try await join(product.id, "buyer").order
        try await serve(try await lease(product.id))
        return (product.id, order)
    }
}
