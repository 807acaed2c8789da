import Hummingbird

extension OrderRoutes {
    /// `/api/holds`, `/api/orders`, and what lies below them.
    func endpoints() -> [Endpoint] {
        [
            listHoldsEndpoint, readHoldEndpoint, giveBackEndpoint, checkOutEndpoint, listOrdersEndpoint,
            readOrderEndpoint,
        ]
    }

    private var listHoldsEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: APIPath.holds,
            operation: Endpoint.Operation(
                id: "listHolds",
                summary: "Live holds, by rising product and ticket, a page at a time.",
                parameters: OrderQuery.parameters(isHolds: true),
                answers: [Endpoint.Answer(status: .ok, description: "One page.", schema: "HoldList")],
                problems: [.invalidField, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: listHolds
        )
    }

    private var readHoldEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "\(APIPath.holds)/{hold_id}",
            operation: Endpoint.Operation(
                id: "readHold",
                summary: "One hold, whatever became of it.",
                answers: [Endpoint.Answer(status: .ok, description: "The hold.", schema: "Hold")],
                problems: [.holdNotFound, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: readHold
        )
    }

    private var giveBackEndpoint: Endpoint {
        Endpoint(
            method: .delete,
            path: "\(APIPath.holds)/{hold_id}",
            operation: Endpoint.Operation(
                id: "giveBackHold",
                summary: "Gives a hold back before its time: the next in line gets its units.",
                answers: [
                    Endpoint.Answer(
                        status: .noContent,
                        description: "The hold is given back, now or before.",
                        schema: nil
                    )
                ],
                problems: [.holdNotFound, .holdExpired, .holdReleased, .holdUsed, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: giveBack
        )
    }

    private var checkOutEndpoint: Endpoint {
        Endpoint(
            method: .post,
            path: APIPath.orders,
            operation: Endpoint.Operation(
                id: "checkOut",
                summary: "Turns a live hold into an order to be paid, once. Asking again is always right.",
                body: "CheckoutRequest",
                answers: [
                    Endpoint.Answer(
                        status: .created,
                        description: "The order, which waits for its payment.",
                        schema: "Order",
                        location: "Where to read the order."
                    ),
                    Endpoint.Answer(
                        status: .ok,
                        description: "The hold was checked out before: its order as it is now.",
                        schema: "Order"
                    ),
                ],
                problems: [
                    .invalidJSON, .holdNotFound, .requestTimeout, .holdExpired, .holdReleased, .holdUsed,
                    .bodyTooLarge, .unsupportedMediaType, .invalidField, .unavailable,
                ]
            ),
            isAdmittedByServices: true,
            handler: checkOut
        )
    }

    private var listOrdersEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: APIPath.orders,
            operation: Endpoint.Operation(
                id: "listOrders",
                summary: "Orders that match every filter, by rising product and ticket, a page at a time.",
                parameters: OrderQuery.parameters(isHolds: false),
                answers: [Endpoint.Answer(status: .ok, description: "One page.", schema: "OrderList")],
                problems: [.invalidField, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: listOrders
        )
    }

    private var readOrderEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "\(APIPath.orders)/{order_id}",
            operation: Endpoint.Operation(
                id: "readOrder",
                summary: "One order, a hold among them.",
                answers: [Endpoint.Answer(status: .ok, description: "The order.", schema: "Order")],
                problems: [.orderNotFound, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: readOrder
        )
    }
}
