import FlashSale
import Foundation
import LocalServers
import ShopSupport
import TestSupport
import Testing

/// How it ends for those who do not get it, and the pages that only some see.
extension BrowserTests {
    @Test("A hold that nobody checks out counts down, runs out before the holder's eyes, and goes to the next in line")
    func holdRunsOut() async throws {
        try await RunningShop.withPages { shop, driver in
            // Long enough to be looked at with care, short enough to be waited for.
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold", "--hold-seconds", "10"])
            try await driver.browse { holder in
                try await driver.browse { next in
                    try await holder.join(shop, product, "ada")
                    try await holder.waitForHeading("It is your turn")
                    let first = try await holder.secondsLeft()
                    #expect((1...10).contains(first))
                    try await next.join(shop, product, "bob")
                    try await next.waitForHeading("You are in line")
                    try await eventually("the clock runs") { try await holder.secondsLeft() < first }
                    // Nobody touches either page.
                    try await holder.waitForHeading("The time has run out")
                    try await next.waitForHeading("It is your turn")
                    try await next.click("form[action$=checkout] button")
                    try await next.waitForHeading("Pay for your order")
                    try await holder.expectFit("expired")
                    #expect(try await holder.text("a.button") == "Back to the sale")
                    // A payment that comes too late, while nothing is left, goes back.
                    try await shop.pay(product, "ada", event: "late")
                    try await holder.open(shop.url("/products/\(product)/queue"))
                    try await holder.waitForHeading("Your money comes back")
                    try await holder.expectFit("refund due")
                }
            }
            #expect(try await shop.standing(product, "ada")["status"] == "refund_due")
            #expect(try await shop.auditComplaints(product: product).isEmpty)
        }
    }

    @Test("A payment that fails ends the order, and a closed sale says so")
    func cancelled() async throws {
        try await RunningShop.withPages { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "payment"])
            try await driver.browse { browser in
                try await browser.join(shop, product, "ada")
                try await browser.waitForHeading("Pay for your order")
                try await browser.click("form:last-of-type button")
                try await browser.waitForHeading("The order was cancelled")
                try await browser.expectFit("cancelled")
                _ = try await shop.fleet.run("flashsale", ["product", "close", "\(product)"])
                try await browser.click("a.button")
                try await eventually("the page says so") { try await browser.text(".pill") == "Closed" }
                try await browser.expectFit("closed")
            }
        }
    }

    @Test("Whoever stays away longer than the cart lives is passed over, and reads why")
    func cartExpired() async throws {
        try await RunningShop.withPages(["FLASHSALE_LINE_CART_RENEWAL": "never"]) { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold", "--cart-seconds", "20"])
            try await shop.hold(product, "zoe")
            try await driver.browse { browser in
                try await browser.join(shop, product, "ada")
                try await browser.waitForHeading("You are in line")
                #expect(try await browser.text("main").contains("Your place is kept until"))
                try await browser.expectFit("waiting with a fixed end")
                let end = try await shop.standing(product, "ada")["cart_expires_at"] ?? ""
                let gone = try Date(end, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
                try await eventually("the cart is gone") { .now > gone.addingTimeInterval(1) }
                try await shop.giveBack(product, "zoe")
                try await browser.waitForHeading("Your place has run out")
                try await browser.expectFit("cart expired")
            }
        }
    }

    @Test("The operator's pages are fit for everybody: actions, a refund that is due, the log, and what is not there")
    func console() async throws {
        let port = try LoopbackPort.free()
        let settings = ["FLASHSALE_ADMIN_KEY": "an-operators-key", "FLASHSALE_ADMIN_PORT": "\(port)"]
        try await RunningShop.withPages(settings) { shop, driver in
            let product = try await shop.createProduct(stock: 1, ["--checkout", "hold"])
            try await shop.hold(product, "ada")
            try await shop.giveBack(product, "ada")
            try await shop.hold(product, "bob")
            try await shop.pay(product, "ada", event: "late")
            try await driver.browse { browser in
                try await browser.open("http://127.0.0.1:\(port)/")
                try await browser.type("an-operators-key", into: "#key")
                try await browser.click("main button")
                try await browser.waitForHeading("Sales")
                let pages = [
                    ("/sales/\(product)?span=7d", "Shoe"), ("/sales/\(product)/restock", "Restock"),
                    ("/sales/\(product)/close", "Close"), ("/failed", "Failed entries"), ("/payments", "Payments"),
                    ("/log", "Log"), ("/sales/999999", "No such product"),
                ]
                for (path, heading) in pages {
                    try await browser.open("http://127.0.0.1:\(port)\(path)")
                    try await eventually("\(path) is there") { try await browser.text("h1").hasPrefix(heading) }
                    try await browser.expectFit("console \(heading.lowercased())")
                }
                try await browser.open("http://127.0.0.1:\(port)/payments")
                #expect(try await browser.text("#refunds").contains("\(product)-1"))
                // A form that is wrong says where, and does nothing.
                try await browser.open("http://127.0.0.1:\(port)/sales/\(product)/close")
                try await browser.type("0", into: "#confirm")
                try await browser.click("main button")
                #expect(try await browser.text("#problem").contains("confirm is not \(product)"))
                try await browser.expectFit("console close refused")
            }
        }
    }
}

extension Browser {
    /// Expects that a page is accessible, and keeps pictures of it where they are asked for.
    ///
    /// Pages of the console have smaller targets.
    func expectFit(_ page: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await expectAccessible(page, target: page.hasPrefix("console") ? 24 : 44, sourceLocation: sourceLocation)
        try await pictures(page)
    }
}
