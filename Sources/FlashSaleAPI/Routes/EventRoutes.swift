import FlashSale
import HTTPTypes
import Hummingbird

/// A user's standing, sent as it changes.
struct EventRoutes: Sendable {
    let queue: QueueService
    let streams: EventStreams

    /// `GET /api/products/{id}/queue/{user_id}/events`.
    func endpoints() -> [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/api/products/{id}/queue/{user_id}/events",
                operation: Endpoint.Operation(
                    id: "watchStanding",
                    summary: "The user's standing as server-sent events, until it is final.",
                    description: """
                        `standing` carries a Standing, at once and whenever it changes; places that only move up are told \
                        once a second at most. `reconnect` is the last event of a stream that the server ends: ask again \
                        after `retry`. An open stream keeps the cart alive, as asking does.
                        """,
                    parameters: [
                        Endpoint.Parameter(
                            name: "Last-Event-ID",
                            place: .header,
                            schema: [
                                "type": "string", "description": "The id of the last event: it is not sent again.",
                            ]
                        )
                    ],
                    answers: [
                        Endpoint.Answer(
                            status: .ok,
                            description: "The events.",
                            schema: "Events",
                            mediaType: MediaType.events
                        ),
                        Endpoint.Answer(
                            status: .noContent,
                            description: "The last event was final: there is nothing more to wait for.",
                            schema: nil
                        ),
                    ],
                    problems: [.productNotFound, .notInLine, .invalidField, .unavailable]
                ),
                isAdmittedByServices: true,
                handler: watch
            )
        ]
    }

    private func watch(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        return try await watch(request, product, try context.user())
    }

    /// Sends a user's standing as it changes, whoever has said who it is.
    func watch(_ request: Request, _ product: ProductID, _ user: UserID) async throws -> Response {
        let permit = request.method == .head ? nil : try streams.reserve()
        guard let standing = try await queue.status(of: user, for: product, .watch) else { throw Problem.notInLine }
        let lastSeen = request.headers[.lastEventID]
        if standing.status.isFinal, lastSeen == EventText.id(of: standing, nil) { return .noContent }
        guard let feed = streams.feed(of: product) else { throw Problem.unavailable }
        let body = ResponseBody { writer in
            let slot = EventSlot()
            await feed.add(slot, standing, lastSeen: lastSeen)
            do {
                // The connection's end cancels this task, and that ends the slot.
                while try await Self.passOn(slot, to: &writer) {}
                await feed.remove(slot)
                withExtendedLifetime(permit) {}
                try await writer.finish(nil)
            } catch {
                await feed.remove(slot)
                throw error
            }
        }
        var headers = HTTPFields()
        headers[.contentType] = MediaType.events
        headers[.cacheControl] = CacheRule.never.rawValue
        headers[.accelBuffering] = "no"
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Not written out in the loop above: there the last event would be kept until the next one comes.
    ///
    /// - Returns: Whether there may be more.
    private static func passOn(_ slot: EventSlot, to writer: inout any ResponseBodyWriter) async throws -> Bool {
        guard let bytes = await slot.next() else { return false }
        try await writer.write(bytes)
        return true
    }
}

extension HTTPField.Name {
    /// What a client of server-sent events has seen last.
    fileprivate static let lastEventID = token("Last-Event-ID")
    /// Tells nginx not to collect the events before it passes them on.
    fileprivate static let accelBuffering = token("X-Accel-Buffering")

    private static func token(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a token") }
        return name
    }
}
