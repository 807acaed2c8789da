import Hummingbird

extension DrawRoutes {
    /// `GET /api/products/{id}/draw` and below.
    func endpoints() -> [Endpoint] { [drawEndpoint, rosterEndpoint, decisionsEndpoint, proofEndpoint] }

    private var drawEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "/api/products/{id}/draw",
            operation: Endpoint.Operation(
                id: "readDraw",
                summary: "Everything that is public of a draw by now.",
                description: """
                    Before the draw: what its seed is committed to with. Once entering has ended: the root of the roster. After \
                    the draw: seed, beacon and first ticket, from which anyone can compute the drawn order. Signed with \
                    Ed25519 where the shop has a key.
                    """,
                answers: [Endpoint.Answer(status: .ok, description: "The draw.", schema: "Draw")],
                problems: [.productNotFound, .drawNotFound, .unavailable]
            ),
            handler: read
        )
    }

    private var rosterEndpoint: Endpoint {
        text(
            "/api/products/{id}/draw/roster",
            Endpoint.Operation(
                id: "readRoster",
                summary: "Who has entered, in the order of entering.",
                description: """
                    A line `NUMBER USER_HASH QUANTITY` for each entry, and `end COUNT ROOT` behind the last. The hash is that of \
                    the user id with the draw's salt.
                    """,
                answers: [Self.answer("The roster.")],
                problems: [.productNotFound, .drawNotFound, .rosterNotFixed, .unavailable]
            ),
            readRoster
        )
    }

    private var decisionsEndpoint: Endpoint {
        text(
            "/api/products/{id}/draw/decisions",
            Endpoint.Operation(
                id: "readDrawDecisions",
                summary: "What was decided of the drawn, in the order of the decisions.",
                description: "A line `TICKET USER_HASH OUTCOME` for each decision, and `end COUNT` behind the last.",
                answers: [Self.answer("The decisions.")],
                problems: [.productNotFound, .drawNotFound, .rosterNotFixed, .unavailable]
            ),
            readDecisions
        )
    }

    private var proofEndpoint: Endpoint {
        Endpoint(
            method: .get,
            path: "/api/products/{id}/draw/proof/{user_id}",
            operation: Endpoint.Operation(
                id: "readDrawProof",
                summary: "What proves that a user's entry is in the roster, and its rank once the draw is made.",
                answers: [Endpoint.Answer(status: .ok, description: "The proof.", schema: "DrawProof")],
                problems: [
                    .productNotFound, .drawNotFound, .notInDraw, .rosterNotFixed, .invalidField, .unavailable,
                ]
            ),
            handler: readProof
        )
    }

    private func text(_ path: String, _ operation: Endpoint.Operation, _ handler: @escaping Endpoint.Handler)
        -> Endpoint
    {
        Endpoint(method: .get, path: path, operation: operation, handler: handler)
    }

    private static func answer(_ description: String) -> Endpoint.Answer {
        Endpoint.Answer(status: .ok, description: description, schema: "Text", mediaType: MediaType.text)
    }
}
