import FlashSale
import HTTPTypes
import Testing

/// What the API tells of draws.
@Suite("Draws")
struct DrawRouteTests {
    private static let drawAt = Shop.noon
    private static let path = "/api/products/1/draw"

    /// A shop whose product is drawn, among ann, bob and cid.
    private func shop(_ state: DrawDocument.State) throws -> (shop: Shop, draw: DrawRecord) {
        var product = try Shop.product()
        product.access = .draw(DrawTerms(drawAt: Self.drawAt))
        let seed = DrawSeed(try #require(DrawDigest(Array(repeating: 7, count: 32))))
        let commitment = seed.commitment(for: product.id, beacon: nil)
        let salt = DrawSalt(product: product.id, commitment: commitment)
        let text = Array("1 1 ann\n3 2 bob\n4 1 cid\n".utf8)
        let page = try RosterPage(number: 0, text: text, read: 4, salt: salt)
        let roster = FixedRoster(entrants: 3, root: page.root, lastTicket: 4, lineNonce: "n")
        let draw = DrawRecord(
            product: product.id,
            terms: DrawTerms(drawAt: Self.drawAt),
            seed: seed,
            commitment: commitment,
            beaconValue: nil,
            roster: state == .entering ? nil : roster,
            isDrawn: state == .drawn,
            isPlaced: state == .drawn
        )
        var shop = try Shop(product)
        shop.draws = MemoryDrawDesk(record: draw, pages: [page])
        shop.drawKey = try DrawSigningKey(String(repeating: "0a", count: 32))
        return (shop, draw)
    }

    @Test("A product that is not drawn has no draw", arguments: ["", "/roster", "/decisions", "/proof/ann"])
    func none(part: String) async throws {
        try await Shop().test { client in
            let answer = try await client.send(.get, Self.path + part)
            #expect(answer.status == 404 && answer.code == "draw_not_found")
        }
    }

    @Test("Before the draw the commitment is public, and neither the seed nor who has entered")
    func entering() async throws {
        let (shop, draw) = try shop(.entering)
        try await shop.test { client in
            let answer = try await client.send(.get, Self.path)
            #expect(answer.status == 200 && answer.json["state"] as? String == "entering")
            #expect(answer.json["commitment"] as? String == draw.commitment.description)
            #expect(!answer.text.contains(draw.seed.secret.description))
            #expect(answer.headers[.cacheControl] == "public, max-age=1")
            for part in ["/roster", "/decisions", "/proof/ann"] {
                let refused = try await client.send(.get, Self.path + part)
                #expect(refused.status == 409 && refused.code == "roster_not_fixed")
            }
            let product = try await client.send(.get, "/api/products/1")
            #expect(product.json["access"] as? String == "draw")
            #expect(product.json["draw_url"] as? String == Self.path)
        }
    }

    @Test("Once the roster is fixed it is public, and a proof leads to its root; the seed is still nobody's")
    func fixed() async throws {
        let (shop, draw) = try shop(.fixed)
        let roster = try #require(draw.roster)
        try await shop.test { client in
            let answer = try await client.send(.get, Self.path)
            #expect(answer.json["root"] as? String == roster.root.description)
            #expect(!answer.text.contains(draw.seed.secret.description))
            let text = try await client.send(.get, "\(Self.path)/roster")
            #expect(text.headers[.contentType] == "text/plain; charset=utf-8")
            let lines = text.text.split(separator: "\n")
            #expect(lines.count == 4 && lines[3] == "end 3 \(roster.root)")
            #expect(lines[1] == "3 \(draw.document.salt.hash(try UserID("bob"))) 2")
            let proof = try await client.send(.get, "\(Self.path)/proof/bob")
            #expect(proof.json["line"] as? String == String(lines[1]))
            #expect(proof.json["index"] as? Int == 1 && proof.json["rank"] == nil)
            let siblings = try #require(proof.json["siblings"] as? [String]).compactMap { DrawDigest(hex: $0) }
            let entry = RosterEntry(number: 3, user: draw.document.salt.hash(try UserID("bob")), quantity: 2)
            #expect(MerkleProof(index: 1, count: 3, siblings: siblings).proves(entry.leaf, in: roster.root))
            let nobody = try await client.send(.get, "\(Self.path)/proof/nobody")
            #expect(nobody.status == 404 && nobody.code == "not_in_draw")
        }
    }

    @Test("After the draw everything is public and signed, and a verification of it finds nothing")
    func drawn() async throws {
        let (made, draw) = try shop(.drawn)
        var shop = made
        let order = try #require(draw.document.key).order(count: 3)
        let users = try ["ann", "bob", "cid"].map { draw.document.salt.hash(try UserID($0)) }
        shop.draws.decisions = try order.enumerated().map { rank, place in
            let ticket = try #require(Ticket(2 + Int64(rank)))
            return DrawnDecision(ticket: ticket, user: users[Int(place)], outcome: .decided(.completed))
        }
        let publicKey = shop.drawKey?.publicKey
        try await shop.test { client in
            let answer = try await client.send(.get, Self.path)
            var members: [String: DrawDocument.Value] = [:]
            for (name, value) in answer.json {
                members[name] = (value as? String).map { .text($0) } ?? (value as? Int64).map { .number($0) } ?? .null
            }
            let document = try DrawDocument(members: members)
            #expect(document.result?.seed == draw.seed && document.isSealed)
            var verification = DrawVerification(document, publicKey: publicKey)
            let roster = try await client.send(.get, "\(Self.path)/roster").text
            Array(roster.utf8).withUnsafeBytes { verification.readRoster($0) }
            verification.endRoster()
            let decisions = try await client.send(.get, "\(Self.path)/decisions").text
            Array(decisions.utf8).withUnsafeBytes { verification.readDecisions($0) }
            let verdict = verification.end()
            #expect(verdict.findings.isEmpty && verdict.decisions == 3)
            let proof = try await client.send(.get, "\(Self.path)/proof/bob")
            let rank = try #require(proof.json["rank"] as? Int)
            #expect(order[rank] == 1 && proof.json["ticket"] as? Int == 2 + rank)
        }
    }

    @Test("Whoever has entered is told the entry's number, how many have entered, and when the draw is")
    func standing() async throws {
        let (shop, _) = try shop(.entering)
        try await shop.test { client in
            _ = try await client.join(#"{"user_id":"alice"}"#)
            shop.line.decide(.alice, of: .first, as: .entered)
            let answer = try await client.send(.get, "/api/products/1/queue/alice")
            #expect(answer.json["status"] as? String == "entered" && answer.json["entry"] as? Int == 1)
            #expect(answer.json["ticket"] == nil && answer.json["order_id"] == nil)
        }
    }
}
