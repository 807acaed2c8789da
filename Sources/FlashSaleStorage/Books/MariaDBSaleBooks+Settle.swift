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
            recovered.isRecovered = true
            return try await settleOnce(recovered, of: product, fence: fence)
        }
    }

    private func settleOnce(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim {
        let batchSize = batchSize
        return try await database.inTransaction { connection in
            try SettlementTurn(claim, of: product, fence: fence, size: batchSize, connection).settle()
        }
    }
}
