import Hummingbird

extension QueueRoutes {
    /// `POST /api/products/{id}/queue`, and `GET` and `DELETE` below it.
    func endpoints() -> [Endpoint] { [joinEndpoint, standingEndpoint, leaveEndpoint] }

    private var joinEndpoint: Endpoint {
        Endpoint(
            method: .post,
            path: "/api/products/{id}/queue",
            operation: Endpoint.Operation(
                id: "joinQueue",
                summary: "Joins the line. Asking again is always right: it finds the place that was taken.",
                body: "JoinRequest",
                answers: [
                    Endpoint.Answer(
                        status: .accepted,
                        description: "A new place at the end of the line. It survives any crash.",
                        schema: "Standing",
                        location: "Where to ask for the standing."
                    ),
                    Endpoint.Answer(
                        status: .ok,
                        description: "The user waits already, or the outcome is known already.",
                        schema: "Standing"
                    ),
                ],
                problems: [
                    .invalidJSON, .productNotFound, .requestTimeout, .saleNotOpen, .saleClosed, .soldOut,
                    .alreadyPurchased, .bodyTooLarge, .unsupportedMediaType, .invalidField, .rateLimited, .paused,
                    .queueFull, .unavailable,
                ]
            ),
            isAdmittedByServices: true,
            fast: fastJoin,
            handler: join
        )
    }

    private var standingEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "/api/products/{id}/queue/{user_id}",
            operation: Endpoint.Operation(
                id: "readStanding",
                summary: "Where the user stands. Asking keeps the cart alive, unless the shop has switched that off.",
                answers: [Endpoint.Answer(status: .ok, description: "The standing.", schema: "Standing")],
                problems: [.productNotFound, .notInLine, .invalidField, .unavailable]
            ),
            isAdmittedByServices: true,
            fast: fastStanding,
            handler: standing
        )
    }

    private var leaveEndpoint: Endpoint {
        Endpoint(
            method: .delete,
            path: "/api/products/{id}/queue/{user_id}",
            operation: Endpoint.Operation(
                id: "leaveQueue",
                summary: "Gives the place up.",
                answers: [Endpoint.Answer(status: .noContent, description: "The place is given up.", schema: nil)],
                problems: [.productNotFound, .notInLine, .alreadyDecided, .invalidField, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: leave
        )
    }
}
