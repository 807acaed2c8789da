import FlashSale
import TestSupport
import Testing

@testable import FlashSaleWeb

@Suite("The shopper's pages")
struct ShopPagesTests {
    private static let noon = Timestamp(microseconds: 1_796_126_400_000_000)
    private let pages = ShopPages()

    private func product(
        name: String = "Lamp",
        checkout: Checkout = .hold,
        maxPerUser: Int = 1,
        opensAt: Timestamp? = nil,
        isPaused: Bool = false,
        soldOutAfter: Int64? = nil,
        availableStock: Int = 42
    ) throws -> Product {
        let currency = try #require(Currency("EUR"))
        return Product(
            id: try #require(ProductID(7)),
            name: name,
            price: try #require(Money(minorUnits: 4_950, currency: currency)),
            totalStock: 100,
            availableStock: availableStock,
            checkout: checkout,
            isPaused: isPaused,
            opensAt: opensAt,
            closesAt: nil,
            limits: Product.Limits(maxPerUser: maxPerUser),
            soldOutAfter: soldOutAfter,
            version: 1,
            nonce: nil
        )
    }

    private func place(_ status: PurchaseStatus, _ product: Product? = nil, served: Int64 = 60) throws -> PlacePage {
        let product = try product ?? self.product()
        let ticket = try #require(Ticket(100))
        let order = OrderID(product: product.id, ticket: ticket)
        let end = Timestamp(microseconds: Self.noon.microseconds + 65_000_000)
        let standing = Standing(
            status: status,
            product: product.id,
            user: try UserID("ada"),
            ticket: ticket,
            quantity: 2,
            order: order,
            servedTicket: served,
            lastTicket: 900,
            cartExpiresAt: end,
            saleState: .open,
            stockState: .available
        )
        let row = Order(
            id: order,
            user: standing.user,
            quantity: 2,
            unitPrice: product.price,
            state: OrderState(fresh: .hold),
            createdAt: Self.noon,
            expiresAt: end
        )
        return PlacePage(standing: standing, product: product, order: row)
    }

    private func html(_ place: PlacePage, _ language: PageLanguage = .english) -> String {
        pages.place(place, now: Self.noon, language: language)
    }

    @Test(
        "Every status has a page with a title and words of its own",
        arguments: PurchaseStatus.allCases,
        PageLanguage.allCases
    )
    func statuses(status: PurchaseStatus, language: PageLanguage) throws {
        for simulated in [true, false] {
            var place = try place(status)
            place.offersSimulatedPayment = simulated
            let html = html(place, language)
            #expect(HTMLCheck.complaints(about: html).isEmpty, "\(HTMLCheck.complaints(about: html))")
            let text = PageText.of(language)
            #expect(text.sentences["\(status.rawValue)_title"] != nil)
            #expect(html.contains(">\(text["\(status.rawValue)_title"])</h1>"))
            #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
            // Only who may still get something is told more.
            let isLive = [.entered, .queued, .held, .pending].contains(status)
            #expect(html.contains("data-live=\"place\"") == isLive)
            #expect(html.contains("http-equiv=\"refresh\"") == isLive)
            #expect(html.contains("value=\"paid\"") == (status == .pending && simulated))
        }
    }

    @Test("The waiting room shows place, bar, what comes next and what to do before leaving")
    func waitingRoom() throws {
        var place = try place(.queued)
        place.startedAt = 20
        let html = html(place)
        #expect(html.contains(">40</b>"))
        #expect(html.contains("value=\"50\" data-from=\"20\""))
        #expect(html.contains("held for 2 minutes"))
        #expect(html.contains("kept for 5 minutes"))
        #expect(html.contains("action=\"/products/7/leave\""))
        place.renewsCarts = false
        #expect(self.html(place).contains("kept until 2026-12-01 12:01 UTC"))
    }

    @Test(
        "Whoever has entered sees how many have, and when the draw is; whoever was drawn sees the rank",
        arguments: PageLanguage.allCases
    )
    func draw(language: PageLanguage) throws {
        var place = try place(.entered)
        let drawAt = Timestamp(microseconds: Self.noon.microseconds + 3_661_000_000)
        place.standing.draw = PendingDraw(entrants: 12_345, drawAt: drawAt)
        let entered = html(place, language)
        #expect(entered.contains("<b id=\"entrants\">\(PageText.of(language).number(12_345))</b>"))
        #expect(entered.contains(">1:01:01</b>") && entered.contains("action=\"/products/7/leave\""))
        var drawn = try self.place(.queued)
        drawn.drawn = (17, 12_345)
        #expect(html(drawn, language).contains("href=\"/products/7/draw/proof\""))
        #expect(HTMLCheck.complaints(about: html(drawn, language)).isEmpty)
        #expect(!html(try self.place(.queued), language).contains("/draw/proof"))

        var product: Product = try self.product()
        product.access = .draw(DrawTerms(drawAt: drawAt))
        let page = pages.product(
            product,
            visitor: .named(nil),
            place: nil,
            entrants: 3,
            now: Self.noon,
            language: language
        )
        #expect(HTMLCheck.complaints(about: page).isEmpty)
        #expect(page.contains(PageText.of(language)["enter_button"]) && page.contains(">1:01:01</b>"))
        #expect(page.contains("href=\"/products/7/draw\"") && page.contains("<b id=\"entrants\">3</b>"))
        let over = pages.product(product, visitor: .named(nil), place: nil, now: drawAt, language: language)
        #expect(over.contains(PageText.of(language)["join_button"]))
    }

    @Test("What may be said of the time to wait is said, and nothing else", arguments: Outlook.allCases)
    func outlooks(outlook: Outlook) throws {
        var place = try place(.queued)
        place.outlook = outlook
        place.waiting = WaitRange(p50: 100, p90: 290)
        for language in PageLanguage.allCases {
            let html = html(place, language)
            let text = PageText.of(language)
            let expected =
                outlook == .moving
                ? text.filled("eta", ["range": text.range(seconds: 100, 290)]) : text["outlook_\(outlook.rawValue)"]
            #expect(html.contains(">\(expected.htmlEscaped)</p>"))
        }
    }

    @Test("The bar never overflows, whatever the browser remembers", arguments: [-5, 0, 60, 99, 100, 5_000])
    func bar(start: Int64) throws {
        var place = try place(.queued, served: 99)
        place.startedAt = start
        let value = try #require(html(place).firstMatch(of: /max="100" value="(-?\d+)"/)?.1)
        let percent = try #require(Int(value))
        #expect((0...99).contains(percent))
    }

    @Test("A hold counts down, and can be checked out or given back; an order can be paid where that is a trial")
    func turn() throws {
        let held = html(try place(.held))
        #expect(held.contains(">1:05</b>"))
        #expect(held.contains("action=\"/products/7/checkout\"") && held.contains("action=\"/products/7/give-back\""))
        var pending = try place(.pending)
        #expect(!html(pending).contains("/pay"))
        pending.offersSimulatedPayment = true
        #expect(html(pending).contains("Pay 99.00\u{A0}EUR"))
    }

    @Test("A product's page fits its visitor and the state of the sale")
    func product() throws {
        func page(_ product: Product, _ visitor: PageVisitor = .named(nil), place: PurchaseStatus? = nil) -> String {
            let html = pages.product(product, visitor: visitor, place: place, now: Self.noon, language: .english)
            let complaints = HTMLCheck.complaints(about: html)
            #expect(complaints.isEmpty, "\(complaints)")
            return html
        }
        let open = page(try product(maxPerUser: 3))
        #expect(open.contains("42 of 100 left") && open.contains("name=\"name\"") && open.contains("max=\"3\""))
        #expect(page(try product(), .named(try UserID("ada"))).contains("value=\"ada\""))
        let signed = page(try product(), .signed(try UserID("ada")))
        #expect(signed.contains("You join as ada.") && !signed.contains("name=\"name\""))
        #expect(!page(try product(), .unknown).contains("<form"))
        for (status, words) in [(PurchaseStatus.queued, "a place already"), (.completed, "an order already")] {
            #expect(page(try product(), .named(try UserID("ada")), place: status).contains(words))
        }
        #expect(page(try product(), .named(try UserID("ada")), place: .left).contains("<form"))
        let placed = page(try product(), .named(try UserID("ada")), place: .queued)
        #expect(placed.contains("href=\"/products/7/queue\"") && !placed.contains("<form"))
        let opensAt = Timestamp(microseconds: Self.noon.microseconds + 3_661_000_000)
        let upcoming = page(try product(opensAt: opensAt))
        #expect(upcoming.contains(">1:01:01</b>") && !upcoming.contains("<form"))
        for closed in [try product(isPaused: true), try product(soldOutAfter: 5)] {
            #expect(!page(closed).contains("<form"))
        }
        #expect(page(try product(availableStock: 0)).contains("All held by others"))
    }

    @Test("What people have typed is never taken for HTML")
    func hostile() throws {
        let name = "</title><script>alert(1)</script>\" onload='x' {{brand}} {product} &amp;"
        let product = try product(name: name)
        let all = [
            pages.products([product], now: Self.noon, language: .english),
            pages.product(product, visitor: .named(nil), place: nil, now: Self.noon, language: .german),
            html(try place(.queued, product)), html(try place(.held, product)), html(try place(.completed, product)),
            pages.problem(code: name, status: 418, requestID: name, again: nil, language: .english),
        ]
        for page in all {
            #expect(!page.contains("<script>"))
            #expect(!page.contains("onload='"))
            // The product's own braces are the product's.
            let complaints = HTMLCheck.complaints(about: page).filter { $0 != "a template's braces are left" }
            #expect(complaints.isEmpty, "\(complaints)")
        }
    }

    @Test("The list has every product, and says so when there is none")
    func list() throws {
        let some = pages.products([try product()], now: Self.noon, language: .english)
        #expect(some.contains("href=\"/products/7\"") && HTMLCheck.complaints(about: some).isEmpty)
        let none = pages.products([], now: Self.noon, language: .german)
        #expect(none.contains("Noch ist nichts im Verkauf.") && HTMLCheck.complaints(about: none).isEmpty)
    }

    @Test(
        "Refusals have words of their own, or those of their status",
        arguments: [
            ("paused", 503, "The line is paused"), ("sold_out", 409, "Sold out"),
            ("not_found", 404, "There is nothing here"),
            ("hold_expired", 409, "The hold is over"), ("overloaded", 503, "Please wait a moment"),
            ("internal_error", 500, "Something went wrong on our side"), ("body_too_large", 413, "That did not work"),
        ]
    )
    func problems(code: String, status: Int, title: String) {
        let html = pages.problem(code: code, status: status, requestID: "r-1", again: "/products/7", language: .english)
        #expect(
            html.contains(">\(title)</h1>") && html.contains("Request r-1") && html.contains("href=\"/products/7\"")
        )
        #expect(HTMLCheck.complaints(about: html).isEmpty)
    }

    @Test("What a page needs for its first paint has at most 14 KB")
    func size() throws {
        let product = try product(maxPerUser: 3)
        let files = PageAsset.style.bytes.count + PageAsset.script.bytes.count
        for language in PageLanguage.allCases {
            let all = [
                pages.product(product, visitor: .named(nil), place: nil, now: Self.noon, language: language),
                html(try place(.queued), language), html(try place(.held), language),
            ]
            for page in all { #expect(page.utf8.count + files <= 14 * 1_024) }
        }
    }

    @Test("An asset's path names its content")
    func assets() {
        #expect(Set(PageAsset.all.map(\.file)).count == PageAsset.all.count)
        for asset in PageAsset.all {
            #expect(asset.file.wholeMatch(of: /(shop|icon)-[0-9a-f]{12,16}\.(css|js|svg)/) != nil, "\(asset.file)")
            #expect(!asset.bytes.isEmpty)
        }
        let page = pages.products([], now: Self.noon, language: .english)
        #expect(PageAsset.all.allSatisfy { page.contains("\"\($0.path)\"") })
    }

    @Test("The check of pages notices what it is there for")
    func check() {
        let start = "<!DOCTYPE html>\n<html lang=\"en\">"
        let good = start + "<body><h1>A</h1></body></html>"
        #expect(HTMLCheck.complaints(about: good).isEmpty)
        let chart = "<svg viewBox=\"0 0 1 1\" aria-labelledby=\"t d\"><title id=\"t\">A</title><path id=\"d\"/></svg>"
        #expect(HTMLCheck.complaints(about: start + "<body><h1>A</h1>\(chart)</body></html>").isEmpty)
        for bad in [
            "<p>", "</p>", "<p id=\"a\"></p><p id=\"a\"></p>", "<label for=\"b\"></label>", "<p style=\"x\"></p>",
            "<script></script>", "<h1>B</h1>", "<h3>B</h3>", "a < b", "{{x}}", "<p class=\"a\" class=\"b\"></p>",
            "<p/>", "<p aria-labelledby=\"c d\" id=\"c\"></p>",
        ] {
            let page = start + "<body><h1>A</h1>\(bad)</body></html>"
            #expect(!HTMLCheck.complaints(about: page).isEmpty, "\(bad)")
        }
    }
}
