import Foundation
import ShopSupport
import TestSupport
import Testing

extension BrowserTests {
    @Test("Who enters a draw is told when it is, sees the place by itself once it is made, and can prove it")
    func draw() async throws {
        try await RunningShop.withPages { shop, driver in
            try await driver.browse { browser in
                // Only now: a browser may take long to start.
                let drawAt = Date.now.addingTimeInterval(45).formatted(.iso8601)
                let product = try await shop.createProduct(
                    stock: 1,
                    ["--access", "draw", "--draw-at", drawAt, "--checkout", "hold"]
                )
                try await browser.join(shop, product, "ada")
                try await browser.waitForHeading("You have entered the draw")
                #expect(try await browser.text("#entrants") == "1")
                try await browser.expectFit("entered")
                // Nobody touches the page.
                try await browser.waitForHeading("It is your turn")
                #expect(try await browser.text("main").contains("You were drawn as number 1 of 1."))
                try await browser.expectFit("drawn")
                try await browser.open(shop.url("/products/\(product)"))
                #expect(try await browser.text("main").contains("The draw is over."))
                try await browser.expectFit("product that was drawn")
                try await browser.open(shop.url("/products/\(product)/draw/proof"))
                #expect(try await browser.text("body").contains("\"rank\""))
                #expect(try await shop.auditComplaints(product: product).isEmpty)
            }
        }
    }
}
