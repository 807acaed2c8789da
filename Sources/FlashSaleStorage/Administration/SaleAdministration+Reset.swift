import FlashSale
import MariaDB
import Redis
public import Resilience

extension SaleAdministration {
    /// Destroys every product, order and line: our keys in this Redis database and our tables in MariaDB, nothing else.
    ///
    /// - Parameter schema: A client whose user may drop and create tables.
    /// - Returns: How many keys were removed from Redis.
    /// - Throws: ``StoreUnavailable``.
    public func reset(schema: GuardedMariaDBClient) async throws -> Int {
        // MariaDB first: a line without its product is refused, a product without its line is opened anew.
        try await Migrator(database: schema).reset()
        // The log is new as well: its first line says why.
        let actor = actor
        try await schema.inTransaction { try OperatorLog.write(actor, "reset", nil, [:], $0) }
        do {
            return try await removeKeys()
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not remove its keys")
        }
    }

    private func removeKeys() async throws -> Int {
        var removed = 0
        for prefix in LineKeys.prefixes {
            var cursor = "0"
            repeat {
                let scan = RedisCommand(
                    "SCAN",
                    [RedisArgument(cursor), "MATCH", RedisArgument(prefix + "*"), "COUNT", "1000"]
                )
                let reply = try await redis.send(scan).array()
                cursor = try reply[0].string()
                let keys = try reply[1].array().map { RedisArgument(try $0.bytes()) }
                if !keys.isEmpty { removed += Int(try await redis.send(RedisCommand("UNLINK", keys)).integer()) }
            } while cursor != "0"
        }
        return removed
    }
}
