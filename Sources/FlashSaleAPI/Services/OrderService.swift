import FlashSale

/// Holds and orders: reading them, checking a hold out, giving it back.
///
/// Each call is admitted, made and counted here, and its refusal becomes a ``Problem``.
struct OrderService: Sendable {
    let desk: any OrderDesk
    let gate: RequestGate
    let metrics: OrderMetrics

    /// An order, whatever became of it; nil when the ticket has none.
    func order(_ id: OrderID) async throws -> Order? { try await gate.admit { try await desk.order(id) } }

    /// One page of orders.
    func orders(_ page: OrderPage) async throws -> [Order] { try await gate.admit { try await desk.orders(page) } }

    /// An order that was made of a hold.
    struct CheckedOut: Hashable, Sendable {
        var order: Order
        /// Whether that was done now.
        var isNew: Bool
    }

    /// Turns a hold into an order to be paid, once.
    ///
    /// - Throws: ``Problem``, or the store's error.
    func checkOut(_ hold: OrderID) async throws -> CheckedOut {
        let answer: HoldAnswer
        do {
            answer = try await gate.admit { try await desk.checkOut(hold) }
        } catch {
            metrics.countCheckout(error.isOverload ? .overloaded : .unavailable)
            throw error
        }
        metrics.countCheckout(OrderMetrics.CheckoutResult(answer))
        switch answer {
        case .done(let order): return CheckedOut(order: order, isNew: true)
        case .again(let order): return CheckedOut(order: order, isNew: false)
        case .refused(let refusal): throw Problem(refusal: refusal)
        }
    }

    /// Gives a hold back before its time, now or before.
    ///
    /// - Throws: ``Problem``, or the store's error.
    func giveBack(_ hold: OrderID) async throws {
        if case .refused(let refusal) = try await gate.admit({ try await desk.giveBack(hold) }) {
            throw Problem(refusal: refusal)
        }
    }
}
