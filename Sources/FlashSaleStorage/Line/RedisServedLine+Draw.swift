public import FlashSale
import Redis
import Resilience

extension RedisServedLine {
    /// Ends entering, once its time has come by Redis's clock.
    public func closeEntries(of product: ProductID, fence: Fence) async throws -> EntriesAnswer {
        let keys = LineKeys(product)
        let reply = try await redis.run(
            LineScripts.closeEntries,
            keys: [keys.sale, keys.entries],
            [RedisArgument(fence.rawValue)]
        )
        try throwIfFenced(reply, product, fence)
        switch reply.word {
        case "early": return .early(.milliseconds(try reply.integer(1)))
        case "closed":
            return .closed(
                firstTicket: try reply.integer(1),
                lastEntry: try reply.integer(2),
                count: Int(try reply.integer(3))
            )
        case "missing": return .missing
        default: throw reply.unexpected()
        }
    }

    /// Reads a page of what people have entered.
    public func entries(of product: ProductID, fence: Fence, before: Int, limit: Int) async throws -> EntryPage? {
        let keys = LineKeys(product)
        let reply = try await redis.run(
            LineScripts.entries,
            keys: [keys.sale, keys.entries],
            [
                RedisArgument(fence.rawValue), RedisArgument(product.rawValue), RedisArgument(before),
                RedisArgument(limit),
            ]
        )
        try throwIfFenced(reply, product, fence)
        switch reply.word {
        case "entries": return EntryPage(read: Int(try reply.integer(1)), text: try reply.bytes(2))
        case "missing": return nil
        default: throw reply.unexpected()
        }
    }

    /// Gives a chunk of the drawn their places.
    public func place(_ chunk: DrawnChunk, fence: Fence) async throws -> Int? {
        let keys = LineKeys(chunk.product)
        let reply = try await redis.run(
            LineScripts.place,
            keys: [keys.sale, keys.drawn, keys.left, keys.entries],
            [
                RedisArgument(fence.rawValue), RedisArgument(chunk.product.rawValue), RedisArgument(chunk.nonce),
                RedisArgument(chunk.rank), RedisArgument(chunk.ticket), RedisArgument(chunk.total),
                RedisArgument(chunk.text),
            ]
        )
        try throwIfFenced(reply, chunk.product, fence)
        crashPoints.reach(.drawPlaced)
        switch reply.word {
        case "placed": return Int(try reply.integer(1))
        case "missing": return nil
        default: throw reply.unexpected()
        }
    }

    /// Takes some of the drawn.
    public func claimDrawn(
        _ product: ProductID,
        fence: Fence,
        limit: Int,
        dropLimit: Int
    ) async throws -> ClaimAnswer {
        let list = LineKeys(product).drawn
        return try await claim(product, from: list, fence: fence, limit: limit, dropLimit: dropLimit)
    }
}
