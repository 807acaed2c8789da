import FlashSale
import Testing

@Suite("Links and passes of visitors")
struct VisitorKeyTests {
    private static let now = Timestamp(microseconds: 1_796_126_400_000_000)
    private static let seconds = now.microseconds / 1_000_000
    private let key: VisitorKey
    private let other: VisitorKey
    private let product: ProductID

    init() throws {
        key = try VisitorKey("a random text of thirty-two bytes")
        other = try VisitorKey("another random text, of more bytes")
        product = try #require(ProductID(7))
    }

    private func later(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: Self.now.microseconds + seconds * 1_000_000)
    }

    /// Computed apart from us: `printf 'flashsale.enter.v1\n7\n1796126460\nAda' | openssl dgst -sha256 -hmac KEY`.
    @Test("A link's signature is what openssl makes of the same text")
    func knownSignature() {
        #expect(
            key.linkSignature(user: "Ada", product: product, expires: 1_796_126_460)
                == "857215c94decef6689cd514d3d623740ca41211dfe63e9b3b7e18daedc61e086"
        )
    }

    @Test("A link names its user until it ends, and only as it was signed")
    func links() throws {
        let expires = Self.seconds + 60
        let signature = key.linkSignature(user: "Ada", product: product, expires: expires)
        func user(
            _ name: String = "Ada",
            _ end: Int64? = nil,
            _ code: String? = nil,
            after: Int64 = 0,
            key: VisitorKey? = nil
        ) -> UserID? {
            (key ?? self.key).user(
                inLink: name,
                product: product,
                expires: end ?? expires,
                signature: code ?? signature,
                now: later(after)
            )
        }
        #expect(user()?.rawValue == "ada")
        #expect(user("bob") == nil)
        #expect(user("ada") == nil)
        #expect(user("Ada", expires + 1) == nil)
        #expect(user("Ada", expires, String(signature.dropLast(2))) == nil)
        #expect(user("Ada", expires, signature.uppercased()) == nil)
        #expect(user("Ada", expires, "") == nil)
        #expect(user(after: 60) != nil)
        #expect(user(after: 61) == nil)
        #expect(user(key: other) == nil)
        let elsewhere = key.user(
            inLink: "Ada",
            product: try #require(ProductID(8)),
            expires: expires,
            signature: signature,
            now: Self.now
        )
        #expect(elsewhere == nil)
        for end in [Int64.min, Int64.max, Self.seconds + VisitorKey.longestLinkSeconds + 1] {
            let signature = key.linkSignature(user: "ada", product: product, expires: end)
            #expect(key.user(inLink: "ada", product: product, expires: end, signature: signature, now: Self.now) == nil)
        }
    }

    @Test("A pass names its user for a week; any other byte makes it worthless")
    func passes() throws {
        let pass = key.pass(for: try UserID("a.b+c@d-e_f"), now: Self.now)
        #expect(key.user(inPass: pass, now: Self.now)?.rawValue == "a.b+c@d-e_f")
        #expect(key.user(inPass: pass, now: later(VisitorKey.passSeconds - 1)) != nil)
        #expect(key.user(inPass: pass, now: later(VisitorKey.passSeconds)) == nil)
        #expect(other.user(inPass: pass, now: Self.now) == nil)
        let bytes = Array(pass.utf8)
        for index in bytes.indices {
            var forged = bytes
            forged[index] ^= 1
            #expect(key.user(inPass: String(decoding: forged, as: UTF8.self), now: Self.now) == nil, "\(index)")
        }
        for text in ["", "::", "ada", "ada:9999999999:", "ada:9999999999:00"] {
            #expect(key.user(inPass: text, now: Self.now) == nil)
        }
    }

    @Test("A link's signature is no pass")
    func labels() throws {
        let expires = Self.seconds + 60
        let signature = key.linkSignature(user: "ada", product: product, expires: expires)
        #expect(key.user(inPass: "ada:\(expires):\(signature)", now: Self.now) == nil)
    }

    @Test("A key shows itself to nobody, and is long enough")
    func secrecy() {
        #expect("\(key) \(String(reflecting: key))" == "*** ***")
        #expect(Mirror(reflecting: key).children.isEmpty)
        for text in ["", "short", String(repeating: "x", count: 31), String(repeating: "x", count: 513)] {
            #expect(throws: InvalidValue.self) { try VisitorKey(text) }
        }
    }
}
