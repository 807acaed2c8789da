import FlashSale
import HTTPTypes
import Hummingbird

/// The counter that everybody who waits can look at.
struct ProgressRoutes: Sendable {
    let board: ProgressBoard
    let catalogue: any ProductCatalogue
    let gate: RequestGate

    /// `GET /api/products/{id}/progress`.
    func endpoints() -> [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/api/products/{id}/progress",
                operation: Endpoint.Operation(
                    id: "readProgress",
                    summary: "How the line stands and moves: the same bytes for everybody within a second.",
                    parameters: [
                        Endpoint.Parameter(
                            name: "If-None-Match",
                            place: .header,
                            schema: ["type": "string", "description": "The ETag that is known already."]
                        )
                    ],
                    answers: [
                        Endpoint.Answer(status: .ok, description: "The progress, with its ETag.", schema: "Progress"),
                        Endpoint.Answer(status: .notModified, description: "It is as known.", schema: nil),
                    ],
                    problems: [.productNotFound, .unavailable]
                ),
                fast: { fastRead($0, answer: $1) },
                handler: read
            )
        ]
    }

    func read(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let product = try context.product()
        let page: ProgressBoard.Page
        do {
            page = try await board.page(of: product)
        } catch let unknown as UnknownSale {
            throw catalogue.problem(for: unknown)
        }
        return Response(answer(page, known: request.headers[.ifNoneMatch]))
    }

    /// ``read(_:_:)`` on the fast path, while the board need not look at the line first.
    func fastRead(_ request: FastRequest, answer: FastCompletion) -> Bool {
        guard gate.admits() else { return false }
        defer { gate.leave() }
        guard let product = request.product, let page = board.freshPage(of: product) else { return false }
        answer(.success(self.answer(page, known: request.ifNoneMatch.map(request.text))))
        return true
    }

    private func answer(_ page: ProgressBoard.Page, known: String?) -> Answer {
        let isKnown = EntityTag.matches(known, page.tag)
        return Answer(
            status: isKnown ? .notModified : .ok,
            cache: .oneSecond,
            entityTag: page.tag,
            body: isKnown ? nil : page.document
        )
    }
}

/// Entity tags after RFC 9110, section 8.8.3.
enum EntityTag {
    /// Whether `If-None-Match` names the tag; weak and strong are the same to it (section 13.1.2).
    static func matches(_ field: String?, _ tag: String) -> Bool {
        guard let field else { return false }
        return field.split(separator: ",").contains { part in
            var known = part.drop { $0 == " " || $0 == "\t" }
            while known.last == " " || known.last == "\t" { known.removeLast() }
            if known == "*" { return true }
            return (known.hasPrefix("W/") ? known.dropFirst(2) : known) == tag
        }
    }
}
