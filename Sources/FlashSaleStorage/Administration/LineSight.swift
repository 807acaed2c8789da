import FlashSale
import Redis
import Resilience

/// What Redis shows of a line at a glance, whatever its length.
struct LineSight {
    /// Entries that wait; none behind the last unit, who are decided already.
    var waiting = 0
    /// The place that was handed out last; nil when Redis does not have the line.
    var lastTicket: Int64?
    /// The place that was decided last.
    var servedTicket: Int64?

    /// Looks at some lines in one round trip.
    static func read(_ products: [ProductID], _ redis: GuardedRedisClient) async throws -> [ProductID: LineSight] {
        guard !products.isEmpty else { return [:] }
        let commands = products.flatMap { product in
            let keys = LineKeys(product)
            return [
                RedisCommand("LLEN", key: keys.queue),
                RedisCommand("LLEN", key: keys.processing),
                RedisCommand("LLEN", key: keys.drawn),
                RedisCommand("HMGET", key: keys.sale, ["last_ticket", "served_ticket", "sold_out_after"]),
            ]
        }
        do {
            let replies = try await redis.send(commands)
            var sights: [ProductID: LineSight] = [:]
            for (index, product) in products.enumerated() {
                let sale = try replies[4 * index + 3].array().map { try $0.optionalString().flatMap(Int64.init) }
                let entries = try replies[4 * index..<4 * index + 3].reduce(0) { try $0 + $1.integer() }
                sights[product] = LineSight(
                    waiting: sale[2] == nil ? Int(entries) : 0,
                    lastTicket: sale[0],
                    servedTicket: sale[1]
                )
            }
            return sights
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not show the lines")
        }
    }
}
