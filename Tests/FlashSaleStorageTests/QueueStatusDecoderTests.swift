import FlashSale
import Redis
import Testing

@testable import FlashSaleStorage

/// Three replies tell where a user stands: they mean the same.
@Suite("Queue status")
struct QueueStatusDecoderTests {
    private static let drawAt = Timestamp(milliseconds: 1_800_000_000_000)

    private static func text(_ text: String) -> RedisReply { .string(Array(text.utf8)) }

    /// The five values of a user, as every script writes them.
    private static func values(
        _ status: String,
        ticket: Int64 = 7,
        order: Int64 = 5,
        expires: Int64 = 0
    ) -> [RedisReply] {
        [.integer(ticket), .integer(2), text(status), .integer(order), .integer(expires)]
    }

    private func join(_ values: [RedisReply], drawAt: Timestamp?) throws -> Standing {
        let head = [
            Self.text("answers"), Self.text("n1"), .integer(3), .integer(9), Self.text("open"), Self.text("available"),
        ]
        let reply = RedisReply.array(head + [.integer(0), .array([Self.text("decided")] + values)])
        let request = JoinRequest(product: try product, user: try user, quantity: 1)
        let joined = try JoinReply(
            ScriptReply(reply, of: LineScripts.enqueue),
            try product,
            to: [request],
            drawAt: drawAt
        )
        guard case .alreadyDecided(let standing) = try joined.all()[0].get() else { throw Unexpected() }
        return standing
    }

    private func poll(_ values: [RedisReply], drawAt: Timestamp?) throws -> Standing? {
        let head = [Self.text("standings"), .integer(3), .integer(9), Self.text("open"), Self.text("available")]
        let reply = try ScriptReply(.array(head + values), of: LineScripts.standing)
        return try QueueStatusReply(reply, try product, drawAt: drawAt).all([try user])[0].get()
    }

    private func decoded(_ values: [RedisReply], drawAt: Timestamp?) throws -> Standing? {
        let decoder = QueueStatusDecoder(
            product: try product,
            servedTicket: 3,
            lastTicket: 9,
            saleState: .open,
            stockState: .available,
            drawAt: drawAt
        )
        let list = ScriptList(script: "look", values: [.integer(1)] + values)
        return try decoder.status(of: try user, in: list, at: 1)
    }

    private struct Unexpected: Error {}

    private var product: ProductID { get throws { try #require(ProductID(4)) } }
    private var user: UserID { get throws { try UserID("ann") } }

    @Test("A join's, a poll's and a look's five values are read alike", arguments: PurchaseStatus.allCases)
    func alike(status: PurchaseStatus) throws {
        for drawAt in [nil, Self.drawAt] {
            let values = Self.values(status.rawValue, expires: status == .queued ? 1_700_000_000_000 : 0)
            let standing = try #require(try decoded(values, drawAt: drawAt))
            #expect(try join(values, drawAt: drawAt) == standing)
            #expect(try poll(values, drawAt: drawAt) == standing)
            #expect(standing.status == status && standing.quantity == 2 && standing.user.rawValue == "ann")
            #expect(standing.ticket.rawValue == 7 && standing.servedTicket == 3 && standing.lastTicket == 9)
            #expect((standing.cartExpiresAt != nil) == (status == .queued))
            // An entry has the number of entrants where others have their order.
            #expect(standing.order.ticket.rawValue == (status == .entered ? 7 : 5))
            let draw = status == .entered ? drawAt.map { PendingDraw(entrants: 5, drawAt: $0) } : nil
            #expect(standing.draw == draw)
        }
    }

    @Test("Ticket 0 is nowhere, and an order 0 is the ticket's own")
    func nothing() throws {
        let nowhere = Self.values("", ticket: 0)
        #expect(try decoded(nowhere, drawAt: nil) == nil)
        #expect(try poll(nowhere, drawAt: nil) == nil)
        #expect(throws: StoreUnavailable.self) { try join(nowhere, drawAt: nil) }
        #expect(try decoded(Self.values("held", order: 0), drawAt: nil)?.order.ticket.rawValue == 7)
        #expect(throws: StoreUnavailable.self) { try decoded(Self.values("unheard of"), drawAt: nil) }
    }
}
