import FlashSale
import FlashSaleStorage
import Foundation
import TestSupport
import Testing

/// Messages to the shop, as they stand in MariaDB.
@Suite("Orders: the outbox")
struct OutboxTests {
    @Test("An order's messages are handed out in their order, the next one only when the one before is through")
    func inOrder() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 2, checkout: .hold)
            let lease = try await sale.lease(product.id)
            let ann = try await sale.join(product.id, "ann").order
            let bob = try await sale.join(product.id, "bob").order
            try await sale.serve(lease)
            for order in [ann, bob] {
                _ = try await sale.desk.record(sale.event("pay-\(order)", order))
            }
            let first = try await sale.outbox.claim(limit: 10, for: .seconds(60))
            #expect(Set(first.map(\.order)) == [ann, bob])
            #expect(first.allSatisfy { $0.event == .held && $0.attempts == 1 })
            #expect(try await sale.outbox.claim(limit: 10, for: .seconds(60)).isEmpty, "nobody else is given them")
            try await sale.outbox.delivered(first[0])
            let second = try await sale.outbox.claim(limit: 10, for: .seconds(60))
            #expect(second.map(\.order) == [first[0].order])
            #expect(second.map(\.event) == [.completed])
        }
    }

    @Test("Several workers that claim at the same time never hold two messages of one order, nor one message twice")
    func severalWorkers() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 30, checkout: .hold)
            let lease = try await sale.lease(product.id)
            try await sale.joinCrowd(product.id, prefix: "user", count: 30)
            try await sale.serve(lease)
            for order in try await sale.desk.orders(OrderPage(product: product.id)) {
                _ = try await sale.desk.record(sale.event("pay-\(order.id)", order.id))
            }
            var delivered: [OutboxMessage] = []
            while delivered.count < 60 {
                let claims = try await withThrowingTaskGroup(of: [OutboxMessage].self) { group in
                    for _ in 0..<4 { group.addTask { try await sale.outbox.claim(limit: 10, for: .seconds(60)) } }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                #expect(Set(claims.map(\.order)).count == claims.count)
                for message in claims { try await sale.outbox.delivered(message) }
                delivered += claims
            }
            #expect(Set(delivered.map(\.id)).count == 60)
            let inOrder = Dictionary(grouping: delivered, by: \.order).values.map { $0.map(\.event) }
            #expect(inOrder.count == 30)
            #expect(inOrder.allSatisfy { $0 == [.held, .completed] })
        }
    }

    @Test("A message that is given up is dead: it is shown, no longer stands in the way, and can be retried")
    func dead() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 1, checkout: .hold)
            let lease = try await sale.lease(product.id)
            let order = try await sale.join(product.id, "ann").order
            try await sale.serve(lease)
            _ = try await sale.desk.record(sale.event("e", order))
            let held = try #require(try await sale.outbox.claim(limit: 10, for: .seconds(60)).first)
            try await sale.outbox.failed(held, retryAfter: .zero, reason: "503")
            let again = try #require(try await sale.outbox.claim(limit: 10, for: .seconds(60)).first)
            #expect(again.id == held.id && again.attempts == 2)
            try await sale.outbox.failed(again, retryAfter: nil, reason: "gone")
            let dead = try #require(try await sale.admin.messages(.dead, limit: 10, after: nil).first)
            #expect(dead.message.id == held.id && dead.lastError == "gone" && dead.nextAttemptAt == nil)
            #expect(try await sale.outbox.claim(limit: 10, for: .zero).map(\.event) == [.completed])
            #expect(try await sale.admin.retryMessages([held.id]) == 1)
            #expect(try await sale.admin.retryMessages(nil) == 0)
            #expect(try await sale.outbox.claim(limit: 10, for: .seconds(60)).map(\.id) == [held.id])
        }
    }

    @Test("A message says everything about its order, in JSON, whatever an event's id looks like")
    func payload() async throws {
        try await Sale.with { sale in
            let (product, order) = try await sale.pendingOrder()
            _ = try await sale.desk.record(sale.event(#"a"b\c"#, order))
            let message = try #require(try await sale.outbox.claim(limit: 1, for: .seconds(1)).first)
            let object = try JSONSerialization.jsonObject(with: Data(message.payload.utf8)) as? [String: Any]
            #expect(object?["type"] as? String == "order.completed")
            #expect((object?["timestamp"] as? String).flatMap { Timestamp(rfc3339: $0) } != nil)
            let data = try #require(object?["data"] as? [String: Any])
            #expect(data["order_id"] as? String == order.description)
            #expect(data["product_id"] as? Int == Int(product.rawValue))
            #expect(data["user_id"] as? String == "buyer")
            #expect(data["amount"] as? Int == 9_999)
            #expect(data["status"] as? String == "completed")
            #expect(data["payment_event_id"] as? String == #"a"b\c"#)
        }
    }

    @Test("Nothing is told of a transaction that did not happen, and nothing is forgotten of one that did")
    func sameTransaction() async throws {
        try await Sale.with { sale in
            let product = try await sale.product(stock: 3)
            let old = try await sale.lease(product.id, for: .microseconds(1))
            for user in ["ann", "bob"] { try await sale.join(product.id, user) }
            let claim = try await sale.claim(old)
            let lease = try await sale.lease(product.id, worker: "successor")
            await #expect(throws: Fenced.self) {
                _ = try await sale.books.settle(claim, of: product.id, fence: old.fence)
            }
            #expect(try await sale.count("SELECT COUNT(*) FROM outbox") == 0)
            try await sale.serve(lease)
            #expect(try await sale.count("SELECT COUNT(*) FROM outbox WHERE event = 'order.completed'") == 2)
        }
    }
}
