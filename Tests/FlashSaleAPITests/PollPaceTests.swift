import FlashSale
import Testing

@testable import FlashSaleAPI

@Suite("Poll pace")
struct PollPaceTests {
    private let now = Timestamp(milliseconds: 1_000_000)

    private func standing(_ status: PurchaseStatus, ticket: Int64 = 1, cartSeconds: Int64? = nil) throws -> Standing {
        let ticket = try #require(Ticket(ticket))
        return Standing(
            status: status,
            product: .first,
            user: .alice,
            ticket: ticket,
            quantity: 1,
            order: OrderID(product: .first, ticket: ticket),
            servedTicket: 0,
            lastTicket: ticket.rawValue,
            cartExpiresAt: cartSeconds.map { Timestamp(milliseconds: now.milliseconds + $0 * 1_000) },
            saleState: .open,
            stockState: .available
        )
    }

    @Test(
        "The further back, the slower, up to five times",
        arguments: [(1, 1_000), (999, 1_000), (1_000, 2_000), (3_999, 4_000), (4_000, 5_000), (1_000_000, 5_000)]
    )
    func position(ticket: Int64, expected: Int64) throws {
        let pace = PollPace(base: .seconds(1))
        #expect(pace.milliseconds(for: try standing(.queued, ticket: ticket), now: now) == expected)
    }

    @Test(
        "A cart about to run out is asked for four times in what is left of it",
        arguments: [(20, 5_000), (8, 2_000), (1, 250), (0, 100), (-5, 100)]
    )
    func cart(seconds: Int64, expected: Int64) throws {
        let pace = PollPace(base: .seconds(1))
        let standing = try standing(.queued, ticket: 10_000, cartSeconds: seconds)
        #expect(pace.milliseconds(for: standing, now: now) == expected)
    }

    @Test(
        "What can still change is asked for at the base pace, what can't at the slowest",
        arguments: PurchaseStatus.allCases
    )
    func statuses(status: PurchaseStatus) throws {
        let expected: Int64 = [.queued, .held, .pending].contains(status) ? 250 : 1_250
        #expect(PollPace(base: .milliseconds(250)).milliseconds(for: try standing(status), now: now) == expected)
    }

    @Test("Nobody is told to ask without a pause")
    func floor() {
        #expect(PollPace(base: .zero).base == 100)
        #expect(PollPace(base: .milliseconds(1_500)).base == 1_500)
    }
}
