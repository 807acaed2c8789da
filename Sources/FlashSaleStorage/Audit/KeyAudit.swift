import FlashSale
import Redis
import Resilience

/// Invariant 9 over all keys: no key that is none of ours, and every cart with an end.
struct KeyAudit: Sendable {
    /// Keys of one page: Redis answers others in between.
    private static let pageSize = 5_000

    let redis: GuardedRedisClient
    let rowLimit: Int

    /// A key that should not be as it is.
    enum Finding: Sendable {
        /// No key of ours starts like this.
        case stray(String)
        /// A cart that never ends.
        case endless(String)
    }

    func run(of product: ProductID?) async throws -> AuditFindings {
        var findings = AuditFindings(rowLimit: rowLimit)
        let start = ContinuousClock.now
        let keys = try await scan(product) { finding in
            switch finding {
            case .stray(let key):
                findings.add(AuditRow("the key is none of ours", [.init("key", key)]), to: .leftovers)
            case .endless(let key):
                findings.add(AuditRow("the cart has no TTL", [.init("key", key)]), to: .leftovers)
            }
        }
        findings.count(keys, for: .leftovers)
        findings.spend(start.duration(to: .now), on: .leftovers)
        return findings
    }

    /// Looks at every key, or at those of one product.
    ///
    /// - Returns: How many keys there are; one that moves within Redis meanwhile may count twice.
    func scan(_ product: ProductID?, _ body: (Finding) async throws -> Void) async throws -> Int {
        let pattern = product.map { "*:{\($0)}" } ?? "*"
        var cursor = "0"
        var keys = 0
        repeat {
            let reply = try await redis.evaluate(
                AuditScripts.keys,
                keys: [],
                [RedisArgument(cursor), RedisArgument(pattern), RedisArgument(Self.pageSize)]
                    + LineKeys.prefixes.map { RedisArgument($0) }
            ).array()
            guard reply.count >= 2 else { throw StoreUnavailable(reason: "the script audit_keys gave a short reply") }
            cursor = try reply[0].string()
            keys += Int(try reply[1].integer())
            for index in stride(from: 2, to: reply.count - 1, by: 2) {
                let key = String(decoding: try reply[index + 1].bytes(), as: UTF8.self)
                try await body(try reply[index].string() == "stray" ? .stray(key) : .endless(key))
            }
        } while cursor != "0"
        return keys
    }
}
