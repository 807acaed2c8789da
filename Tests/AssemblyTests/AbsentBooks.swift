import FlashSale
import Redis
import Synchronization

/// A MariaDB that is not there, and how often it was asked.
final class AbsentBooks: SaleBooks, OrderDesk {
    private let asked = Mutex(0)

    /// How often it was asked.
    var calls: Int { asked.withLock { $0 } }

    private func fail<Answer>() throws -> Answer {
        asked.withLock { $0 += 1 }
        throw StoreUnavailable(reason: "no answer", cause: RedisError(.notConnected, "refused"))
    }

    func renewLeases(worker: String, for duration: Duration, maximum: Int) async throws -> [Lease] { try fail() }
    func releaseLeases(worker: String) async throws { try fail() as Void }
    func settle(_ claim: Claim, of product: ProductID, fence: Fence) async throws -> SettledClaim { try fail() }
    func putAside(_ claim: Claim, of product: ProductID, fence: Fence, reason: String) async throws -> SettledClaim {
        try fail()
    }
    func decisions(on claim: Claim, of product: ProductID) async throws -> [Decision] { try fail() }
    func outcomes(of product: ProductID, after ticket: Int64, limit: Int) async throws -> OutcomePage { try fail() }
    func lastDecidedTicket(of product: ProductID) async throws -> Int64 { try fail() }
    func nameLine(of product: ProductID, nonce: String) async throws -> (product: Product, isNew: Bool) { try fail() }
    func recordLostLine(
        of product: ProductID,
        newNonce: String,
        fence: Fence
    ) async throws -> (product: Product, lastTicket: Int64) { try fail() }
    func reopen(_ product: ProductID, lastTicket: Int64, fence: Fence) async throws -> Product { try fail() }
    func productsToSweep(limit: Int) async throws -> [ProductID] { try fail() }
    func sweep(_ product: ProductID, fence: Fence, limit: Int) async throws -> OrderSweep { try fail() }
    func markShown(_ sweep: OrderSweep) async throws { try fail() as Void }

    func order(_ id: OrderID) async throws -> Order? { try fail() }
    func orders(_ page: OrderPage) async throws -> [Order] { try fail() }
    func checkOut(_ hold: OrderID) async throws -> HoldAnswer { try fail() }
    func giveBack(_ hold: OrderID) async throws -> HoldAnswer { try fail() }
    func record(_ event: PaymentEvent) async throws -> PaymentAnswer { try fail() }

    func product(_ id: ProductID) async throws -> Product? { try fail() }
}
