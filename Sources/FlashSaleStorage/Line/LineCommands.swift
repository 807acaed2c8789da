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
        /// The arguments of `enqueue` between the ticket and the users.
        let rules: ByteBuffer
        /// All of `standing` up to the product.
        let standing: ByteBuffer
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

    /// Writes the script `enqueue` with its keys and arguments.
    func writeEnqueue(
        _ requests: [JoinRequest],
        for product: ProductID,
        highest: HandedOutTickets.Highest,
        to encoder: inout RedisCommandEncoder
    ) {
        let parts = parts(of: product)
        encoder.begin(count: 12 + 2 * requests.count)
        encoder.write(parts.enqueue)
        encoder.write(highest.nonce)
        encoder.write(highest.ticket)
        encoder.write(parts.rules)
        for request in requests {
            encoder.write(request.user.rawValue)
            encoder.write(Int64(request.quantity))
        }
    }

    /// Writes the script `standing` with its keys and arguments.
    func writeStanding(
        of users: some Collection<UserID>,
        for product: ProductID,
        renewsCarts: Bool,
        highest: HandedOutTickets.Highest,
        to encoder: inout RedisCommandEncoder
    ) {
        let parts = parts(of: product)
        encoder.begin(count: 9 + users.count)
        encoder.write(parts.standing)
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
        return Parts(
            enqueue: RedisCommandEncoder.pieces([
                "EVALSHA", LineScripts.enqueue.sha1, "4", keys.sale, keys.queue, keys.outcomes, keys.pace,
                product.description,
            ]),
            rules: RedisCommandEncoder.pieces([String(repeatedCallsPerMinute), renewsCarts ? "1" : "0"]),
            standing: RedisCommandEncoder.pieces([
                "EVALSHA", LineScripts.standing.sha1, "2", keys.sale, keys.outcomes, product.description,
            ])
        )
    }
}
