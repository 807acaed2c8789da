import FlashSale

/// Holds, orders and payments behind MariaDB's breaker.
struct GuardedOrderDesk: OrderDesk {
    let desk: any OrderDesk
    let store: GuardedStore

    func order(_ id: OrderID) async throws -> Order? {
        try await store.run { try await desk.order(id) }
    }

    func orders(_ page: OrderPage) async throws -> [Order] {
        try await store.run { try await desk.orders(page) }
    }

    func checkOut(_ hold: OrderID) async throws -> HoldAnswer {
        try await store.run { try await desk.checkOut(hold) }
    }

    func giveBack(_ hold: OrderID) async throws -> HoldAnswer {
        try await store.run { try await desk.giveBack(hold) }
    }

    func record(_ event: PaymentEvent) async throws -> PaymentAnswer {
        try await store.run { try await desk.record(event) }
    }
}
