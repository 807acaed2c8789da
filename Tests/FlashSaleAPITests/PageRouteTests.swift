import FlashSale
import FlashSaleAPI
import FlashSaleWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@Suite("The pages' routes")
struct PageRouteTests {
    private static let key = "a random text of thirty-two bytes"

    private func shop(_ product: Product? = nil, simulatesPayments: Bool = true) throws -> Shop {
        var shop = try Shop(product)
        shop.pages = PageOptions(identity: .named, simulatesPayments: simulatesPayments)
        return shop
    }

    private func signedShop() throws -> Shop {
        var shop = try Shop()
        shop.pages = PageOptions(identity: .signed(try VisitorKey(Self.key)))
        return shop
    }

    @Test("Joined by a form, the browser is led to its place, which a refresh and a second tab find again")
    func join() async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            let joined = try await browser.post("/products/1/queue", "name=Alice&quantity=2")
            #expect(joined.status == .seeOther)
            #expect(joined.headers[.location] == "/products/1/queue")
            let cookies = joined.headers[values: .setCookie]
            #expect(cookies.contains { $0.hasPrefix("flashsale-user=alice; Path=/; Max-Age=") })
            #expect(cookies.allSatisfy { $0.hasSuffix("; HttpOnly; SameSite=Lax") })
            for _ in 0..<2 {
                let place = try await browser.get("/products/1/queue", cookie: "flashsale-user=alice")
                #expect(place.status == .ok)
                #expect(place.text.contains("data-ticket=\"1\""))
                #expect(place.headers[.cacheControl] == "no-store")
            }
            _ = try await browser.post("/products/1/queue", "name=alice&quantity=2")
            #expect(shop.count("flashsale_joins_total", ("result", "already_in_line")) == 1)
            let product = try await browser.get("/products/1", cookie: "a=b; flashsale-user=alice")
            #expect(product.text.contains("href=\"/products/1/queue\"") && !product.text.contains("<form"))
        }
    }

    @Test("Every page has the header fields that keep others out, and a language that fits")
    func headers() async throws {
        try await shop().testPages { browser in
            for path in ["/", "/products/1", "/products/9", "/nowhere"] {
                let answer = try await browser.get(path, language: "de")
                #expect(answer.headers[.contentType] == "text/html; charset=utf-8", "\(path)")
                let policy = HTTPField.Name("Content-Security-Policy").flatMap { answer.headers[$0] }
                #expect(policy == ShopPages.contentSecurityPolicy, "\(path)")
                #expect(answer.headers[.vary] == "Accept-Language, Cookie", "\(path)")
                #expect(answer.text.contains("<html lang=\"de\">"), "\(path)")
            }
            #expect(try await browser.get("/products/9").status == .notFound)
            #expect(try await browser.get("/products/01").status == .notFound)
            #expect(try await browser.get("/products/1/").status == .notFound)
            #expect(try await browser.get("/products/1?utm_source=mail").status == .ok)
        }
    }

    @Test("The API's own answers stay what they are, also for a browser")
    func api() async throws {
        try await shop().testPages { browser in
            let missing = try await browser.get("/api/products/9")
            #expect(missing.headers[.contentType] == "application/problem+json")
            #expect(try await browser.get("/api/nowhere").headers[.contentType] == "application/problem+json")
            let description = try await browser.get("/openapi.json")
            #expect(!description.text.contains("\"/products/{id}\"") && !description.text.contains("/assets/"))
        }
        try await Shop().testPages { browser in
            let answer = try await browser.get("/")
            #expect(answer.status == .notFound)
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }

    @Test(
        "A form from elsewhere is refused, and does nothing",
        arguments: [
            [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")], [("Origin", "https://evil.example")],
            [("Origin", "null")], [], [("Origin", "http://localhost"), ("Sec-Fetch-Site", "cross-site")],
            [("Origin", "http://localhost.evil.example")],
        ]
    )
    func crossSite(fields: [(String, String)]) async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            for (path, form) in [
                ("queue", "name=alice"), ("leave", ""), ("checkout", ""), ("give-back", ""), ("pay", "outcome=paid"),
            ] {
                let answer = try await browser.post(
                    "/products/1/\(path)",
                    form,
                    cookie: "flashsale-user=alice",
                    from: fields
                )
                #expect(answer.status == .forbidden, "\(path)")
                #expect(answer.text.contains("came from another site"), "\(path)")
            }
        }
        #expect(shop.line.changes == 0 && shop.desk.changes == 0)
    }

    @Test("A form from our own page is taken, whichever way the browser says so")
    func sameSite() async throws {
        try await shop().testPages { browser in
            for fields in [[("Sec-Fetch-Site", "same-origin")], [("Origin", "https://localhost")]] {
                let joined = try await browser.post("/products/1/queue", "name=alice", from: fields)
                #expect(joined.status == .seeOther)
            }
        }
    }

    @Test(
        "A form that is not ours is refused in words",
        arguments: [
            ("name=", 422), ("name=a%20b", 422), ("name=%3Cscript%3E", 422), ("name=a&name=b", 422), ("name=%ZZ", 422),
            ("name=a&admin=1", 422), ("name=a&quantity=0", 422), ("name=a&quantity=3", 422), ("name=a&quantity=x", 422),
            ("name", 422), ("quantity=1", 403), (String(repeating: "x", count: 100_000), 413),
        ]
    )
    func badForms(form: String, status: Int) async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            let answer = try await browser.post("/products/1/queue", form)
            #expect(answer.status.code == status)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(!answer.text.contains("<script>"))
        }
        #expect(shop.line.changes == 0)
    }

    @Test("A body that is no form is refused")
    func mediaType() async throws {
        try await shop().testPages { browser in
            let answer = try await browser.post("/products/1/queue", "{}", type: "application/json")
            #expect(answer.status == .unsupportedMediaType)
        }
    }

    @Test("A blank behind the name is forgiven, a plus sign survives")
    func names() async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            let joined = try await browser.post("/products/1/queue", "name=+Al%2Bice+")
            #expect(joined.headers[values: .setCookie].contains { $0.hasPrefix("flashsale-user=al+ice;") })
        }
    }

    @Test("Left by a form: the place is given up, and its page says so")
    func leave() async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            _ = try await browser.post("/products/1/queue", "name=alice")
            let left = try await browser.post("/products/1/leave", "", cookie: "flashsale-user=alice")
            #expect(left.status == .seeOther)
            #expect(
                try await browser.get("/products/1/queue", cookie: "flashsale-user=alice").text.contains(
                    "You left the line"
                )
            )
            shop.line.decide(.alice, of: .first, as: .held)
            let late = try await browser.post("/products/1/leave", "", cookie: "flashsale-user=alice")
            #expect(late.status == .conflict)
            #expect(late.text.contains("href=\"/products/1/queue\""))
        }
    }

    @Test("A hold is checked out and paid by its own user, once, however often the button is pressed")
    func buy() async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            let alice = "flashsale-user=alice"
            _ = try await browser.post("/products/1/queue", "name=alice")
            let order = try shop.desk.add(ticket: 1)
            shop.line.decide(.alice, of: .first, as: .held)
            #expect(try await browser.get("/products/1/queue", cookie: alice).text.contains("It is your turn"))
            for _ in 0..<2 {
                #expect(try await browser.post("/products/1/checkout", "", cookie: alice).status == .seeOther)
            }
            #expect(try await shop.desk.order(order)?.status == .pending)
            // Bob has no order that his form could be about.
            let bob = try await browser.post("/products/1/pay", "outcome=paid", cookie: "flashsale-user=bob")
            #expect(bob.status == .notFound)
            #expect(
                try await browser.post("/products/1/pay", "outcome=perhaps", cookie: alice).status
                    == .unprocessableContent
            )
            for _ in 0..<2 {
                #expect(try await browser.post("/products/1/pay", "outcome=paid", cookie: alice).status == .seeOther)
            }
            #expect(try await shop.desk.order(order)?.status == .completed)
            #expect(shop.desk.recorded.count == 1)
            let late = try await browser.post("/products/1/give-back", "", cookie: alice)
            #expect(late.status == .conflict && late.text.contains("The hold is over"))
        }
        #expect(shop.count("flashsale_payment_events_total", ("result", "duplicate")) == 1)
    }

    @Test("The pages' script is told the place of whoever the cookie names, and nobody else's")
    func standing() async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            let paths = ["/products/1/queue/standing", "/products/1/queue/events"]
            _ = try await browser.post("/products/1/queue", "name=bob")
            _ = try await browser.post("/products/1/queue", "name=alice")
            shop.line.decide(.alice, of: .first, as: .completed)
            let standing = try await browser.get(paths[0], cookie: "flashsale-user=alice")
            let known = try await browser.get("/api/products/1/queue/alice")
            #expect(standing.status == .ok && standing.text == known.text)
            #expect(standing.headers[.cacheControl] == "no-store")
            let events = try await browser.get(paths[1], cookie: "flashsale-user=alice")
            #expect(events.headers[.contentType] == "text/event-stream")
            #expect(events.text.contains("event: standing") && events.text.contains("\"user_id\":\"alice\""))
            for path in paths {
                let unknown = try await browser.get(path)
                #expect(unknown.status == .forbidden && unknown.text.contains("\"not_identified\""))
                #expect(unknown.headers[.contentType] == "application/problem+json")
                #expect(try await browser.get(path, cookie: "flashsale-user=carol").status == .notFound)
                let asked = try await browser.get("\(path)?user_id=bob", cookie: "flashsale-user=alice")
                #expect(!asked.text.contains("bob"))
            }
            let progress = try await browser.get("/products/1/progress")
            #expect(progress.status == .ok && progress.headers[.cacheControl] == "public, max-age=1")
        }
    }

    @Test("With links of the shop's, a made-up cookie is told nothing of anybody's place")
    func foreignStanding() async throws {
        try await signedShop().testPages { browser in
            let key = try VisitorKey("another text of thirty-two bytes")
            let forged = key.pass(for: .alice, now: Shop.noon)
            for cookie in ["flashsale-user=alice", "flashsale-user=\(forged)"] {
                for part in ["standing", "events"] {
                    let answer = try await browser.get("/products/1/queue/\(part)", cookie: cookie)
                    #expect(answer.status == .forbidden)
                }
            }
        }
    }

    @Test("Cookies stay on encrypted connections where the proxy says that there is one")
    func secureCookies() async throws {
        try await shop().testPages { browser in
            for (scheme, isSecure) in [("https", true), ("http", false)] {
                let joined = try await browser.post(
                    "/products/1/queue",
                    "name=alice-\(scheme)",
                    from: [("Sec-Fetch-Site", "same-origin"), ("X-Forwarded-Proto", scheme)]
                )
                let cookies = joined.headers[values: .setCookie]
                #expect(cookies.count == 2)
                #expect(cookies.allSatisfy { $0.hasSuffix("; Secure") == isSecure })
            }
        }
    }

    @Test("Without simulated payments nothing can be paid here")
    func noPayments() async throws {
        let shop = try shop(simulatesPayments: false)
        try await shop.testPages { browser in
            _ = try await browser.post("/products/1/queue", "name=alice")
            let order = try shop.desk.add(ticket: 1, .payment)
            shop.line.decide(.alice, of: .first, as: .pending)
            let place = try await browser.get("/products/1/queue", cookie: "flashsale-user=alice")
            #expect(place.text.contains("Pay for your order") && !place.text.contains("/pay"))
            let paid = try await browser.post("/products/1/pay", "outcome=paid", cookie: "flashsale-user=alice")
            #expect(paid.status == .notFound)
            #expect(try await shop.desk.order(order)?.status == .pending)
        }
    }

    @Test("Whoever the shop has not sent can look, and nothing else; a name in a form or a cookie is worth nothing")
    func signed() async throws {
        let shop = try signedShop()
        let expires = Shop.noon.milliseconds / 1_000 + 60
        let signature = try VisitorKey(Self.key).linkSignature(user: "Alice", product: .first, expires: expires)
        try await shop.testPages { browser in
            #expect(try await browser.get("/products/1").text.contains("open this sale from the shop"))
            for cookie in ["", "flashsale-user=alice", "flashsale-user=alice:9999999999:00"] {
                #expect(try await browser.post("/products/1/queue", "name=alice", cookie: cookie).status == .forbidden)
                #expect(try await browser.get("/products/1/queue", cookie: cookie).headers[.location] == "/products/1")
            }
            for query in [
                "", "user_id=Alice", "user_id=bob&expires=\(expires)&signature=\(signature)",
                "user_id=Alice&expires=\(Int64.min)&signature=\(signature)",
                "user_id=Alice&user_id=Alice&expires=\(expires)&signature=\(signature)",
            ] {
                let answer = try await browser.get("/products/1/enter?\(query)")
                #expect(answer.status == .forbidden && answer.headers[.setCookie] == nil, "\(query)")
            }
            let entered = try await browser.get(
                "/products/1/enter?user_id=Alice&expires=\(expires)&signature=\(signature)"
            )
            #expect(entered.status == .seeOther && entered.headers[.location] == "/products/1")
            let pass = try #require(entered.headers[.setCookie]?.split(separator: ";").first.map(String.init))
            #expect(try await browser.get("/products/1", cookie: pass).text.contains("You join as alice."))
            // The form's name is not the one that counts.
            _ = try await browser.post("/products/1/queue", "name=bob", cookie: pass)
            #expect(try await shop.line.standing(of: .bob, for: .first, renewsCart: false) == nil)
            #expect(try await shop.line.standing(of: .alice, for: .first, renewsCart: false)?.status == .queued)
        }
    }

    @Test("With names that anybody may choose, there is nothing to enter by")
    func noEntry() async throws {
        try await shop().testPages { browser in
            let answer = try await browser.get("/products/1/enter?user_id=alice")
            #expect(answer.status == .notFound)
        }
    }

    @Test("Refusals are pages with the API's status, and say when to come back")
    func refusals() async throws {
        try await shop(Shop.product(isPaused: true)).testPages { browser in
            let paused = try await browser.post("/products/1/queue", "name=alice")
            #expect(paused.status == .serviceUnavailable && paused.headers[.retryAfter] == "5")
            #expect(paused.text.contains("The line is paused") && paused.text.contains("href=\"/products/1\""))
        }
        let shop = try shop()
        shop.line.goAway()
        try await shop.testPages { browser in
            let away = try await browser.get("/products/1/queue", cookie: "flashsale-user=alice")
            #expect(away.status == .serviceUnavailable && away.text.contains("you keep it"))
            #expect(!away.text.contains("10.0.0.7"))
        }
    }

    @Test("Assets may be kept for ever, and others than those that are there are not found")
    func assets() async throws {
        try await shop().testPages { browser in
            for asset in PageAsset.all {
                let answer = try await browser.get(asset.path)
                #expect(answer.status == .ok && answer.headers[.contentType] == asset.mediaType)
                #expect(answer.headers[.cacheControl] == "public, max-age=31536000, immutable")
                #expect(Array(answer.body.readableBytesView) == asset.bytes)
            }
            for file in ["shop.css", "..%2FText%2Fen.json", "%00"] {
                #expect(try await browser.get("/assets/\(file)").status == .notFound)
            }
        }
    }

    @Test("The bar begins where the line was when the visitor joined, and a made-up beginning does not break it")
    func bar() async throws {
        let shop = try shop()
        try await shop.testPages { browser in
            _ = try await browser.post("/products/1/queue", "name=bob")
            shop.line.decide(.bob, of: .first, as: .completed)
            let joined = try await browser.post("/products/1/queue", "name=alice")
            #expect(
                joined.headers[values: .setCookie].contains { $0.hasPrefix("flashsale-start=2.1; Path=/products/1;") }
            )
            for (cookie, from) in [("2.1", 1), ("2.7", 0), ("3.1", 0), ("2.-1", 0), ("x", 0)] {
                let page = try await browser.get(
                    "/products/1/queue",
                    cookie: "flashsale-user=alice; flashsale-start=\(cookie)"
                )
                #expect(page.text.contains("data-from=\"\(from)\""), "\(cookie)")
            }
        }
    }
}
