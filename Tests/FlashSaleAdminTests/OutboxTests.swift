import ArgumentParser
import FlashSale
import Foundation
import Testing

@testable import FlashSaleAdmin
@testable import FlashSaleStorage

@Suite("Outbox, sweeps and edits: what is typed and printed")
struct OutboxTests {
    @Test("A message's document has every field, its payload as it is delivered")
    func json() throws {
        let document = try Sample.object(OutboxListCommand.json([Sample.message(.dead)], limit: 1))
        let fields = try #require((document["messages"] as? [[String: Any]])?.first)
        #expect(
            Set(fields.keys) == [
                "id", "order_id", "event", "state", "attempts", "created_at", "next_attempt_at", "delivered_at",
                "last_error", "payload",
            ]
        )
        #expect(fields["payload"] as? String == #"{"type":"order.completed"}"#)
        #expect(fields["event"] as? String == "order.completed" && document["next"] as? Int == 17)
    }

    @Test("A waiting message says when it is tried next, a dead one what it died of")
    func text() throws {
        let waiting = try OutboxListCommand.text([Sample.message(.waiting)], limit: 2, at: Sample.now)
        #expect(waiting.contains("17  order.completed  7-1042  waiting     12   in 12 s"), "\(waiting)")
        let dead = try OutboxListCommand.text([Sample.message(.dead)], limit: 1, at: Sample.now)
        #expect(dead.contains("7-1042  dead      12         -") && dead.contains("  500\n"), "\(dead)")
        #expect(dead.hasSuffix("--after 17"))
        #expect(OutboxListCommand.text([], limit: 1, at: Sample.now) == "There are no such messages.")
    }

    @Test("Messages are named by number or as their receiver sees them, each once, or all of them")
    func numbers() throws {
        #expect(try parse(OutboxRetryCommand.self, "outbox", "retry", "18", "msg_17", "18").numbers() == [17, 18])
        #expect(try parse(OutboxRetryCommand.self, "outbox", "retry", "--all-dead").numbers() == nil)
        for text in ["0", "+1", "msg_", "1.5", "evt_1", "9223372036854775808", "--1"] {
            #expect(throws: InvalidValue.self, "\(text)") { try MessageNumber(typed: text, field: "message") }
        }
        for line in [["outbox", "retry"], ["outbox", "retry", "1", "--all-dead"]] {
            #expect { try FlashSaleCommand.parseAsRoot(line) } throws: { FlashSaleCommand.Ending($0).exitCode == 2 }
        }
        #expect(OutboxRetryCommand.text(1) == "1 message will be delivered again by the next worker that looks.")
        #expect(OutboxRetryCommand.text(0) == "No message was retried.")
    }

    @Test("Values that cannot be are refused before any store is asked")
    func refusedFirst() async throws {
        for line in [
            ["outbox", "list", "--state", "lost"], ["outbox", "list", "--after", "x"],
            ["outbox", "list", "--limit", "0"], ["outbox", "retry", "x"], ["expire", "x"], ["order", "show", "7"],
            ["order", "list", "--limit", "0"], ["payment", "list", "--review", "--limit", "501"],
            ["payment", "simulate", "--order", "7", "--paid"], ["product", "withdraw", "1", "few"],
            ["product", "price", "1", "9,5", "--currency", "EUR"], ["product", "close", "01"],
            ["seed", "--checkout", "barter"],
        ] {
            #expect(await FlashSaleCommand.execute(line + ["--data", "/nowhere"]) == 1, "\(line)")
        }
    }

    @Test("A sweep tells how many ran out, and how many units came back where")
    func sweep() throws {
        let products = [try #require(ProductID(9)), try #require(ProductID(7))]
        let sweep = ExpirySweep(expired: 3, units: 5, products: products)
        #expect(ExpireCommand.text(sweep) == "3 orders ran out; 5 units of products 7, 9 went back on sale.")
        let one = ExpirySweep(expired: 1, units: 1, products: [products[0]])
        #expect(ExpireCommand.text(one) == "1 order ran out; 1 unit of product 9 went back on sale.")
        let none = ExpirySweep(expired: 0, units: 0, products: [])
        #expect(ExpireCommand.text(none) == "No hold and no unpaid order has run out.")
        let fields = try Sample.object(ExpireCommand.json(sweep))
        #expect(fields["expired"] as? Int == 3 && fields["units"] as? Int == 5)
        #expect(fields["products"] as? [Int] == [9, 7])
    }

    @Test("A new price says from which ticket on it holds")
    func price() async throws {
        let product = Product(
            id: try #require(ProductID(7)),
            name: "Lamp",
            price: try Money(text: "89.99", currency: Currency(typed: "USD")),
            totalStock: 3,
            availableStock: 0,
            checkout: .hold,
            isPaused: false,
            opensAt: nil,
            closesAt: nil,
            limits: Product.Limits(),
            soldOutAfter: nil,
            version: 2,
            nonce: nil
        )
        let change = await ProductChange(product) {}
        let known = PriceChange(change: change, fromTicket: Ticket(1_043))
        #expect(ProductPriceCommand.words(known).hasPrefix("A unit costs 89.99 USD from ticket 1043 on."))
        #expect(try Sample.object(ProductPriceCommand.json(known, at: Sample.now))["from_ticket"] as? Int == 1_043)
        let unknown = PriceChange(change: change, fromTicket: nil)
        #expect(ProductPriceCommand.words(unknown).contains("a worker finds the change"))
        #expect(try Sample.object(ProductPriceCommand.json(unknown, at: Sample.now))["from_ticket"] is NSNull)
        #expect(product.facts(at: Sample.now).contains("0 of 3 available, all others held"))
    }
}
