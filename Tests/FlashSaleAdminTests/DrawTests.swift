import ArgumentParser
import Assembly
import FlashSale
import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import FlashSaleAdmin

@Suite("draw verify")
struct DrawTests {
    private func saved(_ texts: SampleDraw.Texts) throws -> String {
        let folder = try TestFolders.make()
        try texts.write(to: folder)
        return folder.path
    }

    @Test("Whatever is damaged ends with an exit code of its own", arguments: DrawDamage.allCases)
    func damage(_ damage: DrawDamage) async throws {
        let folder = try saved(try damage.texts())
        #expect(await FlashSaleCommand.execute(["draw", "verify", folder]) == damage.kind.rawValue)
    }

    @Test("A draw that is right ends with 0: from a folder, from the document in it, and with the key that signed it")
    func right() async throws {
        let folder = try saved(try SampleDraw(entrants: 10).texts)
        let key = try SampleDraw.signingKey().publicKey
        #expect(await FlashSaleCommand.execute(["draw", "verify", folder]) == 0)
        #expect(
            await FlashSaleCommand.execute(["draw", "verify", folder + "/draw.json", "--public-key", "\(key)"]) == 0
        )
        let other = String(repeating: "0", count: 64)
        #expect(await FlashSaleCommand.execute(["draw", "verify", folder, "--public-key", other]) == 22)
        #expect(await FlashSaleCommand.execute(["draw", "verify", folder, "--public-key", "key"]) == 1)
    }

    @Test("Any byte of the document that is changed is found, by its seal if by nothing else")
    func everyByteOfTheDocument() throws {
        let draw = try SampleDraw(entrants: 2)
        let bytes = Array(draw.document.json.utf8)
        #expect(try DrawDocument(json: bytes) == draw.document)
        for index in bytes.indices {
            for mask: UInt8 in [1, 0x10, 0x40] {
                var damaged = bytes
                damaged[index] ^= mask
                let verdict: DrawVerdict
                do {
                    var texts = draw.texts
                    texts.document = try DrawDocument(json: damaged)
                    verdict = texts.verdict(publicKey: try SampleDraw.signingKey().publicKey)
                } catch let error as InvalidValue {
                    verdict = DrawVerdict(unreadable: error)
                }
                #expect(!verdict.findings.isEmpty, "byte \(index)")
            }
        }
    }

    @Test(
        "A member that cannot be read has the exit code of what it is part of",
        arguments: [
            ("seed", 11), ("beacon_round", 12), ("root", 17), ("signature", 22), ("state", 10), ("first_ticket", 10),
        ]
    )
    func unreadableMember(name: String, code: Int32) async throws {
        let texts = try SampleDraw(entrants: 2).texts
        let folder = try saved(texts)
        let json = texts.document.json.replacing("\"\(name)\":", with: "\"\(name)\":\"x\",\"was\":")
        try Data(json.utf8).write(to: URL(fileURLWithPath: folder + "/draw.json"))
        #expect(await FlashSaleCommand.execute(["draw", "verify", folder]) == code)
    }

    @Test("What cannot be had ends with 1, and no document with 10")
    func missing() async throws {
        let texts = try SampleDraw(entrants: 2).texts
        for part in DrawPlace.Part.allCases {
            let folder = try saved(texts)
            try FileManager.default.removeItem(atPath: "\(folder)/\(part.rawValue)")
            #expect(await FlashSaleCommand.execute(["draw", "verify", folder]) == 1)
        }
        let folder = try saved(texts)
        for text in ["", "{", "[]", "{}", "null"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/draw.json"))
            #expect(await FlashSaleCommand.execute(["draw", "verify", folder]) == 10, "\(text)")
        }
    }

    @Test("A draw is read from a product's address, or from its draw's")
    func address() async throws {
        let texts = try SampleDraw(entrants: 1_000).texts
        let answers = [
            "/api/products/7/draw": texts.document.json,
            "/api/products/7/draw/roster": String(decoding: texts.roster, as: UTF8.self),
            "/api/products/7/draw/decisions": String(decoding: texts.decisions, as: UTF8.self),
        ]
        try await TinyHTTPServer.with({ request in
            answers[request.path].map { (200, $0) } ?? (404, "{}")
        }) { server in
            let product = "\(server.url)/api/products/7"
            for place in [product, product + "/", product + "/draw"] {
                #expect(await FlashSaleCommand.execute(["draw", "verify", place]) == 0)
            }
            let byNumber = ["draw", "verify", "7", "--set", "api.url=\(server.url)"]
            #expect(await FlashSaleCommand.execute(byNumber) == 0)
            #expect(await FlashSaleCommand.execute(["draw", "verify", "\(server.url)/api/products/8"]) == 1)
            #expect(server.requests.withLockedValue { $0.count } == 13)
        }
        #expect(await FlashSaleCommand.execute(["draw", "verify", "http://127.0.0.1:1/api/products/7"]) == 3)
        #expect(await FlashSaleCommand.execute(["draw", "verify", "ftp://example.org/7"]) == 1)
    }

    @Test("The verdict in words and as JSON")
    func output() throws {
        let place = try DrawPlace("http://shop/api/products/7") { "" }
        let right = DrawResult(place: place, verdict: try SampleDraw(entrants: 10).texts.verdict())
        #expect(right.failure == nil)
        #expect(
            right.text == """
                Draw       http://shop/api/products/7
                Entrants   10 in the roster
                Decisions  10 compared with the drawn order
                Signature  there, over the whole document
                Verdict    right
                """
        )
        let wrong = DrawResult(place: place, verdict: try DrawDamage.seed.texts().verdict())
        #expect(wrong.failure?.exitCode == 11)
        #expect(wrong.failure?.description.hasPrefix("The seed with the beacon's chain and round is not") == true)
        #expect(wrong.text.contains("Decisions  not compared"))
        #expect(wrong.json.rendered.contains("\"exit_code\": 11"))
    }

    @Test("Every kind of finding has an exit code of its own in the help")
    func help() {
        let help = DrawVerifyCommand.helpMessage(columns: 120)
        for kind in DrawFinding.Kind.allCases { #expect(help.contains("\(kind.rawValue)  \(kind.words)")) }
    }
}
