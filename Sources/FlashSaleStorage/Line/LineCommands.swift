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

    /// The scripts that users join with; all have the same keys and arguments.
    enum Join {
        case enqueue
        case enter
        case late

        var script: RedisScript {
            switch self {
            case .enqueue: LineScripts.enqueue
            case .enter: LineScripts.enter
            case .late: LineScripts.late
            }
        }
    }

    /// Writes a script that users join with, its keys and its arguments.
    ///
    /// - Parameter withSource: Whether the script's text is sent in place of its SHA-1: then Redis need not know it.
    func write(
        _ join: Join,
        _ requests: [JoinRequest],
        for product: ProductID,
        highest: HandedOutTickets.Highest,
        withSource: Bool,
        to encoder: inout RedisCommandEncoder
    ) {
        let parts = parts(of: product)
        encoder.begin(count: 12 + 2 * requests.count)
        switch join {
        case .enqueue where !withSource: encoder.write(parts.enqueue)
        case .enter where !withSource: encoder.write(parts.enter)
        case .enqueue, .enter, .late: encoder.write(Self.begin(join, product, withSource: withSource))
        }
        encoder.write(highest.nonce)
        encoder.write(highest.ticket)
        encoder.write(parts.rules)
        for request in requests {
            encoder.write(request.user.rawValue)
            encoder.write(Int64(request.quantity))
        }
    }

    /// The scripts that tell where users stand; both have the same keys and arguments.
    enum Status {
        case standing
        case drawStanding

        var script: RedisScript {
            switch self {
            case .standing: LineScripts.standing
            case .drawStanding: LineScripts.drawStanding
            }
        }
    }

    /// Writes a script that tells where users stand, its keys and its arguments.
    ///
    /// - Parameter withSource: Whether the script's text is sent in place of its SHA-1: then Redis need not know it.
    func write(
        _ status: Status,
        of users: [UserID],
        for product: ProductID,
        renewsCarts: Bool,
        highest: HandedOutTickets.Highest,
        withSource: Bool,
        to encoder: inout RedisCommandEncoder
    ) {
        encoder.begin(count: 9 + users.count)
        if withSource {
            encoder.write(Self.begin(status, product, withSource: true))
        } else {
            let parts = parts(of: product)
            encoder.write(status == .standing ? parts.standing : parts.drawStanding)
        }
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
        Parts(
            enqueue: Self.begin(Join.enqueue, product, withSource: false),
            enter: Self.begin(Join.enter, product, withSource: false),
            rules: RedisCommandEncoder.pieces([String(repeatedCallsPerMinute), renewsCarts ? "1" : "0"]),
            standing: Self.begin(Status.standing, product, withSource: false),
            drawStanding: Self.begin(Status.drawStanding, product, withSource: false)
        )
    }

    /// All of a command up to the product.
    private static func begin(_ join: Join, _ product: ProductID, withSource: Bool) -> ByteBuffer {
        let keys = LineKeys(product)
        return begin(join.script, [keys.sale, keys.queue, keys.outcomes, keys.pace], product, withSource: withSource)
    }

    /// All of a command up to the product.
    private static func begin(_ status: Status, _ product: ProductID, withSource: Bool) -> ByteBuffer {
        let keys = LineKeys(product)
        return begin(status.script, [keys.sale, keys.outcomes], product, withSource: withSource)
    }

    private static func begin(
        _ script: RedisScript,
        _ keys: [String],
        _ product: ProductID,
        withSource: Bool
    ) -> ByteBuffer {
        let head = withSource ? ["EVAL", script.source] : ["EVALSHA", script.sha1]
        return RedisCommandEncoder.pieces(head + [String(keys.count)] + keys + [product.description])
    }
}
