import FlashSale
import HTTPTypes
import Hummingbird

extension OperatorRoutes {
    private static let base = "/admin/api"

    /// `/admin/api/…`.
    func endpoints() -> [Endpoint] {
        reads + actions
    }

    private var reads: [Endpoint] {
        [
            Self.read(
                "overview",
                "readOverview",
                "Every sale now, workers and breakers.",
                "Overview",
                handler: overview
            ),
            Self.read(
                "products/{id}/samples",
                "readSamples",
                "How a line stood over the last while.",
                "SampleList",
                [Endpoint.Parameter(name: "span", schema: OpenAPISchemas.sampleSpan)],
                handler: samples
            ),
            Self.read(
                "failed",
                "listFailed",
                "Entries that could not be processed, the oldest first.",
                "FailedList",
                [
                    Self.limitParameter,
                    Endpoint.Parameter(name: "after", schema: OpenAPISchemas.count("The last id before.")),
                ],
                handler: failed
            ),
            Self.read(
                "payments",
                "listPaymentsOfConcern",
                "Payments that have to go back, or that a person has to look at.",
                "PaymentList",
                [Endpoint.Parameter(name: "concern", schema: OpenAPISchemas.paymentConcern), Self.limitParameter],
                handler: payments
            ),
            Self.read(
                "actions",
                "listActions",
                "What operators did, the latest first.",
                "ActionList",
                [
                    Endpoint.Parameter(name: "product_id", schema: OpenAPISchemas.productID),
                    Endpoint.Parameter(name: "before", schema: OpenAPISchemas.count("The last id of the page before.")),
                    Self.limitParameter,
                ],
                handler: actions
            ),
        ]
    }

    private var actions: [Endpoint] {
        [
            Self.action("products/{id}/pause", "pause", "Nobody joins and nobody is served.", handler: pause),
            Self.action("products/{id}/resume", "resume", "A paused line moves again.", handler: resume),
            Self.action(
                "products/{id}/restock",
                "restock",
                "Puts more units on sale.",
                body: "RestockRequest",
                handler: restock
            ),
            Self.action(
                "products/{id}/close",
                "close",
                "Ends joining now; whoever waits is served.",
                body: "CloseRequest",
                handler: close
            ),
            Self.action(
                "failed/{entry_id}/retry",
                "retryFailed",
                "Gives the user of a failed entry a new place.",
                handler: retryFailed
            ),
            Self.action(
                "failed/{entry_id}/flush",
                "flushFailed",
                "Removes a failed entry for good.",
                handler: flushFailed
            ),
        ]
    }

    private static let limitParameter = Endpoint.Parameter(name: "limit", schema: OpenAPISchemas.pageSize)

    private static func read(
        _ path: String,
        _ id: String,
        _ summary: String,
        _ schema: String,
        _ parameters: [Endpoint.Parameter] = [],
        handler: @escaping Endpoint.Handler
    ) -> Endpoint {
        Endpoint(
            method: .get,
            path: "\(base)/\(path)",
            operation: Endpoint.Operation(
                id: id,
                summary: summary,
                parameters: parameters,
                answers: [Endpoint.Answer(status: .ok, description: "The figures.", schema: schema)],
                problems: [.unauthorized, .productNotFound, .invalidField, .rateLimited, .unavailable]
            ),
            isAdmittedByServices: true,
            handler: handler
        )
    }

    private static func action(
        _ path: String,
        _ id: String,
        _ summary: String,
        body: String? = nil,
        handler: @escaping Endpoint.Handler
    ) -> Endpoint {
        let ofBody: [ProblemCode] = [.invalidJSON, .requestTimeout, .bodyTooLarge, .unsupportedMediaType]
        return Endpoint(
            method: .post,
            path: "\(base)/\(path)",
            operation: Endpoint.Operation(
                id: id,
                summary: summary,
                description: "Needs the key itself; it is put on record.",
                body: body,
                answers: [Endpoint.Answer(status: .ok, description: "It is done.", schema: "ActionResult")],
                problems: [.unauthorized, .productNotFound, .invalidField, .rateLimited, .unavailable]
                    + (body == nil ? [] : ofBody)
            ),
            isAdmittedByServices: true,
            handler: handler
        )
    }
}
