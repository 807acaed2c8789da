import FlashSale
import NIOCore
import Redis
import Synchronization

/// The commands of joins and polls, of which all but the user is written once for each product.
final class LineCommands: Sendable {
    /// What is the same in all commands of a product.
    private struct Parts {
        /// All of `enqueue` up to the product.
        let enqueue: ByteBuffer
        /// The same of `enter`, for a product that is drawn.
        let enter: ByteBuffer
        /// The arguments of `enqueue` between the ticket and the users.
        let rules: ByteBuffer
        /// All of `standing` up to the product.
        let standing: ByteBuffer
        /// The same of `draw_standing`, for a product that is drawn.
        let drawStanding: ByteBuffer
    }

    /// More products are not on sale at once; whoever asks for more pays for it.
    private static let mostProducts = 1_000

    private let repeatedCallsPerMinute: Int
    private let renewsCarts: Bool
    private let parts = Mutex<[ProductID: Parts]>([:])

    init(repeatedCallsPerMinute: Int, renewsCarts: Bool) {
        self.repeatedCallsPerMinute = repeatedCallsPerMinute
        self.renewsCarts = renewsCarts
    }

    /// Writes the script `enqueue` with its keys and arguments, or `enter`, which has the same.
    func writeEnqueue(
        _ requests: [JoinRequest],
        for product: ProductID,
        isDrawn: Bool,
        highest: HandedOutTickets.Highest,
        to encoder: inout RedisCommandEncoder
    ) {
        let parts = parts(of: product)
        encoder.begin(count: 12 + 2 * requests.count)
        encoder.write(isDrawn ? parts.enter : parts.enqueue)
        encoder.write(highest.nonce)
        encoder.write(highest.ticket)
        encoder.write(parts.rules)
        for request in requests {
            encoder.write(request.user.rawValue)
            encoder.write(Int64(request.quantity))
        }
    }

    /// Writes the script `standing` with its keys and arguments, or `draw_standing`, which has the same.
    func writeStanding(
        of users: some Collection<UserID>,
        for product: ProductID,
        isDrawn: Bool,
        renewsCarts: Bool,
        highest: HandedOutTickets.Highest,
        to encoder: inout RedisCommandEncoder
    ) {
        let parts = parts(of: product)
        encoder.begin(count: 9 + users.count)
        encoder.write(isDrawn ? parts.drawStanding : parts.standing)
        encoder.write(highest.nonce)
        encoder.write(highest.ticket)
        encoder.write(renewsCarts ? "1" : "0")
        for user in users { encoder.write(user.rawValue) }
    }

    private func parts(of product: ProductID) -> Parts {
        parts.withLock { known in
            if let parts = known[product] { return parts }
            if known.count >= Self.mostProducts { known = [:] }
            let parts = makeParts(product)
            known[product] = parts
            return parts
        }
    }

    private func makeParts(_ product: ProductID) -> Parts {
        let keys = LineKeys(product)
        func join(_ script: RedisScript) -> ByteBuffer {
            RedisCommandEncoder.pieces([
                "EVALSHA", script.sha1, "4", keys.sale, keys.queue, keys.outcomes, keys.pace, product.description,
            ])
        }
        func standing(_ script: RedisScript) -> ByteBuffer {
            RedisCommandEncoder.pieces([
                "EVALSHA", script.sha1, "2", keys.sale, keys.outcomes, product.description,
            ])
        }
        return Parts(
            enqueue: join(LineScripts.enqueue),
            enter: join(LineScripts.enter),
            rules: RedisCommandEncoder.pieces([String(repeatedCallsPerMinute), renewsCarts ? "1" : "0"]),
            standing: standing(LineScripts.standing),
            drawStanding: standing(LineScripts.drawStanding)
        )
    }
}
