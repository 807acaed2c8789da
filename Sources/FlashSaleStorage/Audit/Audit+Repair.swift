public import FlashSale
import MariaDB
import Redis
import Resilience

/// What a repair did.
public struct AuditRepair: Hashable, Sendable {
    /// What was mended, in words for an operator.
    public var action: String
    /// How many of them.
    public var count: Int

    /// What a repair did.
    public init(action: String, count: Int) {
        self.action = action
        self.count = count
    }
}

extension Audit {
    /// Mends what has exactly one right answer: what Redis shows of MariaDB's truth, and what is left lying in Redis.
    ///
    /// MariaDB's orders, decisions and stock are never touched. Keys that are none of ours are left alone. A product
    /// that a worker serves gets its stock from that worker: its version rises, so that it is published anew. A second
    /// repair finds nothing to do.
    ///
    /// - Throws: ``UnknownProduct``, ``StoreUnavailable``, ``OutcomeUnknown``.
    public func repair(of product: ProductID? = nil) async throws -> [AuditRepair] {
        var repairs: [AuditRepair] = []
        do {
            for product in try await products(product) { repairs += try await repair(product.id) }
            repairs += try await repairCarts(of: product)
        } catch {
            throw StoreUnavailable.telling(error, "Redis did not take the repair")
        }
        return repairs
    }

    private func repair(_ product: ProductID) async throws -> [AuditRepair] {
        let line = try await LineReader(redis: redis).readState(of: product)
        let copies = CopyAudit(redis: redis, database: database, rowLimit: rowLimit)
        let truth = try await copies.truth(of: product)
        guard CopyAudit.whyNotQuiet(line, truth) == nil else { return [] }
        var repairs: [AuditRepair] = []
        let outcomes = OutcomeAudit(redis: redis, database: database, product: product, changes: line.changes)
        if let mended = try await outcomes.mend(), mended > 0 {
            repairs.append(AuditRepair(action: "outcomes of product \(product) written as decided", count: mended))
        }
        if line.marks > 0 {
            let keys = LineKeys(product)
            let reply = try await redis.run(
                AuditScripts.dropMarks,
                keys: [keys.left, keys.queue, keys.processing],
                []
            )
            if reply.word == "dropped" {
                let marks = Int(try reply.integer(1))
                repairs.append(AuditRepair(action: "marks of people who left product \(product) dropped", count: marks))
            }
        }
        if let repair = try await repairStock(line, truth) { repairs.append(repair) }
        return repairs
    }

    /// Only whoever serves a product knows which commit came last: its worker, or else this process under the last
    /// fence.
    ///
    /// A line that is sold out for Redis alone is left to a person: tickets may have been dropped.
    private func repairStock(_ line: LineSnapshot, _ truth: CopyAudit.Truth) async throws -> AuditRepair? {
        let product = truth.product
        let stale = CopyAudit.rows(line, truth, soldOut: product.soldOutAfter != nil && !truth.isServed).count
        guard stale > 0 else { return nil }
        if truth.isServed {
            try await publishAnew(product.id)
            return AuditRepair(action: "copies of product \(product.id)'s stock written by its worker", count: stale)
        }
        let fence = try await database.onConnection { connection in
            let row = try connection.query(
                "SELECT fence FROM leases WHERE product_id = ?",
                [.integer(product.id.rawValue)]
            ).first
            return Fence(Int64(try row?.int("fence") ?? 0))
        }
        do {
            try await RedisServedLine(redis: redis).show([], of: product, fence: fence)
            return AuditRepair(action: "copies of product \(product.id)'s stock written", count: stale)
        } catch is Fenced {
            // A worker came in between, and has published the product.
            return nil
        }
    }

    /// Lets the worker publish a product, and waits for it: a worker looks within a second.
    private func publishAnew(_ product: ProductID) async throws {
        try await database.onConnection { connection in
            _ = try connection.execute(
                "UPDATE products SET version = version + 1 WHERE id = ?",
                [.integer(product.rawValue)]
            )
        }
        try await RedisServedLine(redis: redis).wake(product)
        let copies = CopyAudit(redis: redis, database: database, rowLimit: rowLimit)
        let deadline = ContinuousClock.now.advanced(by: Self.workerPatience)
        while ContinuousClock.now < deadline {
            let line = try await LineReader(redis: redis).readState(of: product)
            if CopyAudit.rows(line, try await copies.truth(of: product), soldOut: false).isEmpty { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw StoreUnavailable(reason: "the worker that serves product \(product) did not publish it anew in time")
    }

    private static let workerPatience = Duration.seconds(5)

    private func repairCarts(of product: ProductID?) async throws -> [AuditRepair] {
        var lives: [String: Int] = [:]
        for product in try await products(product) { lives[":{\(product.id)}"] = product.limits.cartSeconds }
        var mended = 0
        _ = try await KeyAudit(redis: redis, rowLimit: rowLimit).scan(product) { finding in
            guard case .endless(let cart) = finding, let brace = cart.lastIndex(of: "{"), brace > cart.startIndex,
                let life = lives[String(cart[cart.index(before: brace)...])]
            else { return }
            // NX: whoever gave it a life meanwhile is right.
            let expire = RedisCommand("EXPIRE", key: cart, [RedisArgument(life), "NX"])
            mended += Int(try await redis.send(expire).integer())
        }
        return mended > 0 ? [AuditRepair(action: "carts without an end given one", count: mended)] : []
    }
}
