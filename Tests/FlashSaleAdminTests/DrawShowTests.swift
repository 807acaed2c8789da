import FlashSale
import Foundation
import Testing

@testable import FlashSaleAdmin

@Suite("Draws: what is typed and printed")
struct DrawShowTests {
    private func draw(isFixed: Bool, isDrawn: Bool, beacon: DrawBeacon? = nil) throws -> DrawRecord {
        let product = try #require(ProductID(7))
        let bytes = try #require(DrawDigest(Array(repeating: 7, count: 32)))
        let seed = DrawSeed(bytes)
        return DrawRecord(
            product: product,
            terms: DrawTerms(drawAt: Timestamp(milliseconds: 1_800_000_000_000), beacon: beacon),
            seed: seed,
            commitment: seed.commitment(for: product, beacon: beacon),
            beaconValue: nil,
            roster: isFixed ? FixedRoster(entrants: 3, root: bytes, lastTicket: 10, lineNonce: "n") : nil,
            isDrawn: isDrawn,
            isPlaced: false
        )
    }

    @Test("The seed is shown once the draw is made, and never before, neither as text nor as JSON")
    func seed() throws {
        for (isFixed, isDrawn) in [(false, false), (true, false), (true, true)] {
            var draw = try draw(isFixed: isFixed, isDrawn: isDrawn)
            draw.roster?.root = draw.commitment
            let secret = draw.seed.secret.description
            #expect(draw.facts(entrantsSoFar: 12).contains(secret) == isDrawn)
            #expect(draw.json.rendered.contains(secret) == isDrawn)
            #expect(!"\(draw)".contains(secret))
        }
    }

    @Test("How far a draw has come is said in words, with its entrants and tickets")
    func words() throws {
        let entering = try draw(isFixed: false, isDrawn: false).facts(entrantsSoFar: 12)
        #expect(entering.contains("people enter") && entering.contains("Entrants so far  12"))
        #expect(try !draw(isFixed: false, isDrawn: false).facts(entrantsSoFar: nil).contains("so far"))
        let beacon = try #require(DrawBeacon(chain: .quicknet, round: 1_000))
        let waiting = try draw(isFixed: true, isDrawn: false, beacon: beacon).facts(entrantsSoFar: nil)
        #expect(waiting.contains("fixed, waits for its beacon") && waiting.contains("round 1000 of quicknet"))
        let drawn = try draw(isFixed: true, isDrawn: true).facts(entrantsSoFar: nil)
        #expect(drawn.contains("places are being given") && drawn.contains("8 to 10, in drawn order"))
    }

    @Test("The document has every member that the API's has, null where nothing is known yet")
    func json() throws {
        let draw = try draw(isFixed: false, isDrawn: false)
        let text = draw.json.rendered
        let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(Set(object.keys) == Set(draw.document.members.map(\.name)))
        #expect(object["state"] as? String == "entering" && object["root"] is NSNull && object["seed"] is NSNull)
    }

    @Test(
        "A signature that is not written in hexadecimal digits is refused before any store is asked",
        arguments: ["", "xyz", "abc"]
    )
    func signature(text: String) async throws {
        let command = try parse(
            DrawBeaconCommand.self,
            "draw",
            "beacon",
            "7",
            "--signature",
            text,
            "--data",
            "/nowhere"
        )
        await #expect(throws: InvalidValue.self) { try await command.run() }
    }
}
