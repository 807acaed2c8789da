import FlashSale
import HTTPTypes
import Hummingbird
import NIOCore

/// What anyone needs to check a draw.
struct DrawRoutes: Sendable {
    let desk: any DrawDesk
    /// Signs the documents; nil for documents that nobody vouches for.
    let signingKey: DrawSigningKey?
    /// Draws as they were a second ago at most: a crowd looks at the moment of the draw.
    private let known = SharedAnswers<ProductID, DrawRecord?>(lifetime: .seconds(1))

    /// Pages of the roster that are read together; each is hashed, and sent, before the next ones are read.
    private static let pagesPerRead = 4
    /// Decisions that are read together.
    private static let decisionsPerRead = 2_000

    init(desk: any DrawDesk, signingKey: DrawSigningKey?) {
        self.desk = desk
        self.signingKey = signingKey
    }

    func read(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let draw = try await draw(of: try context.product())
        let document = signingKey.map { $0.sealing(draw.document) } ?? draw.document
        return Response(status: .ok, cache: .oneSecond, body: ByteBuffer(string: document.json))
    }

    func readRoster(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (draw, roster) = try await fixed(try context.product())
        let salt = draw.document.salt
        return stream { writer in
            var next = 0
            while true {
                let pages = try await desk.rosterPages(of: draw.product, from: next, limit: Self.pagesPerRead)
                for page in pages { try await writer.write(try await Self.lines(of: page, salt)) }
                next += pages.count
                if pages.count < Self.pagesPerRead { break }
            }
            let end = RosterEntry.endLine(count: roster.entrants, root: roster.root)
            try await writer.write(ByteBuffer(string: end + "\n"))
        }
    }

    func readDecisions(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let (draw, _) = try await fixed(try context.product())
        return stream { writer in
            var (last, count): (Int64, Int) = (0, 0)
            while true {
                let decisions = try await desk.decisions(on: draw, after: last, limit: Self.decisionsPerRead)
                guard let ticket = decisions.last?.ticket.rawValue else { break }
                last = ticket
                count += decisions.count
                var text: [UInt8] = []
                for decision in decisions { decision.write(to: &text) }
                try await writer.write(ByteBuffer(bytes: text))
            }
            try await writer.write(ByteBuffer(string: DrawnDecision.endLine(count: count) + "\n"))
        }
    }

    func readProof(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await proof(of: try context.user(), for: try context.product())
    }

    /// Answers what proves a user's entry, whoever has said who it is.
    func proof(of user: UserID, for product: ProductID) async throws -> Response {
        let (draw, roster) = try await fixed(product)
        guard let proof = try await desk.proof(of: user, in: draw) else { throw Self.notInDraw }
        let body = DrawProofDocument.document(proof, of: user, in: draw, roster)
        return Response(status: .ok, cache: .never, body: body)
    }

    /// A product's draw; at most a second old.
    ///
    /// - Throws: 404 `draw_not_found`.
    func draw(of product: ProductID) async throws -> DrawRecord {
        guard let draw = try await known.value(product, { try await desk.draw(of: product) }) else {
            throw Problem(
                .drawNotFound,
                "Nothing is drawn here: there is no such product, or it is sold first come, first served."
            )
        }
        return draw
    }

    private func fixed(_ product: ProductID) async throws -> (DrawRecord, FixedRoster) {
        let draw = try await draw(of: product)
        guard let roster = draw.roster else {
            throw Problem(
                .rosterNotFixed,
                "People enter until \(draw.terms.drawAt); the roster is published soon after."
            )
        }
        return (draw, roster)
    }

    private static let notInDraw = Problem(
        .notInDraw,
        "This user is not in the roster: they did not enter, or had left."
    )

    /// Not where requests are taken in: hashing the users of a page takes some milliseconds.
    @concurrent
    private static func lines(of page: RosterPage, _ salt: DrawSalt) async throws -> ByteBuffer {
        var text: [UInt8] = []
        text.reserveCapacity(page.entries * 84)
        for entry in try RosterPage.entries(of: page.text) { entry.hashed(with: salt).write(to: &text) }
        return ByteBuffer(bytes: text)
    }

    /// A text of any length, sent as it is made; one that ends early was cut off.
    private func stream(
        _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = MediaType.text
        headers[.cacheControl] = CacheRule.oneSecond.rawValue
        let body = ResponseBody { writer in
            try await write(&writer)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}
