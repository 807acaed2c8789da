import FlashSale
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import FlashSaleAPI

@Suite("Who may use the operator's listener")
struct OperatorAccessTests {
    private static let bearer: HTTPFields = [.authorization: "Bearer \(OperatorShop.key)"]
    private static let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]

    @Test("Without a key every route but the login form and its style refuses, and does nothing")
    func denied() async throws {
        let shop = try OperatorShop()
        let routes = shop.api.buildRouter().routes.map { (method: $0.method, path: $0.path.description) }
        #expect(routes.count == 25)
        try await shop.test { client in
            for route in routes {
                let path = route.path.replacing("{action}", with: "pause")
                    .replacing(#/\{[a-z_]+\}/#, with: "1")
                let isOpen = path == "/login" || path.hasPrefix("/assets/")
                let bad: [HTTPFields] = [
                    [:], [.authorization: "Bearer not-the-key-of-the-operator"], [.authorization: "Basic YTpi"],
                    [.cookie: "flashsale_operator=v1.9999999999.1.00"],
                ]
                for headers in bad where !isOpen {
                    let answer = try await client.execute(uri: path, method: route.method, headers: headers)
                    let isRefused = answer.status == .unauthorized || answer.headers[.location] == "/login"
                    #expect(isRefused || answer.status == .tooManyRequests, "\(route.method) \(path) \(headers)")
                }
            }
        }
        #expect(shop.desk.actions.isEmpty)
        #expect(shop.desk.state.withLock(\.reads) == 0)
    }

    @Test("With the key the API answers, and acts under the console's name")
    func key() async throws {
        let shop = try OperatorShop()
        try await shop.test { client in
            let overview = try await client.execute(uri: "/admin/api/overview", method: .get, headers: Self.bearer)
            #expect(overview.status == .ok)
            #expect(String(buffer: overview.body).contains(#""waiting":1234"#))
            let pause = try await client.execute(
                uri: "/admin/api/products/1/pause",
                method: .post,
                headers: Self.bearer
            )
            #expect(pause.status == .ok)
            let other = try await client.execute(
                uri: "/admin/api/products/9/pause",
                method: .post,
                headers: Self.bearer
            )
            #expect(other.status == .notFound)
        }
        #expect(shop.desk.actions == [.pause(.first)])
    }

    @Test("Closing needs the product's number twice, restocking a sensible number")
    func confirmed() async throws {
        let shop = try OperatorShop()
        let close = "/admin/api/products/1/close"
        try await shop.test { client in
            for (path, body, status) in [
                (close, "{}", 422), (close, #"{"confirm":2}"#, 422), (close, #"{"confirm":1}"#, 200),
                ("/admin/api/products/1/restock", #"{"units":0}"#, 422),
                ("/admin/api/products/1/restock", #"{"units":5}"#, 200),
            ] {
                let answer = try await client.execute(
                    uri: path,
                    method: .post,
                    headers: Self.bearer,
                    body: ByteBuffer(string: body)
                )
                #expect(answer.status.code == status, "\(path) \(body)")
            }
        }
        #expect(shop.desk.actions == [.close(.first), .restock(.first, units: 5)])
    }

    @Test("A session reads the API, and changes nothing there")
    func sessionReads() async throws {
        let shop = try OperatorShop()
        let cookie: HTTPFields = [.cookie: "other=1; \(shop.session.cookie)"]
        try await shop.test { client in
            let read = try await client.execute(uri: "/admin/api/overview", method: .get, headers: cookie)
            #expect(read.status == .ok)
            let write = try await client.execute(uri: "/admin/api/products/1/pause", method: .post, headers: cookie)
            #expect(write.status == .unauthorized)
        }
        #expect(shop.desk.actions.isEmpty)
    }

    @Test("A login gives a cookie that scripts cannot read, which opens the console until it ends")
    func login() async throws {
        let shop = try OperatorShop()
        try await shop.test { client in
            let login = try await client.execute(
                uri: "/login",
                method: .post,
                headers: Self.form,
                body: ByteBuffer(string: "key=\(OperatorShop.key)")
            )
            #expect(login.status == .seeOther)
            let field = try #require(login.headers[.setCookie])
            #expect(field.contains("HttpOnly") && field.contains("SameSite=Strict") && field.contains("Max-Age=43200"))
            let cookie: HTTPFields = [.cookie: String(field.prefix { $0 != ";" })]
            let page = try await client.execute(uri: "/", method: .get, headers: cookie)
            #expect(page.status == .ok)
            #expect(String(buffer: page.body).contains("1,234"))
            shop.now.value = Timestamp(microseconds: Shop.noon.microseconds + 43_201_000_000)
            #expect(try await client.execute(uri: "/", method: .get, headers: cookie).status == .seeOther)
        }
    }

    @Test("After ten wrong keys in a minute none is looked at, not even the right one; sessions go on")
    func limited() async throws {
        let shop = try OperatorShop()
        try await shop.test { client in
            for _ in 0..<FailedAttempts.limit {
                let wrong = try await client.execute(
                    uri: "/login",
                    method: .post,
                    headers: Self.form,
                    body: ByteBuffer(string: "key=not-the-key-of-the-operator")
                )
                #expect(wrong.status == .unauthorized)
            }
            let right = try await client.execute(uri: "/admin/api/overview", method: .get, headers: Self.bearer)
            #expect(right.status == .tooManyRequests)
            #expect(right.headers[.retryAfter] == "60")
            let session: HTTPFields = [.cookie: shop.session.cookie]
            #expect(try await client.execute(uri: "/", method: .get, headers: session).status == .ok)
            shop.now.value = Timestamp(microseconds: Shop.noon.microseconds + 61_000_000)
            let later = try await client.execute(uri: "/admin/api/overview", method: .get, headers: Self.bearer)
            #expect(later.status == .ok)
        }
    }

    @Test("A form without its session's token, or with another's, does nothing")
    func foreignForm() async throws {
        let shop = try OperatorShop()
        let other = shop.keys.formToken(of: shop.keys.session(at: Shop.noon, nonce: 2))
        var headers = Self.form
        headers[.cookie] = shop.session.cookie
        try await shop.test { [headers] client in
            for token in ["", "token=&", "token=\(other)&", "token=\(shop.session.token)0&"] {
                for path in ["/sales/1/pause", "/failed", "/logout"] {
                    let answer = try await client.execute(
                        uri: path,
                        method: .post,
                        headers: headers,
                        body: ByteBuffer(string: token + "confirm=1&entry=12&action=retry")
                    )
                    #expect(answer.status == .unauthorized, "\(path) \(token)")
                }
            }
            #expect(shop.desk.actions.isEmpty)
            let good = try await client.execute(
                uri: "/sales/1/pause",
                method: .post,
                headers: headers,
                body: ByteBuffer(string: "token=\(shop.session.token)&confirm=1")
            )
            #expect(good.headers[.location] == "/sales/1?done=pause")
        }
        #expect(shop.desk.actions == [.pause(.first)])
    }

    @Test("What was changed in a session, or signed with another key, is no session")
    func forged() throws {
        let keys = try OperatorShop().keys
        let session = keys.session(at: Shop.noon, nonce: 1)
        #expect(keys.accepts(session: session, at: Shop.noon))
        let parts = session.split(separator: ".")
        let longer = "v1.\(try #require(Int(parts[1])) + 1).\(parts[2]).\(parts[3])"
        let other = try #require(OperatorKeys(["another-key-of-the-operator"])).session(at: Shop.noon, nonce: 1)
        for forged in [longer, other, session + "0", session.uppercased(), "", "v1...", String(session.dropLast())] {
            #expect(!keys.accepts(session: forged, at: Shop.noon), "\(forged)")
        }
        let both = try #require(OperatorKeys(["another-key-of-the-operator", OperatorShop.key]))
        #expect(both.accepts(session: session, at: Shop.noon) && both.accepts(OperatorShop.key))
        #expect(!keys.accepts(OperatorShop.key + "x") && !keys.accepts(""))
        #expect(OperatorKeys(["short"]) == nil && OperatorKeys([]) == nil)
    }
}
