public import FlashSale
import MariaDB

extension MariaDBSaleBooks {
    /// Settles a claim in one transaction.
    public func settle(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim {
        do {
            return try await settleOnce(claim, of: product, fence: fence)
        } catch  where MariaDBError.kind(of: error) == .alreadyExists {
            // Decided by a commit whose reply was lost, or an order came in between: read what is there and go on from it.
            var recovered = claim
            recovered.attempts += 1
            return try await settleOnce(recovered, of: product, fence: fence)
        } catch  where MariaDBError.kind(of: error) == .entry {
            throw UnstorableEntry(cause: error)
        }
    }

    /// Decides a claim of one entry as failed, and keeps the entry as a dead letter.
    ///
    /// An entry that an earlier attempt has decided keeps that decision.
    public func putAside(
        _ claim: Claim,
        of product: ProductID,
        fence: Fence,
        reason: String
    ) async throws -> SettledClaim {
        let batchSize = batchSize
        return try await database.inTransaction { connection in
            let turn = try SettlementTurn(claim, of: product, fence: fence, size: batchSize, connection)
            return try turn.putAside(reason: reason)
        }
    }

    /// What is decided of a claim already.
    public func decisions(on claim: Claim, of product: ProductID) async throws -> [Decision] {
        let batchSize = batchSize
        let decided = try await database.onConnection { connection in
            try BatchReader(claim: claim, product: product, size: batchSize, connection).decided()
        }
        return claim.entries.compactMap { decided[$0.ticket] }
    }

    /// The last ticket that was decided, one by one or in a range that has ended, or that is a drawn entrant's.
    public func lastDecidedTicket(of product: ProductID) async throws -> Int64 {
        try await database.onConnection { connection in
            let row = try connection.query(
                """
                SELECT CAST(GREATEST(
                    COALESCE((SELECT MAX(ticket) FROM decisions WHERE product_id = ?), 0),
                    COALESCE((SELECT MAX(to_ticket) FROM ticket_ranges WHERE product_id = ?), 0),
                    COALESCE((SELECT d.last_ticket FROM draws d JOIN products p ON p.id = d.product_id
                              WHERE d.product_id = ? AND d.line_nonce = p.nonce), 0)
                ) AS SIGNED) AS ticket
                """,
                [.integer(product.rawValue), .integer(product.rawValue), .integer(product.rawValue)]
            ).first
            return Int64(try row?.int("ticket") ?? 0)
        }
    }

    private func settleOnce(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim {
        let batchSize = batchSize
        let crashPoints = crashPoints
        let settled = try await database.inTransaction { connection in
            let turn = try SettlementTurn(claim, of: product, fence: fence, size: batchSize, connection)
            let settled = try turn.settle()
            crashPoints.reach(.settleCommit)
            return settled
        }
        crashPoints.reach(.settleAfter)
        return settled
    }
}
