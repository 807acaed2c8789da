import FlashSale
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import FlashSaleAPI

@Suite("The operator's console")
struct ConsoleTests {
    private func pages(
        _ body: @Sendable @escaping (OperatorShop, any TestClientProtocol, HTTPFields) async throws -> Void
    )
        async throws
    {
        let shop = try OperatorShop()
        let headers: HTTPFields = [
            .cookie: shop.session.cookie, .contentType: "application/x-www-form-urlencoded",
        ]
        try await shop.test { try await body(shop, $0, headers) }
    }

    @Test(
        "Every page is strict about scripts, says its language, and escapes what comes from outside",
        arguments: [
            "/", "/sales/1", "/sales/1?span=7d", "/sales/1/pause", "/sales/1/close", "/sales/1/restock", "/failed",
            "/payments", "/log", "/log?product_id=1&before=9",
        ]
    )
    func strict(_ path: String) async throws {
        try await pages { _, client, headers in
            let answer = try await client.execute(uri: path, method: .get, headers: headers)
            #expect(answer.status == .ok)
            let policy = try #require(answer.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
            #expect(answer.headers[.cacheControl] == "no-store")
            let html = String(buffer: answer.body)
            #expect(html.contains(#"<html lang="en">"#))
            #expect(!html.contains("<b>bad") && !html.contains("<root>") && !html.contains("<script>"))
            #expect(!html.contains("style=") && !html.contains("onclick"))
        }
    }

    @Test("A sale's page has its figures and four charts")
    func sale() async throws {
        try await pages { _, client, headers in
            let html = String(buffer: try await client.execute(uri: "/sales/1", method: .get, headers: headers).body)
            #expect(html.components(separatedBy: "<svg class=\"chart\"").count == 5)
            #expect(html.contains("A &quot;rare&quot; T-shirt ✓") && html.contains("1,234"))
            #expect(html.contains("decided: last 10, highest 10."))
        }
    }

    @Test("Closing asks for the product's number; another one is refused in words")
    func close() async throws {
        try await pages { shop, client, headers in
            func post(_ confirm: String) async throws -> TestResponse {
                try await client.execute(
                    uri: "/sales/1/close",
                    method: .post,
                    headers: headers,
                    body: ByteBuffer(string: "token=\(shop.session.token)&confirm=\(confirm)")
                )
            }
            let wrong = try await post("2")
            #expect(wrong.status == .unprocessableContent)
            #expect(String(buffer: wrong.body).contains(#"role="alert""#))
            #expect(shop.desk.actions.isEmpty)
            #expect(try await post("1").status == .seeOther)
            #expect(shop.desk.actions == [.close(.first)])
        }
    }

    @Test("Failed entries are retried at once, and removed only after a second question")
    func failed() async throws {
        try await pages { shop, client, headers in
            func post(_ fields: String) async throws -> String {
                let answer = try await client.execute(
                    uri: "/failed",
                    method: .post,
                    headers: headers,
                    body: ByteBuffer(string: "token=\(shop.session.token)&\(fields)")
                )
                return String(buffer: answer.body)
            }
            #expect(try await post("action=retry").contains("Choose at least one entry"))
            _ = try await post("entry=12&entry=13&action=retry")
            #expect(try await post("entry=12&action=flush").contains(#"name="confirm" value="flush""#))
            #expect(shop.desk.actions == [.retryFailed([12, 13])])
            _ = try await post("entry=12&action=flush&confirm=flush")
            #expect(shop.desk.actions.last == .flushFailed([12]))
        }
    }

    @Test("A store that is away is a page that says so")
    func away() async throws {
        try await pages { shop, client, headers in
            shop.desk.state.withLock { $0.isAway = true }
            let answer = try await client.execute(uri: "/", method: .get, headers: headers)
            #expect(answer.status == .serviceUnavailable)
            #expect(String(buffer: answer.body).contains("Temporarily unavailable"))
        }
    }

    @Test("A crowd of viewers reads the desk once")
    func shared() async throws {
        try await pages { shop, client, headers in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask { _ = try await client.execute(uri: "/", method: .get, headers: headers) }
                }
                try await group.waitForAll()
            }
            // One a second: more only if this takes seconds.
            #expect(shop.desk.state.withLock(\.reads) < 25)
        }
    }

    @Test("The description has every route of the API and no page, and every reference leads somewhere")
    func described() async throws {
        let shop = try OperatorShop()
        let routes = Set(
            shop.api.buildRouter().routes.filter { $0.path.description.hasPrefix("/admin/") }
                .map { "\($0.method.rawValue) \($0.path.description)" }
        )
        try await shop.test { client in
            let answer = try await client.execute(
                uri: "/admin/openapi.json",
                method: .get,
                headers: [.authorization: "Bearer \(OperatorShop.key)"]
            )
            let data = Data(String(buffer: answer.body).utf8)
            let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            let described = paths.flatMap { path, members in
                members.keys.filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" }
            }
            #expect(Set(described) == routes)
            let schemas = try #require((document["components"] as? [String: [String: Any]])?["schemas"]?.keys)
            let text = String(decoding: data, as: UTF8.self)
            let references = text.matches(of: #/"#/components/schemas/([A-Za-z]+)"/#).map { String($0.output.1) }
            #expect(Set(references) == Set(schemas))
        }
    }
}
