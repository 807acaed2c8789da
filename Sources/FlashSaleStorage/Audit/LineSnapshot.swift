import FlashSale
import Redis
import Resilience

/// What Redis says of one line at one moment.
struct LineSnapshot: Sendable {
    /// Names the line's data; nil when Redis does not have it.
    var nonce: String?
    /// The ticket that was handed out last.
    var lastTicket: Int64 = 0
    /// Tickets in the queue and in the processing list.
    var inLine = TicketSet()
    /// How many more entries than tickets there are; nil when the line moved under the reader.
    var repeated: Int64?
    /// Tickets in the queue alone: whoever is being processed may be decided already.
    var queued = TicketSet()
    /// Entries of both lists, whatever they say.
    var entries = 0
    /// Marks of people who left.
    var marks = 0
    /// The cached stock.
    var stock: String?
    /// The stock as the line shows it to those who wait.
    var shownStock: String?
    /// Every ticket above this one is sold out.
    var soldOutAfter: Int64?
    /// Tickets up to this one are none of this line's.
    var firstTicket: Int64 = 0
    /// The last number that was handed out to an entry for the draw; nil where nobody has entered.
    var lastEntry: Int64?
    /// How many of the drawn have their places.
    var placedRank: Int64 = 0
    /// Counts what Redis was told about the product.
    var changes = ""
    /// The product's cached document.
    var document: [UInt8]?

    /// Whether Redis has the line that MariaDB means.
    func isLine(of product: Product) -> Bool { nonce != nil && nonce == product.nonce }
}

/// Reads lines from Redis a page at a time.
struct LineReader: Sendable {
    /// Entries of one page: Redis answers others in between.
    private static let pageSize = 2_000

    let redis: GuardedRedisClient

    /// Reads a line, its tickets included.
    ///
    /// From the left, where new entries come in: what moves meanwhile is seen twice rather than never.
    func read(_ product: ProductID) async throws -> LineSnapshot {
        let keys = LineKeys(product)
        var line = try await readState(of: product)
        let queue = try await tickets(of: keys.queue)
        let drawn = try await tickets(of: keys.drawn)
        let processing = try await tickets(of: keys.processing)
        line.queued = queue.tickets.union(drawn.tickets)
        line.inLine = line.queued.union(processing.tickets)
        line.entries = queue.entries + drawn.entries + processing.entries
        let after = try await readState(of: product)
        if after.lastTicket == line.lastTicket, after.changes == line.changes {
            line.repeated = queue.count + drawn.count + processing.count - line.inLine.count
        }
        return line
    }

    /// Reads everything but the tickets.
    func readState(of product: ProductID) async throws -> LineSnapshot {
        let keys = LineKeys(product)
        let replies = try await redis.send([
            RedisCommand(
                "HMGET",
                key: keys.sale,
                [
                    "nonce", "last_ticket", "available_stock", "sold_out_after", "first_ticket", "last_entry",
                    "placed_rank",
                ]
            ),
            RedisCommand("LLEN", key: keys.queue), RedisCommand("LLEN", key: keys.processing),
            RedisCommand("SCARD", key: keys.left), RedisCommand("GET", key: keys.stock),
            RedisCommand("GET", key: keys.productChanges), RedisCommand("GET", key: keys.productCache),
            RedisCommand("LLEN", key: keys.drawn),
        ])
        let sale = try replies[0].array().map { try $0.optionalString() }
        var line = LineSnapshot()
        line.nonce = sale[0]
        line.lastTicket = sale[1].flatMap(Int64.init) ?? 0
        line.shownStock = sale[2]
        line.soldOutAfter = sale[3].flatMap(Int64.init)
        line.firstTicket = sale[4].flatMap(Int64.init) ?? 0
        line.lastEntry = sale[5].flatMap(Int64.init)
        line.placedRank = sale[6].flatMap(Int64.init) ?? 0
        line.entries = Int(try replies[1].integer() + replies[2].integer() + replies[7].integer())
        line.marks = Int(try replies[3].integer())
        line.stock = try replies[4].optionalString()
        line.changes = try replies[5].optionalString() ?? ""
        line.document = try replies[6].optionalBytes()
        return line
    }

    private func tickets(of key: String) async throws -> (tickets: TicketSet, count: Int64, entries: Int) {
        var ranges: [ClosedRange<Int64>] = []
        var (count, entries): (Int64, Int) = (0, 0)
        while true {
            let first = entries
            let reply = try await redis.evaluate(
                AuditScripts.tickets,
                keys: [key],
                [RedisArgument(first), RedisArgument(first + Self.pageSize - 1)]
            ).array()
            let numbers = try reply.map { try $0.integer() }
            guard numbers.count >= 2, numbers[0] > 0 else { break }
            entries += Int(numbers[0])
            count += numbers[1]
            for index in stride(from: 2, to: numbers.count - 1, by: 2) {
                ranges.append(numbers[index]...numbers[index + 1])
            }
        }
        return (TicketSet(ranges), count, entries)
    }
}
