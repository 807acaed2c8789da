import ArgumentParser
import FlashSale
import FlashSaleStorage
import Foundation
import Testing

@testable import FlashSaleAdmin

@Suite("Orders: filters and output")
struct OrderTests {
    private func page(_ words: String...) throws -> OrderPage {
        try #require(FlashSaleCommand.parseAsRoot(["order", "list"] + words) as? OrderListCommand).form.page()
    }

    @Test("Every filter reaches the page, states with commas or one by one")
    func filters() throws {
        #expect(try page() == OrderPage())
        let words = ["--product", "7", "--user", "ADA", "--limit", "500", "--after", "7-1042"]
        let full = try #require(
            FlashSaleCommand.parseAsRoot(
                ["order", "list", "--status", "held,refund_due", "--status", "refund-due", "--status", "pending"]
                    + words
            ) as? OrderListCommand
        ).form.page()
        #expect(full.statuses == [.held, .refundDue, .pending])
        #expect(full.product?.rawValue == 7 && full.user?.rawValue == "ada" && full.size == 500)
        #expect(full.after?.description == "7-1042")
    }

    @Test("Everything that is wrong with a filter is reported at once, by the option's name")
    func wrongFilters() throws {
        let error = try #require(throws: InvalidValues.self) {
            try page("--product", "x", "--status", "held,sold", "--user", "a b", "--limit", "501", "--after", "7")
        }
        #expect(error.values.map(\.field) == ["product", "status", "user", "after", "limit"])
        #expect(error.values.allSatisfy { !$0.problem.isEmpty && !$0.remedy.isEmpty })
        for status in ["", "held,", ",held", "held,,pending", "Held"] {
            #expect(throws: InvalidValues.self, "\(status)") { try page("--status", status) }
        }
    }

    @Test("An order's document has the API's fields, null where there is nothing")
    func json() throws {
        let fields = try Sample.object(Sample.order { $0.expiresAt = Sample.now }.json)
        #expect(
            Set(fields.keys) == [
                "order_id", "product_id", "ticket", "user_id", "quantity", "status", "unit_price", "amount", "currency",
                "created_at", "hold_expires_at", "expires_at", "checked_out_at", "paid_at", "ended_at",
            ]
        )
        #expect(fields["order_id"] as? String == "7-1042" && fields["amount"] as? Int == 19_998)
        #expect(fields["expires_at"] as? String == "2027-01-15T08:00:00.000Z" && fields["paid_at"] is NSNull)
    }

    @Test("What happens next is said for every state", arguments: OrderStatus.allCases)
    func next(_ status: OrderStatus) throws {
        let order = try Sample.order(status) { $0.expiresAt = Timestamp(milliseconds: 1_800_000_092_001) }
        let text = order.facts(at: Sample.now)
        let words =
            switch status {
            case .held: "runs out in 93 s unless it is checked out or paid"
            case .pending: "runs out in 93 s unless it is paid"
            case .completed: "nothing: the units are bought"
            case .cancelled, .expired: "nothing: the units are back on sale"
            case .refundDue: "the payment has to go back; see flashsale payment list --refund-due"
            }
        #expect(text.contains("\nNext         \(words)\n"), "\(text)")
    }

    @Test("An order whose time has come waits for the sweep, and one without an end just waits")
    func runningOut() throws {
        let over = try Sample.order(.pending) { $0.expiresAt = Sample.now }
        #expect(over.next(at: Sample.now) == "runs out with the worker's next sweep unless it is paid")
        #expect(try Sample.order(.pending).next(at: Sample.now) == "waits unless it is paid")
    }

    @Test("A list shows one row each, and a full one says how to go on")
    func list() throws {
        let orders = [try Sample.order { $0.expiresAt = Timestamp(milliseconds: 1_800_000_005_000) }]
        let text = OrderListCommand.text(orders, OrderPage(), at: Sample.now)
        #expect(
            text.contains("7-1042  ada       2  199.98 USD  held           5 s  2027-01-15T08:00:00.000Z"),
            "\(text)"
        )
        #expect(!text.contains("--after"))
        #expect(OrderListCommand.text(orders, OrderPage(size: 1), at: Sample.now).hasSuffix("--after 7-1042"))
        #expect(OrderListCommand.text([], OrderPage(), at: Sample.now) == "There are no such orders.")
        #expect(try Sample.object(OrderListCommand.json(orders, OrderPage()))["next"] is NSNull)
        let full = try Sample.object(OrderListCommand.json(orders, OrderPage(size: 1)))
        #expect(full["next"] as? String == "7-1042" && (full["orders"] as? [Any])?.count == 1)
    }

    @Test("An order is shown with its payment events; one that is not there, with those that wait for it")
    func show() throws {
        let order = try Sample.order()
        #expect(OrderShowCommand.text(order, [], at: Sample.now).hasSuffix("\n\nNo payment event has come for it."))
        let text = try OrderShowCommand.text(order, [Sample.payment()], at: Sample.now)
        #expect(
            text.contains("evt_1          7-1042  paid  199.98 USD  refund due  2027-01-15T08:00:00.000Z"),
            "\(text)"
        )
        let fields = try Sample.object(OrderShowCommand.json(order, [Sample.payment()]))
        #expect((fields["order"] as? [String: Any])?["order_id"] as? String == "7-1042")
        #expect((fields["payments"] as? [Any])?.count == 1)
        let unknown = OrderShowCommand.unknown(order.id, [])
        #expect(unknown.exitCode == 1 && unknown.description.contains("flashsale queue status 7"))
        #expect(try OrderShowCommand.unknown(order.id, [Sample.payment(.waiting)]).description.contains("evt_1"))
    }

    @Test("An amount above what a price may be is still money")
    func amounts() throws {
        #expect(try Currency(typed: "USD").text(PaymentEvent.maximumAmount) == "10000000000000000.00 USD")
        #expect(try Currency(typed: "USD").text(5) == "0.05 USD")
        #expect(try Currency(typed: "JPY").text(5) == "5 JPY")
        #expect(try Currency(typed: "KWD").text(1_234) == "1.234 KWD")
    }
}

@Suite("Payments for people")
struct PaymentListTests {
    @Test("The one concern or the other has to be named")
    func concern() throws {
        #expect(try parse(PaymentListCommand.self, "payment", "list", "--refund-due").concern == .refundDue)
        #expect(try parse(PaymentListCommand.self, "payment", "list", "--review").concern == .review)
        for line in [["payment", "list"], ["payment", "list", "--review", "--refund-due"]] {
            #expect { try FlashSaleCommand.parseAsRoot(line) } throws: { FlashSaleCommand.Ending($0).exitCode == 2 }
        }
    }

    @Test("A payment is shown with what its provider sent, byte for byte")
    func json() throws {
        let list = try Sample.object(PaymentListCommand.json([Sample.payment()]))["payments"] as? [[String: Any]]
        let fields = try #require(list?.first)
        #expect(
            Set(fields.keys) == [
                "event_id", "order_id", "status", "amount", "currency", "result", "received_at", "applied_at", "raw",
            ]
        )
        #expect(fields["raw"] as? String == #"{"event_id":"evt_1"}"#)
        #expect(fields["result"] as? String == "refund_due")
    }

    @Test("An empty list says what that means, a full one that there may be more")
    func text() throws {
        #expect(PaymentListCommand.text([], .refundDue, limit: 50) == "No payment has to go back.")
        #expect(PaymentListCommand.text([], .review, limit: 50) == "There is no payment event to look at.")
        #expect(try PaymentListCommand.text([Sample.payment()], .review, limit: 1).hasSuffix("raise --limit."))
        #expect(try !PaymentListCommand.text([Sample.payment()], .review, limit: 2).contains("--limit"))
    }
}
