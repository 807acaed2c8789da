import FlashSale
import FlashSaleStorage
import Redis
import Resilience
import TestSupport
import Testing

/// How the drawn get their places in the line, without a worker.
@Suite("The draw: places")
struct DrawPlacingTests {
    @Test("A chunk that is placed twice has its places once; who left after the draw's time is seen to have left")
    func twice() async throws {
        try await Sale.with { sale in
            let product = try await sale.drawnProduct().id
            for user in ["ann", "bob", "cid"] { try await sale.join(product, user) }
            try await sale.endEntering(product)
            let lease = try await sale.lease(product)
            let closed = try await sale.served.closeEntries(of: product, fence: lease.fence)
            #expect(closed == .closed(firstTicket: 0, lastEntry: 3, count: 3))
            #expect(try await sale.line().leave(product, user: try UserID("bob")) == .left)
            let nonce = try #require(try await sale.books.product(product)?.nonce)
            let chunks = [(0, "3 1 cid\n1 1 ann\n", 2), (2, "2 1 bob\n", 3)]
            for (rank, text, next) in chunks {
                let chunk = DrawnChunk(
                    product: product,
                    nonce: nonce,
                    rank: rank,
                    ticket: 1 + Int64(rank),
                    total: 3,
                    text: Array(text.utf8)
                )
                for _ in 1...2 { #expect(try await sale.served.place(chunk, fence: lease.fence) == next) }
            }
            let drawn = try await sale.redis.send(RedisCommand("LLEN", key: "flash_sale_drawn:{\(product)}"))
            #expect(drawn == .integer(3))
            for (user, ticket, status) in [("cid", 1, .queued), ("ann", 2, .queued), ("bob", 3, .left)]
                as [(String, Int64, PurchaseStatus)]
            {
                let standing = try await sale.standing(product, user)
                #expect(standing?.ticket.rawValue == ticket && standing?.status == status, "\(user)")
            }
        }
    }
}
