import FlashSale

extension MemoryBooks {
    func productsToSweep() -> [ProductID] {
        shelves.filter { shelf in shelf.orders.contains { $0.isUnshown || isDue($0.order) } }.map(\.product.id)
    }

    func sweep(_ product: ProductID, fence: Fence, limit: Int) throws -> OrderSweep {
        try compareFence(fence, of: product)
        let index = product.index
        let heldBefore = shelves[index].held
        var expired = 0
        for row in shelves[index].orders.indices where expired < limit && isDue(shelves[index].orders[row].order) {
            let transition = OrderTransition(.expired, on: shelves[index].orders[row].order.state)
            apply(.expired, transition, index, row)
            expired += 1
        }
        let changed = Array(shelves[index].orders.filter(\.isUnshown).prefix(limit).map(\.order))
        let shelf = shelves[index]
        if shelf.product.availableStock == 0, heldBefore == 0, shelf.product.soldOutAfter == nil {
            openSoldOutRange(index, after: shelf.lastKnownTicket)
            paths.count(.soldOutBySweep)
        }
        return OrderSweep(
            product: shelves[index].product,
            expired: expired,
            changed: changed,
            isCutShort: expired == limit || changed.count == limit
        )
    }

    func markShown(_ sweep: OrderSweep) {
        let index = sweep.product.id.index
        for order in sweep.changed {
            guard let row = shelves[index].orderIndex(order.id.ticket),
                shelves[index].orders[row].order.status == order.status
            else { continue }
            shelves[index].orders[row].isUnshown = false
        }
    }

    /// Checks a hold out, or gives it back.
    func change(_ id: OrderID, by event: OrderEvent) {
        let index = id.product.index
        let row = shelves[index].orderIndex(id.ticket)
        let order = row.map { shelves[index].orders[$0].order }
        let isOver = order.map { isDue($0) && $0.status == .held } ?? false
        let transition = OrderTransition(isOver ? .expired : event, on: order?.state)
        guard let row else { return }
        if isOver {
            paths.count(.expiredAtCheckout)
        } else if transition.answer == .done {
            paths.count(event == .checkout ? .orderCheckedOut : .orderGivenBack)
        }
        apply(isOver ? .expired : event, transition, index, row)
    }

    /// Takes a payment event in; returns whether the line has to be told.
    func record(_ event: PaymentEvent) -> Bool {
        let index = event.order.product.index
        let ticket = event.order.ticket
        // An id is known to all products.
        guard !shelves.contains(where: { $0.events.contains { $0.event.id == event.id } }) else {
            paths.count(.eventDuplicate)
            return true
        }
        guard let row = shelves[index].orderIndex(ticket) else {
            shelves[index].events.append(Shelf.EventRow(event: event, result: .waiting))
            guard shelves[index].isDecided(ticket) else {
                paths.count(.eventEarly)
                return false
            }
            resolveWithoutOrder(index, shelves[index].events.count - 1)
            return true
        }
        let order = shelves[index].orders[row].order
        guard event.amount == order.amount else {
            paths.count(.eventConflicting)
            shelves[index].events.append(Shelf.EventRow(event: event, result: .conflicting))
            return false
        }
        let canTakeAgain =
            !order.status.isLive && shelves[index].product.availableStock >= order.quantity
            && shelves[index].liveOrder(of: order.user) == nil
        let transition = OrderTransition(event.orderEvent, on: order.state, canTakeAgain: canTakeAgain)
        let result = PaymentResult(transition.answer)
        if result == .recovered { paths.count(.paymentLate) }
        if result == .processed, event.status == .failed { paths.count(.paymentFailed) }
        apply(event.orderEvent, transition, index, row, payment: event.id)
        shelves[index].events.append(Shelf.EventRow(event: event, result: result))
        return true
    }

    func isDue(_ order: Order) -> Bool { order.expiresAt.map { $0.milliseconds <= now } ?? false }

    /// Carries a transition out; one that leaves the order as it is needs no writing.
    private func apply(
        _ event: OrderEvent,
        _ transition: OrderTransition,
        _ index: Int,
        _ row: Int,
        payment: String? = nil
    ) {
        let order = shelves[index].orders[row].order
        guard let state = transition.state, state != order.state else { return }
        if event == .expired { paths.count(.orderExpired) }
        let paymentEnd = now + Int64(shelves[index].product.limits.paymentSeconds) * 1_000
        shelves[index].orders[row].order.state = state
        shelves[index].orders[row].order.expiresAt =
            state.status == .pending ? Timestamp(milliseconds: paymentEnd) : nil
        shelves[index].orders[row].isUnshown = true
        changes += 1
        if transition.stock != .none { moveUnits(index, transition.units(of: order.quantity), of: order.id.ticket) }
        if let message = transition.message { tell(index, order.id.ticket, message, payment) }
    }
}

// MARK: What an operator changes

extension MemoryBooks {
    /// Puts units on sale, or takes some away that nobody has; returns the product to tell the line of.
    func moveStock(of product: ProductID, by units: Int) -> Product {
        let index = product.index
        let units = max(units, -shelves[index].product.availableStock)
        if units < 0 { paths.count(.unitsWithdrawn) }
        if units != 0 {
            shelves[index].product.totalStock += max(units, 0)
            moveUnits(index, units, of: nil)
            shelves[index].product.totalStock += min(units, 0)
        }
        return nextVersion(index)
    }

    func setPaused(_ product: ProductID, _ isPaused: Bool) -> Product {
        shelves[product.index].product.isPaused = isPaused
        return nextVersion(product.index)
    }

    func setPrice(_ product: ProductID, _ price: Money) -> Product {
        shelves[product.index].product.price = price
        shelves[product.index].isPricePending = true
        return nextVersion(product.index)
    }

    private func nextVersion(_ index: Int) -> Product {
        shelves[index].product.version += 1
        return shelves[index].product
    }
}
