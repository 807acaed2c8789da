import FlashSale
import Foundation
import LocalServers
import TestSupport
import Testing

/// Known answers, computed apart from us with Python's hashlib and hmac; README's "The draw" has them too.
@Suite("Draw: fixed vectors")
struct DrawVectorTests {
    private let draw: SampleDraw

    init() throws { draw = try SampleDraw(entrants: 10) }

    @Test("Commitment, salt, user, leaf, root, key and order, each from the ones before")
    func scheme() throws {
        let document = draw.document
        let seed = try #require(document.result?.seed)
        #expect("\(seed.secret)" == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        #expect("\(document.commitment)" == "a77e9e4da3e46ea39a7ebc31d732b4b3709dde7f4e91571eb0e875ea83f023ae")
        #expect(
            "\(seed.commitment(for: document.product, beacon: nil))"
                == "9958cc04c642d2bd3f3e0d58ab6a1344604b5708ebaf9fd88f5e18aa95664532"
        )
        #expect("\(document.salt.digest)" == "0cc9a43d2ebebf39f7d1c158057e7cefe90ba57a53e6f645cd6a42800fbe0c63")
        #expect("\(draw.roster[0].user)" == "e6a068ef94cd0ffb6a10e77773bd4c9656bc91fead27af8e66803ea047016ea5")
        #expect(draw.roster[2].line == "3 ca2a0b7101f95c39933b761aa36acee31261c34f78705bbfc7f73652e04422df 2")
        #expect("\(draw.roster[0].leaf)" == "2b953b8aa3a364efcbcb3d04881a5172f570267edc5755639b71b8b669ac3ed8")
        let root = try #require(document.roster?.root)
        #expect("\(root)" == "1d3580fc38aaefc373738543433109d14eab6c5ec73dafb1e63f2201abfaf00a")
        #expect("\(MerkleRoot().root)" == "a3816f9751e363f488b728e16a125e909ecde4ce908a632c2948ae7cb6bffa8a")
        let key = try #require(document.key)
        #expect("\(key.digest)" == "ad966840970d1e860194c53c4cb1b240fd77fcaef91ac536a4bed814d6d3432b")
        let without = DrawKey(product: document.product, seed: seed, root: root, randomness: nil)
        #expect("\(without.digest)" == "ec1f1a3161d1a8b5397254adcd3b6d1e3c9dc0261c69a7b42d3176eb65b5f04a")
        #expect(key.order(count: 10) == [3, 2, 7, 1, 9, 5, 8, 0, 6, 4])
        #expect(key.order(count: 0).isEmpty)
        #expect(key.order(count: 1) == [0])
    }

    @Test("The Python verifier has the same numbers")
    func python() async throws {
        let key = try #require(draw.document.key)
        let order = try await PythonVerifier.evaluate("list(drawn_order(bytes.fromhex('\(key.digest)'), 10))")
        #expect(order == "[3, 2, 7, 1, 9, 5, 8, 0, 6, 4]\n")
        let root = try await PythonVerifier.evaluate("merkle_root([]).hex()")
        #expect(root == "\(MerkleRoot().root)\n")
        let salt = try await PythonVerifier.evaluate(
            "H(b'salt', bytes(7) + bytes([7]), bytes.fromhex('\(draw.document.commitment)')).hex()"
        )
        #expect(salt == "\(draw.document.salt.digest)\n")
    }

    @Test("The files of the vector are this draw, and right for the Python verifier too")
    func files() async throws {
        let texts = draw.texts
        for (name, text) in [
            ("draw.json", Array(texts.document.json.utf8)), ("roster.txt", texts.roster),
            ("decisions.txt", texts.decisions),
        ] {
            #expect(try Data(contentsOf: PythonVerifier.vector.appendingPathComponent(name)) == Data(text), "\(name)")
        }
        let python = try await PythonVerifier.verify(PythonVerifier.vector)
        #expect(python.exit == .code(0))
        let verdict = texts.verdict()
        #expect(verdict.findings.isEmpty)
    }

    @Test("The signed text is a line for each member, and its signature is Ed25519's, which is the same each time")
    func seal() throws {
        let lines = draw.document.signedText.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(4) == [
                "algorithm=flashsale-draw-v1", "product_id=7", "state=drawn", "draw_at=2023-08-23T15:00:00.000Z",
            ]
        )
        #expect(lines.count == 14 && lines.last?.isEmpty == true)
        #expect(draw.document.isSealed)
        let again = try SampleDraw.signingKey().sealing(draw.document)
        #expect(again == draw.document)
        var entering = draw.document
        entering.progress = .entering
        #expect(!entering.isSealed)
        #expect(
            entering.signedText.hasSuffix(
                "\nentrants=\nroot=\nfirst_ticket=\nseed=\nbeacon_signature=\nbeacon_randomness=\n"
            )
        )
    }

    /// RFC 8032, section 7.1, test 1: the key that signs an empty message there.
    @Test("A signing key's public key is the one of RFC 8032")
    func publicKey() throws {
        let key = try DrawSigningKey("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        #expect("\(key.publicKey)" == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        #expect(try DrawSigningKey(key.secretText) == key)
        #expect("\(key) \(String(reflecting: key))" == "*** ***")
        #expect(Mirror(reflecting: key).children.isEmpty)
        #expect(try DrawSigningKey.random() != DrawSigningKey.random())
        for text in ["", "9d", String(repeating: "0", count: 63), String(repeating: "G", count: 64)] {
            #expect(throws: InvalidValue.self) { try DrawSigningKey(text) }
        }
    }

    @Test("A seed shows itself to nobody, and is another one each time")
    func seeds() {
        let seed = DrawSeed.random()
        #expect(seed != DrawSeed.random())
        #expect("\(seed) \(String(reflecting: seed))" == "*** ***")
        #expect(Mirror(reflecting: seed).children.isEmpty)
    }

    @Test("A document is read as it was written, whatever its progress")
    func documents() throws {
        let roster = try #require(draw.document.roster)
        for progress in [DrawDocument.Progress.entering, .fixed(roster), draw.document.progress] {
            for beacon in [draw.document.beacon, nil] {
                var document = draw.document
                document.progress = progress
                document.beacon = beacon
                let seal = try #require(document.seal)
                var members = Dictionary(uniqueKeysWithValues: document.members.map { ($0.name, $0.value) })
                #expect(DrawDocument.memberNames.prefix(13) == document.members.map(\.name)[...])
                members["links"] = .text("ignored")
                document.seal = nil
                #expect(try DrawDocument(members: members) == document)
                members["public_key"] = .text("\(seal.publicKey)")
                #expect(throws: InvalidValue.self) { try DrawDocument(members: members) }
                members["signature"] = .text(
                    seal.signature.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                )
                document.seal = seal
                #expect(try DrawDocument(members: members) == document)
            }
        }
    }

    @Test("A member of another form is named", arguments: DrawDocument.memberNames.prefix(13))
    func wrongMembers(name: String) throws {
        var members = Dictionary(uniqueKeysWithValues: draw.document.members.map { ($0.name, $0.value) })
        let wrong: [DrawDocument.Value] = [.text("x"), .text(""), .number(-1), .number(.max), .text("0001")]
        for value in wrong {
            members[name] = value
            let error = #expect(throws: InvalidValue.self) { try DrawDocument(members: members) }
            #expect(error?.field == name)
        }
    }
}
