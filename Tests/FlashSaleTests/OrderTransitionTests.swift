import FlashSale
import Testing

/// The order state machine, each pair of state and event by its one right answer.
@Suite("Orders: the state machine")
struct OrderTransitionTests {
    /// Every state that an order can be in, by a name.
    static let states: KeyValuePairs<String, OrderState> = [
        "held": OrderState(fresh: .hold),
        "pending": OrderState(status: .pending, wasHeld: true, isCheckedOut: true, isPaid: false),
        "pending, no hold": OrderState(fresh: .payment),
        "completed": OrderState(status: .completed, wasHeld: true, isCheckedOut: true, isPaid: true),
        "completed, paid early": OrderState(status: .completed, wasHeld: true, isCheckedOut: false, isPaid: true),
        "completed, unpaid": OrderState(fresh: .instant),
        "completed, no hold": OrderState(status: .completed, wasHeld: false, isCheckedOut: true, isPaid: true),
        "given back": OrderState(status: .cancelled, wasHeld: true, isCheckedOut: false, isPaid: false),
        "failed": OrderState(status: .cancelled, wasHeld: true, isCheckedOut: true, isPaid: false),
        "failed, no hold": OrderState(status: .cancelled, wasHeld: false, isCheckedOut: true, isPaid: false),
        "hold ran out": OrderState(status: .expired, wasHeld: true, isCheckedOut: false, isPaid: false),
        "order ran out": OrderState(status: .expired, wasHeld: true, isCheckedOut: true, isPaid: false),
        "ran out, no hold": OrderState(status: .expired, wasHeld: false, isCheckedOut: true, isPaid: false),
        "refund due, no hold": OrderState(status: .refundDue, wasHeld: false, isCheckedOut: true, isPaid: true),
        "refund due": OrderState(status: .refundDue, wasHeld: true, isCheckedOut: true, isPaid: true),
        "refund due, hold ran out": OrderState(status: .refundDue, wasHeld: true, isCheckedOut: false, isPaid: true),
    ]

    /// State → the answers to checkout, paid with units left, paid without, failed, expired, given back.
    ///
    /// `→` names the new status, `+` and `-` the units, `!` the message.
    static let table: [String: [String]] = [
        "held": [
            "done→pending", "done→completed!order.completed", "done→completed!order.completed",
            "done→cancelled+!order.cancelled", "done→expired+!order.expired", "done→cancelled+!order.cancelled",
        ],
        "pending": [
            "again", "done→completed!order.completed", "done→completed!order.completed",
            "done→cancelled+!order.cancelled", "done→expired+!order.expired", "used",
        ],
        "pending, no hold": [
            "notFound", "done→completed!order.completed", "done→completed!order.completed",
            "done→cancelled+!order.cancelled", "done→expired+!order.expired", "notFound",
        ],
        "completed": ["again", "again", "again", "conflicting", "again", "used"],
        "completed, paid early": ["again", "again", "again", "conflicting", "again", "used"],
        "completed, unpaid": ["notFound", "done→completed", "done→completed", "conflicting", "again", "notFound"],
        "completed, no hold": ["notFound", "again", "again", "conflicting", "again", "notFound"],
        "given back": [
            "released", "recovered→completed-!order.completed", "refundDue→refund_due!refund.due", "again", "again",
            "again",
        ],
        "failed": [
            "used", "recovered→completed-!order.completed", "refundDue→refund_due!refund.due", "again", "again", "used",
        ],
        "failed, no hold": [
            "notFound", "recovered→completed-!order.completed", "refundDue→refund_due!refund.due", "again", "again",
            "notFound",
        ],
        "hold ran out": [
            "expired", "recovered→completed-!order.completed", "refundDue→refund_due!refund.due", "again", "again",
            "expired",
        ],
        "order ran out": [
            "used", "recovered→completed-!order.completed", "refundDue→refund_due!refund.due", "again", "again", "used",
        ],
        "ran out, no hold": [
            "notFound", "recovered→completed-!order.completed", "refundDue→refund_due!refund.due", "again", "again",
            "notFound",
        ],
        "refund due, no hold": ["notFound", "again", "again", "conflicting", "again", "notFound"],
        "refund due": ["used", "again", "again", "conflicting", "again", "used"],
        "refund due, hold ran out": ["used", "again", "again", "conflicting", "again", "used"],
        "none": ["notFound", "waiting", "waiting", "waiting", "again", "notFound"],
        "none, decided": ["notFound", "refundDue!refund.due", "refundDue!refund.due", "again", "again", "notFound"],
    ]

    @Test("Every pair of state and event has the answer of the table")
    func everyPair() throws {
        for (name, state) in Self.states { #expect(Self.row(state) == Self.table[name], "\(name)") }
        #expect(Self.row(nil) == Self.table["none"])
        #expect(Self.row(nil, willNeverExist: true) == Self.table["none, decided"])
        #expect(Self.table.count == Self.states.count + 2)
    }

    @Test("The table has every state that events can lead to")
    func closedUnderEvents() {
        var known = Set(Self.states.map(\.value))
        let fresh = Checkout.allCases.map(OrderState.init(fresh:))
        var reached = Set(fresh)
        var next = fresh
        while let state = next.popLast() {
            for event in OrderEvent.allCases {
                for canTakeAgain in [true, false] {
                    guard let after = OrderTransition(event, on: state, canTakeAgain: canTakeAgain).state,
                        reached.insert(after).inserted
                    else { continue }
                    next.append(after)
                }
            }
        }
        known.formUnion(fresh)
        #expect(reached.subtracting(known).isEmpty)
        #expect(known.subtracting(reached).isEmpty, "a state that nothing leads to")
    }

    @Test("Nothing leads out of completed and refund due, and units come back at most once")
    func finalStates() {
        for (_, state) in Self.states {
            for event in OrderEvent.allCases {
                let transition = OrderTransition(event, on: state, canTakeAgain: true)
                if state.status == .completed || state.status == .refundDue {
                    #expect(transition.state?.status == state.status)
                    #expect(transition.stock == .none)
                }
                #expect(
                    (transition.stock == .giveBack) == (state.status.isLive && transition.state?.status.isLive == false)
                )
                #expect(
                    (transition.stock == .takeAgain)
                        == (!state.status.isLive && transition.state?.status.isLive == true)
                )
            }
        }
    }

    private static func row(_ state: OrderState?, willNeverExist: Bool = false) -> [String] {
        let events: [(OrderEvent, Bool)] = [
            (.checkout, false), (.paid, true), (.paid, false), (.failed, false), (.expired, false), (.givenBack, false),
        ]
        return events.map { event, canTakeAgain in
            text(
                OrderTransition(event, on: state, canTakeAgain: canTakeAgain, willNeverExist: willNeverExist),
                before: state
            )
        }
    }

    private static func text(_ transition: OrderTransition, before: OrderState?) -> String {
        let answer =
            switch transition.answer {
            case .done: "done"
            case .again: "again"
            case .waiting: "waiting"
            case .recovered: "recovered"
            case .refundDue: "refundDue"
            case .conflicting: "conflicting"
            case .refused(let refusal): "\(refusal)"
            }
        let state = transition.state == before ? "" : "→" + (transition.state?.status.rawValue ?? "none")
        let units =
            switch transition.stock {
            case .none: ""
            case .giveBack: "+"
            case .takeAgain: "-"
            }
        return answer + state + units + (transition.message.map { "!" + $0.rawValue } ?? "")
    }
}
