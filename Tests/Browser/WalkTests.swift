import FlashSale
import Foundation
import LocalServers
import ShopSupport
import TestSupport
import Testing

extension BrowserTests {
    @Test("An operator logs in, pauses the line and resumes it; the shopper's page says so while it is looked at")
    func consolePause() async throws {
        let port = try LoopbackPort.free()
        let console = "http://127.0.0.1:\(port)"
        let settings = ["FLASHSALE_ADMIN_KEY": "an-operators-key", "FLASHSALE_ADMIN_PORT": "\(port)"]
        try await RunningShop.withPages(settings) { shop, driver in
            let product = try await shop.createProduct(stock: 1)
            try await driver.browse { shopper in
                try await shopper.open(shop.url("/products/\(product)"))
                try await driver.browse { operatorBrowser in
                    try await operatorBrowser.open(console)
                    try await operatorBrowser.waitForHeading("FlashSale console")
                    try await operatorBrowser.expectFit("console login")
                    try await operatorBrowser.type("not the key", into: "#key")
                    try await operatorBrowser.click("main button")
                    #expect(try await operatorBrowser.text("#problem") == "This is not the operator's key.")
                    try await operatorBrowser.expectFit("console refused")
                    try await operatorBrowser.type("an-operators-key", into: "#key")
                    try await operatorBrowser.click("main button")
                    try await operatorBrowser.waitForHeading("Sales")
                    try await operatorBrowser.expectFit("console sales")
                    try await operatorBrowser.click("a[href='/sales/\(product)']")
                    try await operatorBrowser.expectFit("console sale")
                    try await operatorBrowser.click("a[href$='/pause']")
                    try await operatorBrowser.expectFit("console pause")
                    #expect(try await shopper.text(".pill") == "Open")
                    try await operatorBrowser.click("main button")
                    #expect(try await operatorBrowser.text(".notice").contains("the line is paused"))
                    try await eventually("the shopper reads of it") { try await shopper.text(".pill") == "Paused" }
                    try await operatorBrowser.expectFit("console paused")
                    try await operatorBrowser.click("a[href$='/resume']")
                    try await operatorBrowser.click("main button")
                    try await eventually("the form is back") {
                        try await shopper.text("main button") == "Join the line"
                    }
                    try await operatorBrowser.open("\(console)/log")
                    #expect(try await operatorBrowser.text("table").contains("resume"))
                }
            }
        }
    }

    @Test("A link that the shop has signed brings its user; another's name, or nobody's, does not get in")
    func signedEntry() async throws {
        let secret = "a random text of thirty-two bytes"
        let settings = ["FLASHSALE_PAGES_IDENTITY": "signed", "FLASHSALE_PAGES_SECRET": secret]
        try await RunningShop.withPages(settings) { shop, driver in
            let product = try await shop.createProduct(stock: 1)
            let expires = Int64(Date.now.timeIntervalSince1970) + 600
            let id = try #require(ProductID(text: "\(product)"))
            let signature = try VisitorKey(secret).linkSignature(user: "ada", product: id, expires: expires)
            func link(_ user: String) -> String {
                "/products/\(product)/enter?user_id=\(user)&expires=\(expires)&signature=\(signature)"
            }
            try await driver.browse { browser in
                try await browser.open(shop.url("/products/\(product)"))
                #expect(try await browser.text("main").contains("open this sale from the shop"))
                try await browser.expectFit("unknown visitor")
                try await browser.open(shop.url(link("bob")))
                try await browser.waitForHeading("This link is not valid any more")
                try await browser.open(shop.url(link("ada")))
                #expect(try await browser.text("form").contains("You join as ada."))
                try await browser.expectFit("entered")
                try await browser.click("main button")
                try await browser.waitForHeading("It is yours")
            }
            #expect(try await shop.standing(product, "ada")["status"] == "completed")
            #expect(try await shop.standing(product, "bob").status.code == 404)
        }
    }

    @Test("A page that counts down to the opening opens by itself")
    func opening() async throws {
        try await RunningShop.withPages { shop, driver in
            try await driver.browse { browser in
                // Only now: a browser may take long to start.
                let opensAt = Date.now.addingTimeInterval(20).formatted(.iso8601)
                let product = try await shop.createProduct(stock: 1, ["--opens-at", opensAt])
                try await browser.open(shop.url("/products/\(product)"))
                #expect(try await browser.text(".pill") == "Opens soon")
                #expect(try await browser.text(".clock").hasPrefix("0:"))
                try await browser.expectFit("upcoming")
                try await eventually("the form is there") { try await browser.text("main button") == "Join the line" }
                try await browser.type("ada", into: "#name")
                try await browser.click("main button")
                try await browser.waitForHeading("It is yours")
            }
        }
    }
}
