/// What one event does to an order: the whole state machine, as a pure function.
///
/// Storage carries the transition out in one transaction, under the locks of product, order and event, in that order.
public struct OrderTransition: Hashable, Sendable {
    /// The order afterwards; nil when there is none, because the ticket is not decided yet or ended without one.
    public var state: OrderState?
    /// What happens to the order's units.
    public var stock: StockMove = .none
    /// What the shop is told; nil for nothing.
    public var message: OutboxEvent?
    /// What whoever sent the event is told.
    public var answer: Answer

    /// What happens to an order's units.
    public enum StockMove: Hashable, Sendable {
        /// Nothing.
        case none
        /// They go back on sale: the next in line gets them.
        case giveBack
        /// They are taken from what is available, for a payment that came late.
        case takeAgain
    }

    /// What whoever sent an event is told.
    public enum Answer: Hashable, Sendable {
        /// The event has had its effect.
        case done
        /// The event has had its effect before, or there is nothing left for it to do.
        case again
        /// A payment event whose order is not there yet: kept, and applied by the transaction that creates the order.
        case waiting
        /// A late payment: the units were still there, the order is complete.
        case recovered
        /// A late payment: the units are gone, the money has to go back.
        case refundDue
        /// A payment event that contradicts what is known: kept for a person to look at.
        case conflicting
        /// The event can't have any effect any more.
        case refused(Refusal)
    }

    /// Why a hold can't be checked out or given back.
    public enum Refusal: Hashable, Sendable {
        /// There is no such hold.
        case notFound
        /// It ran out.
        case expired
        /// It was given back.
        case released
        /// It became an order, and that order is past this.
        case used
    }

    /// What an event does.
    ///
    /// - Parameters:
    ///   - event: What happens.
    ///   - state: The order; nil when there is none.
    ///   - canTakeAgain: Whether a late payment finds units enough, and no other live order of its user.
    ///   - willNeverExist: Whether the ticket was decided without an order, so that no order can come of it.
    public init(
        _ event: OrderEvent,
        on state: OrderState?,
        canTakeAgain: Bool = false,
        willNeverExist: Bool = false
    ) {
        guard let state else {
            self = Self.withoutOrder(event, willNeverExist)
            return
        }
        switch event {
        case .checkout: self = Self.checkout(state)
        case .paid: self = Self.paid(state, canTakeAgain)
        case .failed: self = Self.failed(state)
        case .expired: self = Self.expired(state)
        case .givenBack: self = Self.givenBack(state)
        }
    }

    /// What the available stock gains; negative for what it loses.
    ///
    /// - Parameter quantity: The order's units.
    public func units(of quantity: Int) -> Int {
        switch stock {
        case .none: 0
        case .giveBack: quantity
        case .takeAgain: -quantity
        }
    }

    private init(
        _ state: OrderState?,
        _ answer: Answer,
        stock: StockMove = .none,
        message: OutboxEvent? = nil
    ) {
        self.state = state
        self.stock = stock
        self.message = message
        self.answer = answer
    }

    private static func withoutOrder(_ event: OrderEvent, _ willNeverExist: Bool) -> OrderTransition {
        switch event {
        case .checkout, .givenBack: OrderTransition(nil, .refused(.notFound))
        // Charged for a place that got nothing: the one way out is the money back.
        case .paid where willNeverExist: OrderTransition(nil, .refundDue, message: .refundDue)
        case .failed where willNeverExist: OrderTransition(nil, .again)
        case .paid, .failed: OrderTransition(nil, .waiting)
        case .expired: OrderTransition(nil, .again)
        }
    }

    private static func checkout(_ state: OrderState) -> OrderTransition {
        guard state.wasHeld else { return OrderTransition(state, .refused(.notFound)) }
        switch state.status {
        case .held: return OrderTransition(state.with(.pending, isCheckedOut: true), .done)
        // Also paid before it was checked out: there is nothing left to check out, and nothing wrong.
        case .pending, .completed: return OrderTransition(state, .again)
        case .cancelled, .expired, .refundDue: return OrderTransition(state, .refused(refusal(of: state)))
        }
    }

    /// Money decides: whoever has paid gets the units if there is any way, and exactly one refund if there is none.
    private static func paid(_ state: OrderState, _ canTakeAgain: Bool) -> OrderTransition {
        switch state.status {
        case .held, .pending:
            return OrderTransition(state.with(.completed, isPaid: true), .done, message: .completed)
        case .completed:
            return state.isPaid
                ? OrderTransition(state, .again) : OrderTransition(state.with(.completed, isPaid: true), .done)
        case .cancelled, .expired:
            guard canTakeAgain else {
                return OrderTransition(state.with(.refundDue, isPaid: true), .refundDue, message: .refundDue)
            }
            return OrderTransition(
                state.with(.completed, isPaid: true),
                .recovered,
                stock: .takeAgain,
                message: .completed
            )
        case .refundDue:
            return OrderTransition(state, .again)
        }
    }

    private static func failed(_ state: OrderState) -> OrderTransition {
        switch state.status {
        case .held, .pending:
            OrderTransition(state.with(.cancelled, isCheckedOut: true), .done, stock: .giveBack, message: .cancelled)
        case .cancelled, .expired: OrderTransition(state, .again)
        case .completed, .refundDue: OrderTransition(state, .conflicting)
        }
    }

    private static func expired(_ state: OrderState) -> OrderTransition {
        switch state.status {
        case .held, .pending: OrderTransition(state.with(.expired), .done, stock: .giveBack, message: .expired)
        case .completed, .cancelled, .expired, .refundDue: OrderTransition(state, .again)
        }
    }

    private static func givenBack(_ state: OrderState) -> OrderTransition {
        guard state.wasHeld else { return OrderTransition(state, .refused(.notFound)) }
        switch state.status {
        case .held: return OrderTransition(state.with(.cancelled), .done, stock: .giveBack, message: .cancelled)
        case .cancelled where !state.isCheckedOut: return OrderTransition(state, .again)
        case .pending, .completed: return OrderTransition(state, .refused(.used))
        case .cancelled, .expired, .refundDue: return OrderTransition(state, .refused(refusal(of: state)))
        }
    }

    /// Why nothing can be done with a hold that is over.
    private static func refusal(of state: OrderState) -> Refusal {
        switch state.status {
        case .cancelled where !state.isCheckedOut: .released
        case .expired where !state.isCheckedOut: .expired
        case .held, .pending, .completed, .cancelled, .expired, .refundDue: .used
        }
    }
}

extension OrderState {
    fileprivate func with(
        _ status: OrderStatus,
        isCheckedOut: Bool? = nil,
        isPaid: Bool? = nil
    ) -> OrderState {
        OrderState(
            status: status,
            wasHeld: wasHeld,
            isCheckedOut: isCheckedOut ?? self.isCheckedOut,
            isPaid: isPaid ?? self.isPaid
        )
    }
}
